/**
 * The stream of a queue: it is created, or checked. A setting that can lose readings is rejected with its name
 * and a remedy.
 *
 * @module
 */
import { errorMessage } from "../../_error_fields.ts";
import { QueueError } from "../errors.ts";
import { gatewayLog } from "../_log.ts";
import { type Bus, CODES, JetStreamError, type StreamInfo } from "./_bus.ts";

/** The first version with atomic batches of messages. */
const FIRST_VERSION = [2, 12];
const MOST_REPLICAS = 3;
/** How long the servers may take to elect a leader after they, or other servers, start. */
const PATIENCE_MS = 60_000;
/** The time after which a missing third server is assumed not to exist: before that, it may still be starting. */
const REPLICAS_MS = 30_000;

/** Codes of errors: no replicas without a cluster; subjects of another stream; no JetStream, or not yet. */
const ALONE = 10074, OVERLAPS = 10065, NOT_ENABLED = [10039, 10076];
const LEAST_BYTES = 1 << 20;

/** Required settings, and the reasons. */
const RULES: readonly (readonly [
  name: string,
  holds: (value: unknown) => boolean,
  wanted: string,
  because: string,
])[] = [
  [
    "retention",
    (it) => it === "limits",
    "limits",
    "other policies delete readings that are not counted",
  ],
  ["discard", (it) => it === "new", "new", '"old" deletes the oldest readings when it is full'],
  ["storage", (it) => it === "file", "file", "memory loses readings when the servers stop"],
  ["max_age", isUnlimited, "0", "it deletes readings that wait for longer"],
  ["max_msgs", isUnlimited, "-1", "it has no space for records when it is full of readings"],
  [
    "max_bytes",
    (it) => isUnlimited(it) || Number(it) >= LEAST_BYTES,
    `-1, or at least ${LEAST_BYTES}`,
    "it also needs space for the messages that gateways write while sending",
  ],
  ["max_msgs_per_subject", isUnlimited, "-1", "it deletes waiting readings of a streamer"],
  ["allow_atomic", (it) => it === true, "true", "a push is stored completely or not at all"],
  ["allow_direct", (it) => it === true, "true", "readings are read from all servers"],
  ["allow_msg_ttl", (it) => it === true, "true", "idempotency keys end after 24 hours"],
  ["allow_rollup_hdrs", (it) => it === true, "true", "a record replaces the previous one"],
  ["deny_purge", (it) => it !== true, "false", "counted readings are removed"],
  ["sealed", (it) => it !== true, "false", "nothing could be stored"],
  ["no_ack", (it) => it !== true, "false", "a push would not know whether its readings are stored"],
  ["mirror", isAbsent, "none", "a queue is not a copy of another stream"],
  ["sources", isAbsent, "none", "a queue is not a copy of other streams"],
  ["republish", isAbsent, "none", "readings would be published twice"],
  ["subject_transform", isAbsent, "none", "readings would be stored under other subjects"],
];

