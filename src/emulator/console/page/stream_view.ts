/// <reference lib="dom" />
/**
 * Readings of one or more streams as a chart and a table, which update with incoming reports.
 *
 * @module
 */
import { streamUnit } from "../../../_stream_unit.ts";
import { type Address, rangeOf, rangeText } from "../../../inspector/address.ts";
import { chart, type ChartLine } from "../../../inspector/chart.ts";
import { el, fill } from "../../../inspector/dom.ts";
import { count, measure, time } from "../../../inspector/format.ts";
import type { Cloud } from "./cloud.ts";
import { uploadCommands } from "./commands.ts";
import type { FactoryNode } from "./factory.ts";
import { inOne } from "./in_one.ts";
import { spanForm, spanOf, spanText } from "./span_form.ts";
import { shapeOf, type StoredTable, storedTable } from "./stored_table.ts";
import { MOST, seconds, StreamReadings, type Wanted } from "./stream_readings.ts";

/** The most streams that can be compared. */
export const MOST_STREAMS = 8;

/** Streams on the page. */
export interface StreamView {
  readonly element: HTMLElement;
  readonly slugs: readonly string[];
  /** Fetch new readings and draw them. */
  refresh(): Promise<void>;
  /** Show the range in the address. */
  follow(): void;
  close(): void;
}

/** The dependencies of a view of streams. */
interface StreamViewOptions {
  readonly cloud: Cloud;
  readonly nodes: readonly FactoryNode[];
  /** The other streams of the factory, to compare with. */
  readonly others: readonly FactoryNode[];
  readonly state: Address;
  /** Show other streams. */
  onChoose(slugs: readonly string[]): void;
  onError(error: unknown): void;
}

