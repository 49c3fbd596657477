/// <reference lib="dom" />
/**
 * The latest reports and what became of them.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import { count, counted, duration, size } from "../../../inspector/format.ts";
import type { ReportEvent } from "./live.ts";
import { clock, plainTable } from "./plain_table.ts";

/** Reports shown; the emulator keeps the last 500. */
const SHOWN = 100;

/** The list of reports on the page. */
export interface ReportList {
  readonly element: HTMLElement;
  show(reports: readonly ReportEvent[]): void;
  add(report: ReportEvent): void;
}

/** Make the list; `onStream` is told which stream somebody wants to see. */
export function reportList(onStream: (slug: string) => void): ReportList {
  let reports: ReportEvent[] = [];
  const room = el("div");
  let frame = 0;

  /** Once a frame, however many reports come in. */
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
          "No report has come in yet. Drop one on this page, or upload one with the client.",
        ),
      );
      return;
    }
    fill(
      room,
      plainTable(
        "Latest reports, newest first",
        [
          ["When (UTC)"],
          ["Device"],
          ["Readings", "end"],
          ["New", "end"],
          ["Duplicates", "end"],
          ["No id", "end"],
          ["Size", "end"],
          ["Took", "end"],
          ["Outcome"],
        ],
        reports.map((report) => [
          clock(report.at, 0),
          el("span", { title: report.streamer ?? "" }, report.device ?? "\u2014"),
          count(report.readings),
          el(report.new > 0 ? "strong" : "span", {}, count(report.new)),
          count(report.duplicates),
          count(report.missingIds),
          size(report.bytes),
          duration(report.milliseconds),
          outcome(report, onStream),
          ...(report.refused === null ? [] : [report.refused]),
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

function outcome(report: ReportEvent, onStream: (slug: string) => void): HTMLElement {
  if (report.refused !== null) return el("span.tag.error", {}, "refused");
  const streams = Object.entries(report.streams).sort(([, a], [, b]) => b - a);
  if (streams.length === 0) return el("span.tag", {}, "nothing new");
  const [slug] = streams[0];
  return el(
    "span",
    {},
    el("span.tag.good", {}, "stored"),
    " ",
    el(
      "button.link",
      { type: "button", title: slug, onclick: () => onStream(slug) },
      counted(streams.length, "stream"),
    ),
  );
}
