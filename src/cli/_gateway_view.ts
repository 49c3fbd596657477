/**
 * The status of a gateway as text, once or again and again.
 *
 * @module
 */
import { printable } from "../_printable.ts";
import type { Gateway, GatewayStatus } from "../gateway/mod.ts";
import type { Context } from "./_command.ts";

const REFRESH_MS = 1000;
const count = (n: number) => n.toLocaleString("en-US");

/** Lines about a gateway. */
export function statusLines(
  { depth, sources, lanes, counts, events }: GatewayStatus,
  rates?: ReadonlyMap<string, number>,
): string[] {
  const lines: string[] = [];
  const oldest = depth.oldest ? new Date(depth.oldest) : null;
  const age = oldest
    ? `, oldest ${Math.max(0, Math.round((Date.now() - oldest.getTime()) / 1000))} s`
    : "";
  lines.push(
    `waiting  ${count(depth.readings)} readings, ${count(depth.bytes)} bytes${age}`,
    `sent     ${count(counts.sent)} readings, ${count(counts.attempts)} attempts, ${
      count(counts.failures)
    } failures`,
  );
  if (depth.dead > 0) lines.push(`dead     ${count(depth.dead)}: archfx gateway queue ls --dead`);
  if (depth.held > 0) lines.push(`held     ${count(depth.held)} streamers`);
  for (const { name, state, readings, bad, lastError } of sources) {
    const rate = rates?.get(name);
    lines.push(
      `source   ${printable(name)}: ${state}, ${count(readings)} readings` +
        (rate === undefined ? "" : ` (${count(Math.round(rate))}/s)`) +
        (bad > 0 ? `, ${count(bad)} bad` : "") +
        (lastError ? `, ${printable(lastError)}` : ""),
    );
  }
  for (const lane of lanes.slice(0, 20)) {
    lines.push(
      `lane     ${lane.device} streamer ${lane.streamer ?? "-"}: ${count(lane.readings)} waiting` +
        (lane.confirmed === null ? "" : `, confirmed ${lane.confirmed}`) +
        (lane.hold ? `, HELD: ${printable(lane.hold.reason)}` : "") +
        (lane.lastError ? `, ${printable(lane.lastError)}` : ""),
    );
  }
  if (lanes.length > 20) lines.push(`         and ${lanes.length - 20} more`);
  for (const { at, level, message } of events.slice(-5)) {
    lines.push(`${level.padEnd(8)} ${at.slice(11, 19)} ${printable(message)}`);
  }
  return lines;
}

/** Shows a gateway on the terminal until it is stopped. */
export function liveView(context: Context, gateway: Gateway): { stop(): void } {
  let shown = 0;
  let before = new Map<string, number>();
  let at = performance.now();
  const draw = async () => {
    const status = await gateway.status();
    const seconds = (performance.now() - at) / 1000;
    at = performance.now();
    const rates = new Map(
      status.sources.map(({ name, readings }) =>
        [name, (readings - (before.get(name) ?? readings)) / seconds] as const
      ),
    );
    before = new Map(status.sources.map(({ name, readings }) => [name, readings]));
    const width = context.io.columns;
    const lines = statusLines(status, rates).map((line) => line.slice(0, width - 1));
    const up = shown > 0 ? `\x1b[${shown}A\x1b[J` : "";
    shown = lines.length;
    await context.io.write(`${up}${lines.join("\n")}\n`);
  };
  // A status that fails is that of a gateway that is ending.
  const timer = setInterval(() => draw().catch(() => {}), REFRESH_MS);
  return { stop: () => clearInterval(timer) };
}
