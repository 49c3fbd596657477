/**
 * plantStatus(), the status of all gateways that share a queue on JetStream: the running gateways, their
 * streamers, and the waiting readings. It only queries the servers, so it needs no gateway on this machine.
 *
 * @module
 */
import { ArchFxDeviceSlug } from "../../slugs/mod.ts";
import type { Hold } from "../outbox.ts";
import type { GatewayRole, QueueDepth } from "../types.ts";
import type { Bus, StreamInfo } from "./_bus.ts";
import { Consumer } from "./_consumer.ts";
import { HELD, shardOf } from "./_messages.ts";
import { laneRecord, Records } from "./_records.ts";
import { type LaneView, View } from "./_view.ts";

/** A server with a copy of the stream. */
interface PlantServer {
  readonly name: string;
  readonly leads: boolean;
  /** Whether it is up to date with the leader. */
  readonly current: boolean;
  /** The number of messages that it lags behind. */
  readonly lag: number;
}

/** A gateway that runs. */
interface PlantGatewayStatus {
  readonly id: string;
  /** Its host and process. */
  readonly name: string;
  readonly role: GatewayRole;
  /** ISO 8601. */
  readonly since: string;
  /** When its last heartbeat was sent, ISO 8601. */
  readonly seen: string;
  /** How many of the 256 shards of devices it sends. */
  readonly shards: number;
  /** The streamers with waiting readings in these shards. */
  readonly streamers: number;
}

/** A streamer of a device with waiting readings, or that is held. */
export interface PlantLane {
  /** The slug of the device. */
  readonly device: string;
  /** The index of the streamer in use; null before the first report. */
  readonly streamer: number | null;
  /** Waiting readings. */
  readonly readings: number;
  /**
   * When the oldest of them was stored, ISO 8601; null if it was not queried: only the first hundred streamers
   * are.
   */
  readonly oldest: string | null;
  /** The `last_id` that was confirmed last. */
  readonly confirmed: number | null;
  /** Ids of the report in flight. */
  readonly sending: readonly [first: number, last: number] | null;
  readonly hold: Hold | null;
  /** Readings of the device that are dead letters. */
  readonly dead: number;
  /** The gateway that sends it; null: no gateway. */
  readonly gateway: string | null;
}

/** All gateways that share a queue. */
export interface PlantStatus {
  readonly queue: string;
  readonly stream: {
    readonly name: string;
    readonly replicas: number;
    readonly servers: readonly PlantServer[];
    readonly messages: number;
    readonly bytes: number;
    /** −1: unlimited. */
    readonly maxBytes: number;
    /** ISO 8601. */
    readonly created: string;
  };
  readonly depth: QueueDepth;
  readonly gateways: readonly PlantGatewayStatus[];
  /** Shards that no gateway sends now. */
  readonly freeShards: number;
  /** The ones with the most readings come first. */
  readonly lanes: readonly PlantLane[];
}

/** The number of lanes with complete information. */
const DETAILS = 100;

/**
 * Queries the servers.
 *
 * @param bus The stream, which exists.
 */
export async function plantStatus(bus: Bus): Promise<PlantStatus> {
  const info = await bus.info();
  const { view, held } = await readView(bus);
  const gateways = await gatewaysOf(bus, view);
  const names = new Map(gateways.map(({ id, name }) => [id, name]));
  const senderOf = (lane: LaneView) =>
    names.get(view.owners.get(shardOf(lane.device))?.owner ?? "") ?? null;
  const dead = deadByDevice(view);
  const waiting = view.lanes
    .filter((lane) => lane.end > lane.done || held.has(lane.device))
    .sort((a, b) => (b.end - b.done) - (a.end - a.done));
  const records = new Records(bus, () => {});
  const lanes: PlantLane[] = [];
  for (const [i, lane] of waiting.entries()) {
    lanes.push(
      await laneStatus(bus, records, lane, {
        dead: dead.get(lane.device) ?? 0,
        gateway: senderOf(lane),
        // A lane that is held is always shown with the reason.
        full: i < DETAILS || held.has(lane.device),
      }),
    );
  }
  const owned = [...view.owners.values()].filter(({ owner }) => names.has(owner)).length;
  return {
    queue: bus.place.text,
    stream: streamOf(bus, info),
    depth: depthOf(view, info, lanes),
    gateways: gateways.map((it) => ({
      ...it,
      streamers: lanes.filter(({ gateway }) => gateway === it.name).length,
    })),
    freeShards: 256 - owned,
    lanes,
  };
}

