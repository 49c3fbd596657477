/// <reference lib="dom" />
/**
 * An open report: its header, problems, streams, chart and readings, which stay in sync.
 *
 * @module
 */
import { type Address, rangeOf, rangeText } from "./address.ts";
import { chart, type ChartLine } from "./chart.ts";
import type { WorkerClient } from "./client.ts";
import { el } from "./dom.ts";
import { count, counted, variable } from "./format.ts";
import { facts, problemList } from "./panels.ts";
import { BREAK, type Overview, type SortKey, type StreamFacts, type View } from "./protocol.ts";
import { type Reading, readingTable } from "./reading_table.ts";
import { streamList } from "./stream_list.ts";

/** The most streams in one chart; more cannot be distinguished. */
const CHARTED = 8;

const SORTS: readonly SortKey[] = ["id", "time", "stream", "value"];

/** A report on the page. */
interface ReportView {
  readonly elements: readonly HTMLElement[];
  /** Show the view in the address; resolves when it is drawn. */
  show(): Promise<void>;
  close(): void;
}

/**
 * Make the view of an open report.
 *
 * @param client the worker that has decoded it
 * @param overview its overview
 * @param state where the selection is kept
 * @param say announces text to a screen reader
 */
export function reportView(
  client: WorkerClient,
  overview: Overview,
  state: Address,
  say: (text: string) => void,
): ReportView {
  let charted: readonly StreamFacts[] = [];
  let shown = "";
  const scope = el("span.muted");
  const note = el("p.muted.charted");
  const plot = chart({
    onRange: (range) => state.set({ range: rangeText(range) }, "in place"),
    onPick(_line, row) {
      if (row !== BREAK) void goTo(row);
    },
  });
  const rows = readingTable(client, overview, {
    onSort: (sort, descending) => {
      const text = sort === "file" ? null : descending ? `-${sort}` : sort;
      state.set({ sort: text }, "in place");
      void rows.show({ ...rows.view(), sort, descending });
    },
    onActive: mark,
    say,
  });
  const list = streamList(overview, (streams) => {
    state.set({ streams: streams?.map(variable).join(",") ?? null, range: null }, "step");
    void show();
  });
  const onlyBad = el("input", {
    type: "checkbox",
    onchange: () => {
      state.set({ bad: onlyBad.checked ? "1" : null }, "step");
      void show();
    },
  });
  const download = el("button", {
    type: "button",
    onclick: async () => {
      download.disabled = true;
      try {
        const { streams, bad } = rows.view();
        const suffix =
          (streams === null ? "" : `-${streams.map(variable).join("-")}`).slice(0, 60) +
          (bad ? "-problems" : "");
        save(await client.ask("csv", { view: rows.view() }), overview.name, suffix);
        say("The CSV file is ready");
      } finally {
        download.disabled = false;
      }
    },
  }, "Download CSV");

  /** Mark a reading in the chart, if its stream is shown there. */
  function mark({ micros, stream, value }: Reading): void {
    const line = charted.findIndex((facts) => facts.stream === stream);
    plot.mark(line < 0 ? undefined : { x: Number(micros) / 1e6, y: value, line });
  }

  /** Show a reading, whichever streams are selected. */
  async function goTo(position: number): Promise<void> {
    if (await rows.goTo(position)) return;
    state.set({ streams: null, bad: null, range: null }, "step");
    await show();
    await rows.goTo(position);
  }

  /** The view in the address. */
  function wanted(): View {
    const known = new Set(overview.streams.map(({ stream }) => stream));
    const streams = (state.get("streams") ?? "").split(",")
      .map((text) => parseInt(text.replace("-", ""), 16)).filter((stream) => known.has(stream));
    const sort = state.get("sort") ?? "";
    const key = SORTS.find((it) => it === sort.replace(/^-/, ""));
    return {
      streams: streams.length === 0 ? null : streams,
      bad: overview.bad > 0 && state.get("bad") !== null,
      sort: key ?? "file",
      descending: key !== undefined && sort.startsWith("-"),
    };
  }

  async function show(): Promise<void> {
    const view = wanted();
    const { streams } = view;
    const names = streams?.map(variable).join(", ");
    list.select(streams);
    onlyBad.checked = view.bad;
    scope.textContent = (names === undefined ? "all streams" : `${plural(streams!)} ${names}`) +
      (view.bad ? ", only those with a problem" : "");
    const drawn = overview.streams.filter(({ stream }) => streams?.includes(stream) ?? true);
    charted = drawn.slice(0, CHARTED);
    note.textContent = drawn.length <= CHARTED
      ? ""
      : `The chart shows the ${CHARTED} streams with the most readings, of ${count(drawn.length)}.`;
    const next = charted.map(({ stream }) => stream).join();
    const range = rangeOf(state.get("range"));
    if (next === shown) plot.goTo(range);
    await Promise.all([
      rows.show(view),
      next === shown ? undefined : plot.show(charted.map((facts) => line(client, facts)), range),
    ]);
    shown = next;
  }

  const unlisten = state.onMove(() => void show());
  const step = (by: 1 | -1, text: string) =>
    el("button", { type: "button", onclick: () => void rows.nextBad(by) }, text);
  return {
    show,
    close() {
      unlisten();
      plot.close();
    },
    elements: [
      facts(overview),
      problemList(overview, (position) => void goTo(position)),
      ...(overview.readings === 0
        ? [el("div.card.blank", {}, el("p", {}, "This report has no readings."))]
        : [
          el(
            "div.split",
            {},
            el("section.card.streams", { "aria-label": "Streams" }, list.element),
            el("section.card", { "aria-label": "Chart" }, note, plot.element),
          ),
          el(
            "section.card.readings",
            { "aria-label": "Readings" },
            el(
              "div.card-head",
              {},
              el("h3", {}, "Readings ", scope),
              el(
                "div.buttons",
                {},
                overview.bad > 0 && el(
                  "label.check",
                  {},
                  onlyBad,
                  ` Only the ${counted(overview.bad, "reading")} with a problem`,
                ),
                overview.bad > 0 && step(-1, "Previous problem"),
                overview.bad > 0 && step(1, "Next problem"),
                download,
              ),
            ),
            rows.element,
          ),
        ]),
    ],
  };
}

function plural(streams: readonly number[]): string {
  return streams.length === 1 ? "stream" : "streams";
}

function line(client: WorkerClient, { stream, first, last }: StreamFacts): ChartLine {
  return {
    label: variable(stream),
    unit: "",
    from: Number(first) / 1e6,
    to: Number(last) / 1e6,
    source: (from, to, buckets) => client.ask("series", { stream, from, to, buckets }),
  };
}

/** Start the download of a file. */
function save(blob: Blob, report: string, suffix: string): void {
  const link = el("a", {
    href: URL.createObjectURL(blob),
    download: `${report.replace(/\.mp$/i, "")}${suffix}.csv`,
  });
  link.click();
  // The browser keeps the bytes itself when the download has started.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
