/**
 * The status of all gateways that share a queue, as text.
 *
 * @module
 */
import { printable } from "../_printable.ts";
import type { PlantLane, PlantStatus } from "../gateway/jetstream/plant_status.ts";

/** The largest number of lanes that are shown. */
const MOST_LANES = 20;
// toLocaleString() makes a new format for each number.
const { format: count } = new Intl.NumberFormat("en-US");
const seconds = (time: string) =>
  `${Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000))} s`;

/** Lines about all gateways that share a queue. */
export function plantLines(
  { queue, stream, depth, gateways, freeShards, lanes }: PlantStatus,
): string[] {
  const { name, replicas, servers, messages, bytes, maxBytes } = stream;
  const limit = maxBytes > 0 ? ` of ${count(maxBytes)}` : "";
  const age = depth.oldest ? `, oldest ${seconds(new Date(depth.oldest).toISOString())}` : "";
  const lines = [
    `queue    ${queue}`,
    `stream   ${name}: ${count(messages)} messages, ${
      count(bytes)
    } bytes${limit}, ${replicas} replicas`,
    ...servers.map(({ name, leads, current, lag }) =>
      `server   ${printable(name)}: ${leads ? "leader" : current ? "current" : "BEHIND"}` +
      (lag > 0 ? `, ${count(lag)} messages behind` : "")
    ),
    `waiting  ${count(depth.readings)} readings${age}`,
  ];
  if (depth.dead > 0) lines.push(`dead     ${count(depth.dead)}: archfx gateway queue ls --dead`);
  if (depth.held > 0) lines.push(`held     ${count(depth.held)} streamers`);
  for (const { name, role, since, seen, shards, streamers } of gateways) {
    const sends = `, sends ${shards} of 256 shards, ${count(streamers)} streamers wait`;
    lines.push(
      `gateway  ${printable(name)}: ${role} since ${since.slice(0, 19)}Z, heard ${
        seconds(seen)
      } ago` +
        (role === "collector" ? "" : sends),
    );
  }
  if (gateways.length === 0) lines.push("gateway  none is running");
  else if (freeShards > 0) lines.push(`free     ${freeShards} of 256 shards have no sender`);
  // Held lanes come first, because they need a person.
  const shown = [...lanes].sort((a, b) => Number(b.hold !== null) - Number(a.hold !== null));
  lines.push(...shown.slice(0, MOST_LANES).map(laneLine));
  if (lanes.length > MOST_LANES) lines.push(`         and ${lanes.length - MOST_LANES} more`);
  return lines;
}

function laneLine(
  { device, streamer, readings, oldest, confirmed, dead, hold, gateway }: PlantLane,
): string {
  return `lane     ${device} streamer ${streamer ?? "-"}: ${count(readings)} waiting` +
    (oldest ? `, oldest ${seconds(oldest)}` : "") +
    (confirmed === null ? "" : `, confirmed ${confirmed}`) +
    (dead > 0 ? `, ${count(dead)} dead` : "") +
    (gateway ? `, sent by ${printable(gateway)}` : ", no sender") +
    (hold ? `, HELD: ${printable(hold.reason)}` : "");
}