/** Show streams; their readings are loaded in the background. */
export function streamView(options: StreamViewOptions): StreamView {
  const { cloud, nodes, state, onChoose, onError } = options;
  const streams = nodes.map((node) => new StreamReadings(cloud, node.slug));
  const slugs = nodes.map(({ slug }) => slug);
  const names = nodes.map((node) => nameIn(nodes, node));
  const plot = chart({
    onRange: (range) => state.set({ range: rangeText(range) }, "in place"),
    onPick: (line, row) => rows?.goTo(line, row),
  });
  let rows: StoredTable | undefined;
  let shown = false;
  let shape = "";
  let wanted: Wanted = spanOf(state.get("span"));
  const latest = el("dd.mono");
  const total = el("dd.mono");
  const more = el("p.muted");
  const room = el("div");
  const body = el("div.stream-body", {}, el("p.muted", {}, "Loading readings"));
  const span = spanForm((next) => {
    state.set({ span: spanText(next), range: null }, "step");
    load(next).catch(onError);
  });
  span.set(wanted);

  function facts(): void {
    const last = streams.map(({ list }) => list.at(-1));
    fill(
      latest,
      ...last.map((reading, at) =>
        el(
          "div",
          {},
          nodes.length > 1 && el("span.muted", {}, `${names[at]}  `),
          reading === undefined
            ? "no reading"
            : `${measure(reading.value, 17)}${unitText(nodes[at])}  at ${
              time(reading.micros, 3)
            } UTC`,
        )
      ),
    );
    const sum = (of: (stream: StreamReadings) => number) =>
      streams.reduce((all, stream) => all + of(stream), 0);
    const loaded = sum(({ list }) => list.length);
    total.textContent = count(sum(({ total }) => total));
    const left = sum((stream) => Math.max(0, stream.wanted - stream.list.length));
    more.textContent = left === 0
      ? ""
      : `The first ${count(MOST)} readings are shown; ${count(left)} more are in the download.`;
    plot.element.dataset.total = total.textContent.replaceAll(",", "");
    plot.element.dataset.loaded = String(loaded);
  }

  /** Streams without a chosen reading appear only in the legend. */
  function lines(): ChartLine[] {
    const spans = streams.map(({ span }) => span).filter((span) => span !== undefined);
    const known = {
      from: Math.min(...spans.map(({ from }) => from)),
      to: Math.max(...spans.map(({ to }) => to)),
    };
    return streams.map((stream, at) => ({
      label: names[at],
      unit: streamUnit(nodes[at].row) ?? "",
      ...(stream.span ?? known),
      source: (from, to, width) => Promise.resolve(stream.series(from, to, width)),
    }));
  }

  async function draw(): Promise<void> {
    facts();
    if (streams.every(({ list }) => list.length === 0)) {
      shown = false;
      return fill(body, nothing());
    }
    const lists = streams.map(({ list }) => list);
    const next = shapeOf(lists);
    if (!shown || next !== shape) {
      shape = next;
      rows = storedTable(names, lists, (row) => {
        plot.mark({ x: seconds(row), y: row.value, line: row.line });
      });
      const head = el("div.card-head.stored-head", {}, el("h3", {}, "Readings"), download);
      fill(room, head, rows.element);
    }
    rows!.show(lists);
    if (shown) return await plot.extend(lines());
    shown = true;
    fill(body, plot.element, more, room);
    await plot.show(lines(), rangeOf(state.get("range")));
  }

  function nothing(): HTMLElement {
    return streams.some(({ total }) => total > 0)
      ? el("div.blank", {}, "There are no readings in this range. Choose another one above.")
      : el(
        "div.blank",
        {},
        el("p", {}, "No readings yet. They appear here with the first report that contains some:"),
        uploadCommands(),
      );
  }

  async function load(next: Wanted): Promise<void> {
    wanted = next;
    span.set(next);
    await Promise.all(streams.map((stream) => stream.load(next)));
    shown = false;
    await draw();
  }

  const download = el("button", {
    type: "button",
    onclick: async () => {
      download.disabled = true;
      try {
        const parts = await Promise.all(
          streams.map((stream) => cloud.text("data", { ...stream.query(), format: "csv" })),
        );
        // One line with all names.
        const text = parts.map((part, at) => at === 0 ? part : part.slice(part.indexOf("\n") + 1));
        save(new Blob(text, { type: "text/csv" }), `${slugs.join("-").slice(0, 120)}.csv`);
      } catch (error) {
        onError(error);
      } finally {
        download.disabled = false;
      }
    },
  }, "Download CSV");

  const compare = el("select", {
    "aria-label": "Compare with another stream",
    onchange: () => {
      if (compare.value !== "") onChoose([...slugs, compare.value]);
    },
  });
  compare.append(el("option", { value: "" }, "Compare with\u2026"));
  for (const node of options.others) {
    if (!slugs.includes(node.slug)) {
      compare.append(el("option", { value: node.slug }, `${node.name}, ${node.slug}`));
    }
  }

  load(wanted).catch(onError);
  return {
    slugs,
    element: el(
      "section.card.stream-view",
      { "aria-label": names.join(", ") },
      el(
        "div.card-head",
        {},
        el("div", {}, ...nodes.map((node, at) => heading(node, at))),
        el(
          "div.buttons",
          {},
          compare.length > 1 && nodes.length < MOST_STREAMS && compare,
          span.element,
        ),
      ),
      el(
        "dl.inline-facts",
        {},
        el("div", {}, el("dt", {}, "Latest"), latest),
        el("div", {}, el("dt", {}, "Stored readings"), total),
      ),
      body,
    ),
    refresh: inOne(async () => {
      const grown = await Promise.all(streams.map((stream) => stream.catchUp()));
      if (grown.includes(true)) await draw();
      else facts();
    }),
    follow() {
      const next = spanOf(state.get("span"));
      if (spanText(next) !== spanText(wanted)) load(next).catch(onError);
      else if (shown) plot.goTo(rangeOf(state.get("range")));
    },
    close: () => plot.close(),
  };

  function heading(node: FactoryNode, at: number): HTMLElement {
    const unit = unitText(node);
    return el(
      "div.stream-heading",
      {},
      el("h2", {}, node.name, unit !== "" && el("span.muted", {}, unit)),
      el("p.muted.mono", {}, node.slug),
      nodes.length > 1 && el("button.link", {
        type: "button",
        "aria-label": `Remove ${names[at]}`,
        onclick: () => onChoose(slugs.filter((slug) => slug !== node.slug)),
      }, "Remove"),
    );
  }
}

/** The name of a stream, with its device if two streams have the same name. */
function nameIn(nodes: readonly FactoryNode[], node: FactoryNode): string {
  const same = nodes.filter(({ name }) => name === node.name).length > 1;
  return same ? `${node.name} of ${node.row.device ?? node.row.machine}` : node.name;
}

function unitText({ row }: FactoryNode): string {
  const unit = streamUnit(row);
  return unit === undefined ? "" : ` ${unit}`;
}

/** Start the download of a file. */
function save(blob: Blob, name: string): void {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  // The browser keeps the bytes itself when the download has started.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
