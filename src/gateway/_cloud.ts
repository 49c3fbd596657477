/**
 * The cloud as the sender uses it: three requests, and the meaning of every response.
 *
 * @module
 */
import { errorMessage, errorStatus } from "../_error_fields.ts";
import { isSafeInteger } from "../_integers.ts";
import { isRecord } from "../_is_record.ts";
import { type Api, lastReadingId, RestHttpBaseException } from "../api/mod.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { Budget } from "./_pauses.ts";
import { ArchFxDeviceSlug, ArchFxStreamSlug } from "../slugs/mod.ts";

/** The result of an attempt to send a report. */
export type Outcome =
  /** 201 with a count: the cloud may have counted it, or may do so later. */
  | { readonly kind: "accepted"; readonly count: number }
  /** 400 in JSON: a reading may be the reason. */
  | { readonly kind: "rejected"; readonly status: number; readonly body: string }
  | { readonly kind: "too large"; readonly status: number; readonly body: string }
  /** Any other 4xx: the readings are not the reason. */
  | { readonly kind: "hold"; readonly reason: string }
  /** A temporary problem. */
  | { readonly kind: "later"; readonly reason: string; readonly afterMs: number | undefined };

/** The destination of a report. */
interface ReportPlace {
  readonly device: bigint;
  readonly streamer: number;
  /** Its `sentTimestamp`, in ms since the Unix epoch. */
  readonly sent: number;
  /** How many readings it has. */
  readonly length: number;
}

/** A temporary problem: no network, a proxy, a sign-in page, a server that restarts. */
export class Later extends Error {
  override readonly name = "Later";
  readonly afterMs: number | undefined;
  /** It passes soon, even if it occurs often: the pauses stay short. */
  readonly soon: boolean;

  constructor(reason: string, afterMs?: number, soon = false) {
    super(reason);
    this.afterMs = afterMs;
    this.soon = soon;
  }
}

/**
 * Requests at a time: with ten thousand streamers that all have something to send, a gateway would otherwise open
 * ten thousand connections, which need 2 GB.
 */
const MOST_REQUESTS = 64;
/** The number of bytes that are kept of the body of a response. */
const MOST_BODY = 2000;
const PASSING = [401, 408, 425, 429];

/** The calls of one Api that a sender makes. */
export class Cloud {
  readonly #api: Api;
  readonly #requests = new Budget(MOST_REQUESTS);

  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * `last_id` of a streamer.
   *
   * @throws {Later} If it cannot be queried now.
   */
  async lastId(device: bigint, streamer: number, signal: AbortSignal): Promise<number> {
    const release = await this.#requests.take(1);
    try {
      const id = await lastReadingId(this.#api, device, streamer, { signal, retries: 0 });
      return Number(id);
    } catch (error) {
      throw later(error, signal);
    } finally {
      release();
    }
  }

  /** Sends a report, once. */
  async send(
    report: Uint8Array,
    { device, streamer, sent, length }: ReportPlace,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const release = await this.#requests.take(1);
    try {
      const reply = await this.#api("streamer/report").uploadFp(
        { name: "report.mp", data: report },
        {
          params: { timestamp: new Date(sent).toISOString() },
          retries: 0,
          signal,
          // Without ids, so that the client does not remember failed ones: the plan of the sender has the order.
          report: { origin: device, originStreamer: streamer, length, lowestId: 0, highestId: 0 },
        },
      );
      const count = isRecord(reply) ? reply.count : undefined;
      if (isSafeInteger(count)) return { kind: "accepted", count };
      return { kind: "later", reason: "the response is not a count", afterMs: undefined };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return outcomeOf(error);
    } finally {
      release();
    }
  }

  /**
   * Compares readings with those that the cloud has.
   *
   * @param columns Readings with ids, of one device.
   * @param rows Which rows.
   * @returns `yes`: the cloud has a row with the same id, stream, value and time for each; `no`: it has no such
   * row for one of them; `unknown`: this cloud cannot tell.
   * @throws {Later} If it cannot be queried now.
   */
  async has(
    device: bigint,
    columns: ReadingColumns,
    rows: readonly number[],
    signal: AbortSignal,
  ): Promise<"yes" | "no" | "unknown"> {
    for (const row of rows) {
      const id = Number(columns.readingIds[row]);
      let found: unknown;
      const release = await this.#requests.take(1);
      try {
        found = await this.#api.data.get({
          filter: String(new ArchFxDeviceSlug(device)),
          streamer_id_0: id,
          streamer_id_1: id,
          page_size: 100,
        }, { signal, retries: 0 });
      } catch (error) {
        const status = errorStatus(error);
        if (status === 403 || status === 404 || status === 501) return "unknown";
        throw later(error, signal);
      } finally {
        release();
      }
      const results = Array.isArray(found) ? found : isRecord(found) ? found.results : undefined;
      if (!Array.isArray(results)) throw new Later("the response to data/ is not a list");
      if (!results.some((it) => isSame(it, columns, row))) return "no";
    }
    return "yes";
  }
}

/** Whether a row of `data/` is this reading: by stream, value, and time to the second. */
function isSame(found: unknown, columns: ReadingColumns, row: number): boolean {
  if (!isRecord(found)) return false;
  const { stream, timestamp, value } = found;
  let variable: number;
  try {
    variable = new ArchFxStreamSlug(String(stream)).variable.id;
  } catch {
    return false;
  }
  const time = Date.parse(String(timestamp));
  const mine = columns.values[row]!;
  // JSON has no NaN; a cloud may keep fewer digits of a value than we sent.
  const same = !Number.isFinite(mine) ||
    Math.abs(Number(value) - mine) <= 1e-6 * Math.max(1, Math.abs(mine));
  return variable === columns.streams[row] && same &&
    Math.abs(time - Number(columns.timestamps[row]! / 1000n)) < 1000;
}

/** Turns the error of a query into a temporary problem. */
function later(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof Error)) return error;
  const afterMs = error instanceof RestHttpBaseException ? error.retryAfterMs : undefined;
  return new Later(error.message, afterMs);
}

function outcomeOf(error: unknown): Outcome {
  const reason = errorMessage(error);
  if (!(error instanceof RestHttpBaseException) || error.status === undefined) {
    return { kind: "later", reason, afterMs: undefined };
  }
  const { status, data, retryAfterMs } = error;
  const isJson = typeof data === "object" && data !== null;
  const body = (isJson ? JSON.stringify(data) : String(data ?? "")).slice(0, MOST_BODY);
  if (status === 413) return { kind: "too large", status, body };
  if (status === 400 && isJson) return { kind: "rejected", status, body };
  const passes = status < 400 || status === 400 || status >= 500 || PASSING.includes(status);
  return passes ? { kind: "later", reason, afterMs: retryAfterMs } : { kind: "hold", reason };
}
