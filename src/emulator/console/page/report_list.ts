/// <reference lib="dom" />
/**
 * The latest reports, their results, and the streams of their readings.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import { count, counted, duration, size } from "../../../inspector/format.ts";
import type { ReportEvent } from "./live.ts";
import { uploadCommands } from "./commands.ts";
import { clock, plainTable } from "./plain_table.ts";

/** Reports shown; the emulator keeps the last 500. */
const SHOWN = 100;

/** The list of reports on the page. */
export interface ReportList {
  readonly element: HTMLElement;
  show(reports: readonly ReportEvent[]): void;
  add(report: ReportEvent): void;
}

/** Make the list; `onStream` is called with the stream that the user chooses. */
export function reportList(onStream: (slug: string) => void): ReportList {
  let reports: ReportEvent[] = [];
  const room = el("div");
  let frame = 0;
  const open = new Set<number>();

  /** Draws at most once per frame. */
  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function draw(): void {
    frame = 0;
    if (reports.length === 0) {
      fill(
        room,
        el(
          "div.blank",
          {},
          el("p", {}, "No report has arrived yet. Drop one on this page, or send one:"),
          uploadCommands(),
        ),
      );
      return;
    }
    const without = reports.some(({ missingIds }) => missingIds > 0);
    fill(
      room,
      plainTable(
        "Latest reports, newest first",
        [
          ["When (UTC)"],
          ["Device"],
          ["Readings", "end"],
          ["New", "end"],
          ["Ids too low", "end"],
          ...(without ? [["No id", "end"]] as const : []),
          ["Size", "end"],
          ["Took", "end"],
          ["Outcome"],
        ],
        reports.map((report) => [
          clock(report.at, 0),
          el("span", { title: report.streamer ?? "" }, report.device ?? "\u2014"),
          count(report.readings),
          el(report.new > 0 ? "strong" : "span", {}, count(report.new)),
          el("span", { title: TOO_LOW }, count(report.duplicates)),
          ...(without ? [count(report.missingIds)] : []),
          size(report.bytes),
          duration(report.milliseconds),
          outcome(report, open, onStream),
          ...(report.rejected === null ? [] : [report.rejected]),
        ]),
      ),
    );
  }

  draw();
  return {
    element: el(
      "section.card.reports",
      { "aria-label": "Latest reports" },
      el("div.card-head", {}, el("h3", {}, "Latest reports")),
      room,
    ),
    show(next) {
      reports = [...next].reverse().slice(0, SHOWN);
      draw();
    },
    add(report) {
      reports = [report, ...reports.filter(({ id }) => id !== report.id)].slice(0, SHOWN);
      schedule();
    },
  };
}

/** Why a reading of a report is not new. */
const TOO_LOW =
  "Readings whose id is not above the last one of their streamer, or appears twice in the report: the cloud does not count them";

/**
 * @param report the events of uploads
 * @param open the reports whose streams are listed
 * @param onStream called with the stream that the user chooses
 */
function outcome(
  report: ReportEvent,
  open: Set<number>,
  onStream: (slug: string) => void,
): HTMLElement {
  if (report.rejected !== null) return el("span.tag.error", {}, "rejected");
  const streams = Object.entries(report.streams).sort(([, a], [, b]) => b - a);
  if (streams.length === 0) return el("span.tag", {}, "nothing new");
  // The whole slug would not fit, and the device already has a column.
  const link = ([slug, added]: [string, number]) => {
    const name = slug.split("--").at(-1)!;
    return el(
      "li",
      {},
      el("button.link.mono", { type: "button", title: slug, onclick: () => onStream(slug) }, name),
      ` ${count(added)} new`,
    );
  };
  const details = el(
    "details",
    {
      open: open.has(report.id),
      ontoggle: () => details.open ? open.add(report.id) : open.delete(report.id),
    },
    el("summary", {}, counted(streams.length, "stream")),
    el("ul", {}, ...streams.map(link)),
  );
  return el("span.stored", {}, el("span.tag.good", {}, "stored"), details);
}