/** The current state according to the headers. */
async function readView(bus: Bus): Promise<{ view: View; held: Set<bigint> }> {
  const view = new View();
  const held = new Set<bigint>();
  const filters = ["r.>", "s.>", "x.>", "m.>", "o.>"];
  const consumer = new Consumer(bus, filters, () => Promise.resolve({ after: 0 }), (message) => {
    view.take(message);
    if (message.subject[0] !== "s") return;
    const device = BigInt(`0x${message.subject.split(".")[2]}`);
    if (Number(message.header(HELD) || 0) > 0) held.add(device);
    else held.delete(device);
  });
  try {
    await consumer.ready;
  } finally {
    consumer.close();
  }
  return { view, held };
}

async function gatewaysOf(bus: Bus, view: View) {
  const shards = new Map<string, number>();
  for (const { owner } of view.owners.values()) shards.set(owner, (shards.get(owner) ?? 0) + 1);
  const found = await Promise.all(
    [...view.members.values()].filter(({ about }) => !about.leaving).map(async ({ id, about }) => {
      const { name, role, since } = about;
      const last = await bus.last(`m.${id}`);
      return { id, name, role, since, seen: last?.time ?? since, shards: shards.get(id) ?? 0 };
    }),
  );
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

function deadByDevice(view: View): Map<bigint, number> {
  const dead = new Map<bigint, number>();
  for (const [subject, readings] of view.dead) {
    const device = BigInt(`0x${subject.split(".")[2]}`);
    dead.set(device, (dead.get(device) ?? 0) + readings);
  }
  return dead;
}

async function laneStatus(
  bus: Bus,
  records: Records,
  lane: LaneView,
  { dead, gateway, full }: { dead: number; gateway: string | null; full: boolean },
): Promise<PlantLane> {
  const base = {
    device: String(new ArchFxDeviceSlug(lane.device)),
    readings: lane.end - lane.done,
    dead,
    gateway,
  };
  const none = { streamer: null, oldest: null, confirmed: null, sending: null, hold: null };
  const own = lane.streamer < 0 ? null : lane.streamer;
  if (!full) return { ...base, ...none, streamer: own };
  const record = await records.fresh(lane.device);
  const { report, current, sealed } = laneRecord(record, lane.streamer);
  const streamer = report?.streamer ?? own ?? current ?? null;
  const state = streamer === null ? undefined : record.streamers[streamer];
  const from = report?.pieces[0]?.[0] ?? sealed.seq + 1;
  const oldest = base.readings > 0 ? await bus.next(lane.subject, from) : undefined;
  return {
    ...base,
    streamer,
    oldest: oldest?.time ?? null,
    confirmed: state?.confirmed ?? null,
    sending: report ? [report.first, report.last] : null,
    hold: state?.hold ?? null,
  };
}

function streamOf(
  bus: Bus,
  { config, state, cluster, created }: StreamInfo,
): PlantStatus["stream"] {
  const { leader, replicas = [] } = cluster ?? {};
  const servers: PlantServer[] = leader === undefined
    ? []
    : [{ name: leader, leads: true, current: true, lag: 0 }];
  for (const replica of replicas as readonly { name: string; current: boolean; lag?: number }[]) {
    const { name, current, lag = 0 } = replica;
    servers.push({ name, leads: false, current, lag });
  }
  return {
    name: bus.place.stream,
    replicas: Number(config.num_replicas),
    servers: servers.sort((a, b) => a.name < b.name ? -1 : 1),
    messages: state.messages,
    bytes: state.bytes,
    maxBytes: Number(config.max_bytes ?? -1),
    created,
  };
}

function depthOf(view: View, { state }: StreamInfo, lanes: readonly PlantLane[]): QueueDepth {
  const readings = view.lanes.reduce((sum, { end, done }) => sum + Math.max(0, end - done), 0);
  const times = lanes.flatMap(({ oldest }) => oldest === null ? [] : [Date.parse(oldest)]);
  return {
    readings,
    bytes: state.bytes,
    oldest: times.length > 0 ? new Date(Math.min(...times)) : null,
    dead: [...view.dead.values()].reduce((sum, count) => sum + count, 0),
    held: lanes.filter(({ hold }) => hold !== null).length,
  };
}
