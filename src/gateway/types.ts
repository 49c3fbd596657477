/**
 * The public types of the gateway: batches, the queue, sources.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import type { ArchFXDataPoint, ArchFXDataPointFields } from "../reports/data_point.ts";
import type { DeviceId } from "../reports/report_options.ts";

/** Readings of one device for a queue. Their reading ids are ignored: the queue assigns ids. */
export interface ReadingBatch {
  /** The device of the readings. */
  readonly device: DeviceId;
  /** The readings as columns; set either this or `points`. */
  readonly columns?: Omit<ReadingColumns, "readingIds"> & Partial<ReadingColumns>;
  /** The readings one by one; set either this or `columns`. */
  readonly points?: Iterable<ArchFXDataPoint | ArchFXDataPointFields>;
  /**
   * The index of the streamer that sends them, outside the range of the gateway. Without it, the gateway chooses
   * one from its own range, and the next one when it has run out of ids.
   */
  readonly streamer?: number;
}

/** The options of a push. */
export interface PushOptions {
  /** The name under which the position is stored. */
  readonly source?: string;
  /** Where the source resumes after a restart. It is committed together with the batches. */
  readonly position?: string;
  /**
   * A push with a key that was used in the last 24 hours is not stored again. The key is committed together with
   * the batches.
   */
  readonly idempotencyKey?: string;
  /** Stops waiting. Batches that are already stored stay stored. */
  readonly signal?: AbortSignal;
}

/** How much is waiting in a queue. */
export interface QueueDepth {
  /** Readings that are not counted yet. */
  readonly readings: number;
  /** Their size in bytes. */
  readonly bytes: number;
  /** When the oldest waiting batch was pushed; null if nothing is waiting. */
  readonly oldest: Date | null;
  /** Readings that were given up; `archfx gateway queue ls --dead` shows them. */
  readonly dead: number;
  /** Streamers that are held: see `archfx gateway status`. */
  readonly held: number;
}

/** A durable queue of readings. It is opened by `openQueue`. */
export interface ReadingQueue {
  /**
   * Stores batches in one transaction.
   *
   * @param batches One batch or several.
   * @param options The source, its position, and a signal that stops waiting.
   * @returns A promise that resolves when the batches are durable: they survive a power cut.
   * @throws {QueueFullError} If the queue is full and its overflow mode is `reject`.
   * @throws {DataError} If a reading is not valid; nothing is stored then.
   */
  push(batches: ReadingBatch | readonly ReadingBatch[], options?: PushOptions): Promise<void>;
  /**
   * Where a source resumes after a restart.
   *
   * @param source The name of the source.
   * @returns The position of its last push; undefined if it has none.
   */
  position(source: string): Promise<string | undefined>;
  /**
   * How much is waiting.
   *
   * @returns The numbers.
   */
  depth(): Promise<QueueDepth>;
  /**
   * Waits until every reading is counted by the cloud or given up. A gateway must be running.
   *
   * @param options A signal that stops waiting.
   */
  flush(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Commits what was pushed and closes the queue. */
  close(): Promise<void>;
}

/** The options of a queue on this machine. */
export interface QueueOptions {
  /**
   * What a push does when the queue is full. `block`: it waits; `reject`: it throws; `drop-oldest`: it gives up
   * the oldest readings that are not part of a report yet, which are counted and reported.
   *
   * @default {"block"}
   */
  readonly overflow?: "block" | "reject" | "drop-oldest";
  /**
   * The maximum size of the queue, in bytes.
   *
   * @default {10 * 2 ** 30}
   */
  readonly maxBytes?: number;
  /** Readings that wait longer than this, in milliseconds, are given up; only with `drop-oldest`. */
  readonly maxAgeMs?: number;
  /**
   * Intake stops when less than this is free on the disk, in bytes.
   *
   * @default {2 ** 30}
   */
  readonly minFreeBytes?: number;
  /**
   * The size of the reserve file, in bytes. When the disk is full, its space is used to continue sending.
   *
   * @default {16 * 2 ** 20}
   */
  readonly reserveBytes?: number;
  /**
   * How long a push waits for others that share its fsync, in milliseconds.
   *
   * @default {2}
   */
  readonly syncMs?: number;
}

/** The options of a queue in a stream of NATS JetStream. Stored readings are never given up to make space. */
export interface NatsQueueOptions {
  /**
   * What a push does when the stream is full: it waits, or it throws.
   *
   * @default {"block"}
   */
  readonly overflow?: "block" | "reject";
  /** The text of a `.creds` file or an nkey seed, a user and a password, or a token. */
  readonly credentials?:
    | string
    | { readonly user: string; readonly password: string }
    | { readonly token: string };
  /** TLS: with the certificates of the system, or with texts of PEM files. */
  readonly tls?: true | { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** The role of a gateway for a queue that several gateways share. */
export type GatewayRole = "both" | "collector" | "sender";

/** A source of readings. You can write your own: a gateway runs it until it is stopped. */
export interface ReadingSource {
  /** Its name: unique within a gateway, and the same after a restart. */
  readonly name: string;
  /**
   * Pushes readings until the signal is aborted, or until there are no more.
   *
   * @param sink Where the readings go.
   * @param signal Aborted when the gateway stops.
   */
  run(sink: ReadingSink, signal: AbortSignal): Promise<void>;
}

/** Where a source pushes its readings: the queue, under the name of the source. */
export interface ReadingSink {
  /**
   * Stores batches in one transaction.
   *
   * @param batches One batch or several.
   * @param options The position after these batches, and an idempotency key.
   * @returns A promise that resolves when the batches are durable.
   */
  push(
    batches: ReadingBatch | readonly ReadingBatch[],
    options?: Pick<PushOptions, "position" | "idempotencyKey" | "signal">,
  ): Promise<void>;
  /**
   * Where the source resumes.
   *
   * @returns The position of its last push; undefined if it has none.
   */
  position(): Promise<string | undefined>;
  /**
   * Reports input that could not be used. It is counted in the metrics and logged in one line.
   *
   * @param message What is wrong, and where.
   * @param rows How many readings were left out; 1 if it is not known.
   */
  bad(message: string, rows?: number): void;
}
