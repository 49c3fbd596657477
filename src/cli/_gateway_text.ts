/**
 * The status of a gateway as text, a line for each part.
 *
 * @module
 */
import { printable } from "../_printable.ts";
import type { GatewayStatus } from "../gateway/mod.ts";

const MOST_LANES = 20, MOST_EVENTS = 5;
// toLocaleString() makes a new format for each number.
const { format: count } = new Intl.NumberFormat("en-US");

/** What is waiting, and what was sent. */
export function headLines(
  { depth, counts }: Pick<GatewayStatus, "depth" | "counts">,
  now: Date,
): string[] {
  const age = depth.oldest ? `, oldest ${duration(now, new Date(depth.oldest))}` : "";
  const lines = [
    `waiting  ${count(depth.readings)} readings, ${count(depth.bytes)} bytes${age}`,
    `sent     ${count(counts.sent)} readings, ${count(counts.attempts)} attempts, ${
      count(counts.failures)
    } failures`,
  ];
  if (depth.dead > 0) lines.push(`dead     ${count(depth.dead)}: archfx gateway queue ls --dead`);
  if (depth.held > 0) {
    lines.push(`held     ${count(depth.held)} ${depth.held === 1 ? "streamer" : "streamers"}`);
  }
  return lines;
}

function duration(now: Date, since: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/** A source without its problem. */
export function sourceText(
  { name, state, readings, bad }: GatewayStatus["sources"][number],
  rate?: number,
): string {
  return `source   ${printable(name)}: ${state}, ${count(readings)} readings` +
    (rate === undefined ? "" : ` (${count(Math.round(rate))}/s)`) +
    (bad > 0 ? `, ${count(bad)} bad` : "");
}

/** A streamer without its problem. */
export function laneText(
  { device, streamer, readings, confirmed, hold }: GatewayStatus["lanes"][number],
): string {
  return `lane     ${device} streamer ${streamer ?? "-"}: ${hold ? "HELD, " : ""}${
    count(readings)
  } waiting` + (confirmed === null ? "" : `, confirmed ${confirmed}`);
}

/** Lines about a gateway. */
export function statusLines(status: GatewayStatus): string[] {
  const { sources, lanes, events } = status;
  const problem = (text: string | null | undefined) => text ? `, ${printable(text)}` : "";
  const lines = headLines(status, new Date());
  for (const source of sources) lines.push(sourceText(source) + problem(source.lastError));
  for (const lane of lanes.slice(0, MOST_LANES)) {
    lines.push(laneText(lane) + problem(lane.hold?.reason) + problem(lane.lastError));
  }
  if (lanes.length > MOST_LANES) lines.push(`         and ${lanes.length - MOST_LANES} more`);
  for (const { at, level, message } of events.slice(-MOST_EVENTS)) {
    lines.push(`${level.padEnd(8)} ${at.slice(11, 19)} ${printable(message)}`);
  }
  return lines;
}
