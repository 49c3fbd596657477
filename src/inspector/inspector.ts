/// <reference lib="dom" />
/**
 * The report inspector: drop a report on it and look into it. A component for any page; what hosts it says
 * where its worker comes from.
 *
 * @module
 */
import { chart } from "./chart.ts";
import { WorkerClient } from "./client.ts";
import { announcer, el, fill } from "./dom.ts";
import { dropZone } from "./drop_zone.ts";
import { counted, duration, size, variable } from "./format.ts";
import { facts, problemList } from "./panels.ts";
import type { Overview, StreamFacts, View } from "./protocol.ts";
import { readingTable } from "./reading_table.ts";
import { streamList } from "./stream_list.ts";

/** What a host gives to the inspector. */
export interface InspectorOptions {
  /** Start a worker that runs `worker.ts`; one is started for each report. */
  worker(): Worker;
  /**
   * Where a file may be dropped.
   *
   * @default {the element itself}
   */
  dropOn?: HTMLElement;
  /** Called when a report is about to be opened. */
  onOpen?(): void;
  /** Elements of the host for the head of an open report. */
  action?(file: Blob, name: string): HTMLElement[];
}

/** An inspector on a page. */
export interface Inspector {
  /** Open a report, in place of the one that is open. */
  open(file: Blob, name: string): void;
  /** Close the report and end its worker. */
  close(): void;
}

/**
 * Put an inspector into an element.
 *
 * @param root the element; what it holds is replaced
 * @param options where the worker comes from
 */
export function mountInspector(root: HTMLElement, options: InspectorOptions): Inspector {
  const live = announcer();
  const body = el("div.inspector-body");
  let client: WorkerClient | undefined;
  let dispose = () => {};

  const zone = dropZone(options.dropOn ?? root, {
    onFile: (file) => void open(file, file.name),
    onSample: (readings) => void sample(readings),
  });
  root.classList.add("inspector");
  fill(root, live.element, body);
  empty();

  function empty(): void {
    fill(body, zone.large());
  }

  function close(): void {
    client?.close();
    client = undefined;
    dispose();
    dispose = () => {};
    empty();
  }

  /** Start a worker in place of the one that is there. */
  function start(name: string, bytes: number): WorkerClient {
    options.onOpen?.();
    close();
    return client = new WorkerClient(options.worker(), (error) => failed(name, bytes, error));
  }

  /** Have a worker make a report; it is then opened as a file would be. */
  async function sample(readings: number): Promise<void> {
    const name = `sample-${readings}.mp`;
    const maker = start(name, 0);
    fill(body, el("div.card.opening", {}, `Encoding ${counted(readings, "reading")}`));
    await open(await maker.ask("sample", { readings }), name);
  }

  async function open(file: Blob, name: string): Promise<void> {
    const opener = start(name, file.size);
    const step = el("span", {}, "Reading the file");
    const bar = el("progress", { max: 1, value: 0, "aria-label": `Opening ${name}` });
    fill(
      body,
      el("div.card.opening", {}, el("p", {}, el("strong", {}, name), ` \u2014 `, step), bar),
    );
    live.say(`Opening ${name}`);
    const overview = await opener.ask("open", { file, name }, (done, text) => {
      bar.value = done;
      step.textContent = text;
    });
    await show(opener, overview, options.action?.(file, name) ?? []);
    live.say(`${name}: ${counted(overview.readings, "reading")}, ${problems(overview)}`);
  }

  function failed(name: string, bytes: number, error: Error): void {
    close();
    fill(
      body,
      el(
        "div.card.failed",
        { role: "alert" },
        el("h2", {}, "This report cannot be shown"),
        el("p", {}, el("strong", {}, name), bytes > 0 && `, ${size(bytes)}`),
        el("p.mono", {}, error.message),
      ),
      zone.large(),
    );
  }

  async function show(
    client: WorkerClient,
    overview: Overview,
    actions: readonly HTMLElement[],
  ): Promise<void> {
    const plot = chart();
    const rows = readingTable(client, overview, live.say);
    const list = streamList(overview, (facts) => void choose(facts));
    const scope = el("span.muted");
    let chosen: StreamFacts | undefined;

    async function choose(facts: StreamFacts | undefined): Promise<void> {
      chosen = facts;
      scope.textContent = facts === undefined ? "all streams" : `stream ${variable(facts.stream)}`;
      const drawn = facts ?? overview.streams[0];
      const view: View = { stream: facts?.stream ?? null, sort: "file", descending: false };
      await Promise.all([
        rows.show(view),
        drawn === undefined ? plot.clear() : plot.show({
          label: `Stream ${variable(drawn.stream)}`,
          from: Number(drawn.first) / 1e6,
          to: Number(drawn.last) / 1e6,
          source: (from, to, buckets) =>
            client.ask("series", { stream: drawn.stream, from, to, buckets }),
        }),
      ]);
    }

    const download = el("button", {
      type: "button",
      onclick: async () => {
        download.disabled = true;
        try {
          const suffix = chosen === undefined ? "" : `-${variable(chosen.stream)}`;
          await save(await client.ask("csv", { view: rows.view() }), overview.name, suffix);
          live.say("The CSV file is ready");
        } finally {
          download.disabled = false;
        }
      },
    }, "Download CSV");

    dispose = () => plot.close();
    fill(
      body,
      el(
        "header.report-head",
        {},
        el(
          "div",
          {},
          el("h2", {}, overview.name),
          el(
            "p.muted",
            {},
            `${size(overview.bytes)}, decoded in ${duration(overview.decodeMs)}`,
          ),
        ),
        el(
          "div.buttons",
          {},
          ...actions,
          zone.small(),
          el("button", { type: "button", onclick: close }, "Close"),
        ),
      ),
      facts(overview),
      problemList(overview, (position) => void rows.goTo(position)),
      overview.readings === 0
        ? el("div.card.blank", {}, el("p", {}, "This report holds no readings."))
        : el(
          "div.split",
          {},
          el("section.card.streams", { "aria-label": "Streams" }, list.element),
          el("section.card", { "aria-label": "Chart" }, plot.element),
        ),
      overview.readings > 0 && el(
        "section.card.readings",
        { "aria-label": "Readings" },
        el("div.card-head", {}, el("h3", {}, "Readings ", scope), download),
        rows.element,
      ),
    );
    if (overview.readings > 0) await choose(undefined);
  }

  return { open: (file, name) => void open(file, name), close };
}

function problems(overview: Overview): string {
  return overview.problems.length === 0
    ? "no problems found"
    : counted(overview.problems.length, "problem");
}

/** Hand a file to the browser's downloads. */
function save(blob: Blob, report: string, suffix: string): void {
  const link = el("a", {
    href: URL.createObjectURL(blob),
    download: `${report.replace(/\.mp$/i, "")}${suffix}.csv`,
  });
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