function isUnlimited(value: unknown): boolean {
  return value === undefined || Number(value) <= 0;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** Settings of a new stream; the limits of the servers for streams and accounts apply. */
function settings(stream: string, replicas: number): Record<string, unknown> {
  return {
    name: stream,
    subjects: [`${stream}.>`],
    description: "Readings on their way to ArchFX Cloud",
    retention: "limits",
    storage: "file",
    discard: "new",
    max_age: 0,
    max_msgs: -1,
    max_bytes: -1,
    max_msgs_per_subject: -1,
    num_replicas: replicas,
    allow_atomic: true,
    allow_direct: true,
    allow_msg_ttl: true,
    allow_rollup_hdrs: true,
  };
}

/**
 * Creates the stream, or checks the one that exists.
 *
 * @throws {QueueError} If the servers are too old, or a setting can lose readings.
 */
export async function ensureStream(bus: Bus): Promise<StreamInfo> {
  checkVersion(bus);
  const { place } = bus;
  const until = performance.now() + PATIENCE_MS;
  let replicas = MOST_REPLICAS;
  for (;;) {
    try {
      const info = await bus.info().catch(async (error) => {
        if (!(error instanceof JetStreamError) || error.code !== CODES.noStream) throw error;
        const { stream } = place;
        await bus.api(`STREAM.CREATE.${stream}`, settings(stream, replicas), 10_000);
        return await bus.info();
      });
      checkSettings(bus, info);
      checkReplicas(bus, info);
      return info;
    } catch (error) {
      if (error instanceof QueueError) throw error;
      // A single server supports no replicas.
      if (
        error instanceof JetStreamError && error.code === ALONE && replicas > 1 && !isClustered(bus)
      ) {
        replicas = 1;
        continue;
      }
      // Two servers of a cluster are enough for two replicas; the others may still be starting.
      if (error instanceof JetStreamError && error.code === 10005 && replicas > 1) {
        if (performance.now() > until - PATIENCE_MS + REPLICAS_MS) replicas--;
      } else if (isFinal(error)) {
        throw cannot(bus, errorMessage(error), error);
      }
      const isOff = error instanceof JetStreamError && NOT_ENABLED.includes(error.code);
      if (performance.now() > (isOff ? until - PATIENCE_MS + REPLICAS_MS : until)) {
        throw cannot(bus, errorMessage(error), error);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Permanent errors: all others may be temporary while servers start. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof JetStreamError)) return /permission/i.test(errorMessage(error));
  return error.code === OVERLAPS;
}

/** Whether the server belongs to a cluster, even if the others are missing. */
function isClustered({ server }: Bus): boolean {
  return (server as { cluster?: string }).cluster !== undefined;
}

function cannot({ place }: Bus, why: string, cause?: unknown): QueueError {
  return new QueueError(
    `Cannot open the queue "${place.text}": ${why}`,
    cause === undefined ? undefined : { cause },
  );
}

function checkVersion(bus: Bus): void {
  const { version } = bus.server;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [first, second] = FIRST_VERSION;
  if (major > first || (major === first && minor >= second)) return;
  throw cannot(
    bus,
    `its server is nats-server ${version}, but version 2.12 or later is required for atomic batches of messages; ` +
      "update every server of the cluster, one after another",
  );
}

function checkSettings(bus: Bus, { config }: StreamInfo): void {
  const { stream } = bus.place;
  for (const [name, holds, wanted, because] of RULES) {
    const value = config[name];
    if (holds(value)) continue;
    const is = typeof value === "object" && value !== null ? "set" : String(value ?? false);
    throw cannot(
      bus,
      `its stream has ${name} ${is}, but it must be ${wanted}: ${because}; change it with ` +
        `"nats stream edit ${stream}", or, if the servers reject that, use a stream with another name`,
    );
  }
  const subjects: readonly unknown[] = Array.isArray(config.subjects) ? config.subjects : [];
  if (subjects.length !== 1 || subjects[0] !== `${stream}.>`) {
    throw cannot(
      bus,
      `its stream has the subjects ${
        subjects.join(", ")
      }, and they must be ${stream}.>: it is the stream of ` +
        "something else; use another name",
    );
  }
}

function checkReplicas(bus: Bus, { config, cluster }: StreamInfo): void {
  const replicas = Number(config.num_replicas);
  const { connect_urls: known = [] } = bus.server;
  // Several names in the address may belong to one server; the names that the servers report are unique.
  const servers = cluster?.leader === undefined ? 1 : known.length;
  const possible = servers >= MOST_REPLICAS ? MOST_REPLICAS : 1;
  if (replicas >= possible) return;
  throw cannot(
    bus,
    `its stream has ${
      replicas === 1 ? "one replica" : `${replicas} replicas`
    }, and ${servers} servers can have ` +
      `${possible}: the loss of a server would lose readings; set them with "nats stream edit ${bus.place.stream} ` +
      `--replicas ${possible}"`,
  );
}

/** Reports once the settings that a client cannot read. */
export function tellPromise({ place }: Bus, { config }: StreamInfo): void {
  const replicas = Number(config.num_replicas);
  gatewayLog.info(
    `The queue "${place.text}" has ${
      replicas === 1 ? "one replica" : `${replicas} replicas`
    }. Set "sync_interval: ` +
      'always" in the jetstream block of every server: a client cannot read it, and without it, readings are lost ' +
      "when all servers lose power",
  );
}
