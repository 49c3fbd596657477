/**
 * The charts of `archfx data --follow`, in the number and height that fit the terminal.
 *
 * @module
 */
import type { TimeSpan } from "../_chart_scale.ts";
import { isoTime } from "../_iso_time.ts";
import { numberText } from "../_number_text.ts";
import { counted } from "../_plural.ts";
import { printable } from "../_printable.ts";
import type { StreamChart } from "./_stream_charts.ts";
import { lineChart } from "../_chart.ts";

/** The size of a terminal, in characters. */
interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What is drawn in addition to the readings. */
interface FollowView extends TerminalSize {
  /** The range of times that the charts show. */
  readonly shown: TimeSpan | undefined;
  /** Now, µs. */
  readonly now: bigint;
  readonly color: boolean;
}

/** Lines of a chart besides its plot: title, axis, times. */
const AROUND = 3;
const LOWEST = 2;
const HIGHEST = 12;

/**
 * The charts, one below the other, and a line of status.
 *
 * @param charts The streams with their readings so far.
 * @param view The terminal.
 * @returns No more and no wider lines than fit the terminal.
 */
export function followLines(charts: readonly StreamChart[], view: FollowView): string[] {
  const { columns, rows, shown, now, color } = view;
  // The last line is the status. There is a blank line between two charts.
  const room = rows - 1;
  const fitting = Math.max(1, Math.floor((room + 1) / (AROUND + LOWEST + 1)));
  const drawn = charts.slice(0, fitting);
  const height = Math.floor((room + 1) / drawn.length) - 1 - AROUND;
  const lines = drawn.flatMap(({ title, series }, at) => {
    const chart = lineChart(series, {
      width: columns,
      height: Math.min(HIGHEST, Math.max(LOWEST, height)),
      title: titleLine(printable(title), series.values, columns),
      color,
      ...(shown && { shown }),
    });
    return [...(at > 0 ? [""] : []), ...chart.trimEnd().split("\n")];
  });
  const hidden = charts.length - drawn.length;
  const status = [
    `${isoTime(now, 0).replace("T", " ").slice(0, -1)} UTC`,
    ...(hidden > 0 ? [`${counted(hidden, "stream")} more: make the window taller`] : []),
    "Ctrl-C ends",
  ].join(", ");
  // The line with two times may be too wide; the lines of a plot contain colours and always fit.
  const shownLines = lines.slice(0, Math.max(0, room))
    .map((line) => line.includes("\u001b") ? line : clipped(line, columns));
  return [...shownLines, clipped(status, columns - 1)];
}

/** The title, with as many details of the readings as fit. */
function titleLine(title: string, values: Float64Array, columns: number): string {
  if (values.length === 0) return clipped(title, columns);
  const last = `last ${numberText(values.at(-1)!, 6)}`;
  const forms = [
    `${title}, ${counted(values.length, "reading")}, ${last}`,
    `${title}, ${last}`,
    title,
  ];
  return forms.find(({ length }) => length <= columns) ?? clipped(title, columns);
}

function clipped(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
