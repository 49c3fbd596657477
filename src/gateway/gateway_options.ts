/**
 * The options of a gateway, checked by name.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import { checkNames, withoutUndefined } from "../_options.ts";
import { shown } from "../_shown.ts";
import type { Api } from "../api/mod.ts";
import type { SendingQueue } from "./outbox.ts";
import type { GatewayRole, ReadingQueue, ReadingSource } from "./types.ts";

/** The options of a {@linkcode Gateway}. */
export interface GatewayOptions {
  /** The cloud, logged in: if possible with an API key, which does not expire or change. */
  readonly api: Api;
  /** The queue, from `openQueue`. */
  readonly queue: ReadingQueue;
  /**
   * Where readings come from.
   *
   * @default {[]}
   */
  readonly sources?: readonly ReadingSource[];
  /**
   * The first and the last index of the streamers that this gateway uses, one after another: when a streamer has
   * run out of ids, the next one is used. No other gateway may use them for the same devices.
   *
   * @default {[256, 271]}
   */
  readonly streamers?: readonly [first: number, last: number];
  /**
   * The maximum number of readings in a report.
   *
   * @default {20_000}
   */
  readonly maxReadings?: number;
  /**
   * The maximum size of a report in bytes.
   *
   * @default {8 * 2 ** 20}
   */
  readonly maxReportBytes?: number;
  /**
   * How long readings wait for others to make a larger report, in milliseconds.
   *
   * @default {1_000}
   */
  readonly maxDelayMs?: number;
  /**
   * The highest id of a reading that the cloud can store.
   *
   * @default {2 ** 31 - 1}
   */
  readonly maxReadingId?: number;
  /**
   * How long the cloud may take to count a report after accepting it, in milliseconds. A new queue also waits for
   * this time before its first report of a streamer.
   *
   * @default {60_000}
   */
  readonly confirmMs?: number;
  /**
   * The time after which a report that the cloud rejects as a whole is tried again, in milliseconds.
   *
   * @default {300_000}
   */
  readonly retryHeldMs?: number;
  /**
   * The role of this gateway for a queue that several gateways share. `collector`: its sources push; `sender`: it
   * empties the queue, and has no sources; `both`. A queue on one machine has only one gateway, with the role
   * `both`.
   *
   * @default {"both"}
   */
  readonly role?: GatewayRole;
  /** The address for `/health` and `/metrics`, such as `127.0.0.1:9464`; if it is not set, neither is served. */
  readonly listen?: string;
}

/** Options with all defaults filled in. */
export interface CheckedGatewayOptions extends Required<Omit<GatewayOptions, "listen" | "queue">> {
  readonly queue: SendingQueue;
  readonly listen: string | undefined;
}

const DEFAULTS = {
  sources: [],
  streamers: [256, 271],
  maxReadings: 20_000,
  maxReportBytes: 8 * 2 ** 20,
  maxDelayMs: 1000,
  maxReadingId: 2 ** 31 - 1,
  confirmMs: 60_000,
  retryHeldMs: 300_000,
  role: "both",
} as const;

/**
 * The options with defaults, or an error that names the invalid option.
 *
 * @throws {TypeError} If an option is unknown or out of range.
 */
export function checkGatewayOptions(options: GatewayOptions): CheckedGatewayOptions {
  checkNames(options, ["api", "queue", "listen", ...Object.keys(DEFAULTS)], "option of a Gateway");
  const { queue, ...given } = withoutUndefined(options);
  const fail: (name: string, value: unknown, rule: string) => never = (name, value, rule) => {
    throw new TypeError(`Cannot use ${shown(value)} as "${name}": it must be ${rule}`);
  };
  if (typeof given.api !== "function") fail("api", given.api, "an Api");
  if (!isSending(queue)) fail("queue", queue, "a queue from openQueue()");
  const settled: CheckedGatewayOptions = { ...DEFAULTS, listen: undefined, ...given, queue };
  const { streamers, sources, listen, role } = settled;
  if (!["both", "collector", "sender"].includes(role)) {
    fail("role", role, "both, collector or sender");
  }
  if (role !== "both" && !settled.queue.join) {
    fail("role", role, "both: a queue on one machine has one gateway, which collects and sends");
  }
  if (role === "sender" && sources.length > 0) {
    fail("sources", sources.map(({ name }) => name), "empty, because a sender has no sources");
  }
  const isIndex = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffff;
  if (!Array.isArray(streamers) || streamers.length !== 2 || !streamers.every(isIndex)) {
    fail("streamers", streamers, "two indexes of streamers from 0 to 65535");
  }
  if (streamers[0] > streamers[1]) fail("streamers", streamers, "the lower index, then the higher");
  for (const name of ["maxReadings", "maxReportBytes", "maxReadingId"] as const) {
    const value = settled[name];
    if (!(Number.isSafeInteger(value) && value > 0)) fail(name, value, "an integer above 0");
  }
  for (const name of ["maxDelayMs", "confirmMs", "retryHeldMs"] as const) {
    const value = settled[name];
    if (!(typeof value === "number" && value >= 0 && value <= 2 ** 31 - 1)) {
      fail(name, value, "a number of milliseconds from 0");
    }
  }
  const names = new Set<string>();
  for (const source of sources) {
    if (
      typeof source?.run !== "function" || typeof source.name !== "string" || source.name === ""
    ) {
      fail("sources", source, "a list of objects with a name and a function run");
    }
    if (names.has(source.name)) {
      fail("sources", source.name, "a list of sources with different names");
    }
    names.add(source.name);
  }
  if (listen !== undefined) parseAddress("listen", listen);
  return settled;
}

/**
 * An address to listen on.
 *
 * @throws {TypeError} If it is not `host:port`, `:port` or a port.
 */
export function parseAddress(name: string, text: string): { hostname: string; port: number } {
  const match = /^(?:(?:\[([\da-f:.]+)\]|([^:\s[\]]*)):)?(\d{1,5})$/i.exec(String(text));
  const port = Number(match?.[3]);
  if (!match || port > 65535) {
    throw new TypeError(
      `Cannot use ${shown(text)} as "${name}": it must be an address such as 127.0.0.1:9464`,
    );
  }
  return { hostname: match[1] ?? (match[2] || "127.0.0.1"), port };
}

/** Whether this is a queue from `openQueue`: a gateway cannot send from other queues. */
function isSending(queue: unknown): queue is SendingQueue {
  return isRecord(queue) && "outbox" in queue;
}
