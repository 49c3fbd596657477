/// <reference lib="dom" />
/**
 * The report inspector: drop a report on it to see its content. A component for any page, which supplies the
 * worker.
 *
 * @module
 */
import { address, type Changes, keepFile, keptFile } from "./address.ts";
import { WorkerClient } from "./client.ts";
import { announcer, el, fill } from "./dom.ts";
import { dropZone } from "./drop_zone.ts";
import { counted, duration, size } from "./format.ts";
import type { Overview } from "./protocol.ts";
import { reportView } from "./report_view.ts";

/** The options from the host page. */
interface InspectorOptions {
  /** Start a worker that runs `worker.ts`; one is started for each report. */
  worker(): Worker;
  /**
   * Where a file may be dropped.
   *
   * @default {the element itself}
   */
  dropOn?: HTMLElement;
  /**
   * The prefix of the inspector's values in the address.
   *
   * @default {""}
   */
  prefix?: string;
  /** Called when the user opens a report. */
  onOpen?(): void;
  /** Elements of the host for the head of an open report. */
  action?(file: Blob, name: string): HTMLElement[];
}

/** An inspector on a page. */
interface Inspector {
  /** Open a report instead of the current one. */
  open(file: Blob, name: string): void;
  /** Close the report and end its worker. */
  close(): void;
}

/** The initial view of a report: all streams, the whole time. */
const NO_SELECTION: Changes = { streams: null, range: null, bad: null, sort: null };

/**
 * Create an inspector in an element.
 *
 * @param root the element; what it holds is replaced
 * @param options where the worker comes from
 */
export function mountInspector(root: HTMLElement, options: InspectorOptions): Inspector {
  const live = announcer();
  const state = address(options.prefix);
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

  /** Start a worker instead of the current one. */
  function start(name: string, bytes: number): WorkerClient {
    close();
    return client = new WorkerClient(options.worker(), (error) => failed(name, bytes, error));
  }

  /** Let a worker make a report, and open it like a file. */
  async function sample(readings: number): Promise<void> {
    const name = `sample-${readings}.mp`;
    options.onOpen?.();
    const maker = start(name, 0);
    fill(body, el("div.card.opening", {}, `Encoding ${counted(readings, "reading")}`));
    await open(await maker.ask("sample", { readings }), name);
  }

  /** Open a report. After a reload, it keeps the selection. */
  async function open(file: Blob, name: string, again = false): Promise<void> {
    if (!again) {
      options.onOpen?.();
      state.set(NO_SELECTION, "in place");
      keepFile(new File([file], name));
    }
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
    const view = reportView(client, overview, state, live.say);
    dispose = view.close;
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
          el("button", { type: "button", onclick: closeReport }, "Close"),
        ),
      ),
      ...view.elements,
    );
    if (overview.readings > 0) await view.show();
  }

  /** Close the report at the request of the user, and do not keep it for a reload. */
  function closeReport(): void {
    keepFile(undefined);
    state.set(NO_SELECTION, "step");
    close();
  }

  const before = keptFile();
  if (before !== undefined) void open(before, before.name, true);
  return { open: (file, name) => void open(file, name), close };
}

function problems(overview: Overview): string {
  return overview.problems.length === 0
    ? "no problems found"
    : counted(overview.problems.length, "problem");
}
