/**
 * The status of a gateway as a screen for a terminal. Problems are shown in full, as far as they fit.
 *
 * @module
 */
import { counted } from "../_plural.ts";
import { printable } from "../_printable.ts";
import type { GatewayStatus } from "../gateway/mod.ts";
import { headLines, laneText, sourceText } from "./_gateway_text.ts";

/** The size of a terminal, and the time. */
interface ScreenView {
  readonly columns: number;
  readonly rows: number;
  readonly now: Date;
}

/** The largest number of lines for a problem. */
const PROBLEM_LINES = 3;
/** The number of lines reserved for the latest events. */
const EVENT_LINES = 4;

/** Draws the screen.
 *
 * @param status The status of the gateway.
 * @param rates Readings per second of each source.
 * @param view The terminal.
 * @returns No more and no wider lines than fit the terminal.
 */
export function screenLines(
  status: GatewayStatus,
  rates: ReadonlyMap<string, number>,
  { columns, rows, now }: ScreenView,
): string[] {
  const width = Math.max(20, columns);
  const head = headLines(status, now).map((line) => clipped(line, width));
  const foot = clipped(
    `${now.toISOString().slice(0, 19).replace("T", " ")} UTC, Ctrl-C to stop`,
    width,
  );
  const room = Math.max(0, rows - head.length - 1);
  const events = lastEvents(status, width, Math.min(EVENT_LINES, Math.floor(room / 2)));
  const middle = middleLines(status, rates, width, room - events.length);
  return [...head, ...middle, ...events, foot].slice(0, Math.max(1, rows));
}

/** Sources and streamers, and their problems as far as they fit. */
function middleLines(
  status: GatewayStatus,
  rates: ReadonlyMap<string, number>,
  width: number,
  room: number,
): string[] {
  // Those that need a person come first.
  const lanes = [...status.lanes].sort((a, b) => rank(a) - rank(b));
  for (let most = PROBLEM_LINES;; most--) {
    const sourceBlocks = status.sources.map((source) => [
      clipped(sourceText(source, rates.get(source.name)), width),
      ...problem(source.lastError, width, most),
    ]);
    const laneBlocks = lanes.map((lane) => [
      clipped(laneText(lane), width),
      ...problem(lane.hold?.reason ?? lane.lastError, width, most),
    ]);
    const lines = [...sourceBlocks, ...laneBlocks].flat();
    if (lines.length <= room) return lines;
    if (most > 0) continue;
    const forLanes = Math.min(lanes.length, Math.ceil(room / 2));
    const sources = fitting(sourceBlocks.flat(), room - forLanes, "source", width);
    return [...sources, ...fitting(laneBlocks.flat(), room - sources.length, "streamer", width)];
  }
}

function rank({ hold, lastError }: GatewayStatus["lanes"][number]): number {
  return hold ? 0 : lastError ? 1 : 2;
}

/** The lines that fit, and how many are not shown. */
function fitting(lines: readonly string[], room: number, what: string, width: number): string[] {
  if (lines.length <= room) return [...lines];
  if (room < 1) return [];
  const shown = lines.slice(0, room - 1);
  const hidden = counted(lines.length - shown.length, what);
  return [...shown, clipped(`         and ${hidden} more: make the window taller`, width)];
}

/** A problem, below the source or streamer that has it. */
function problem(text: string | null | undefined, width: number, most: number): string[] {
  return text ? wrapped(printable(text), "         ! ", width, most) : [];
}

function lastEvents({ events }: GatewayStatus, width: number, room: number): string[] {
  const lines: string[] = [];
  for (const { at, level, message } of events.slice(-room).reverse()) {
    const lead = `${level.padEnd(8)} ${at.slice(11, 19)} `;
    const text = wrapped(printable(message), lead, width, 2);
    if (lines.length + text.length > room) break;
    lines.unshift(...text);
  }
  return lines;
}

/** Text broken between words into several lines; the following lines are indented. */
function wrapped(text: string, lead: string, width: number, most: number): string[] {
  const space = Math.max(10, width - lead.length);
  const lines: string[] = [];
  let rest = text;
  while (rest !== "" && lines.length < most) {
    const isLast = lines.length === most - 1;
    if (rest.length <= space || isLast) {
      lines.push(clipped(rest, space));
      break;
    }
    const gap = rest.lastIndexOf(" ", space);
    const end = gap > space / 2 ? gap : space;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  const below = " ".repeat(lead.length);
  return lines.map((line, i) => clipped((i === 0 ? lead : below) + line, width));
}

function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
