/**
 * The stored readings of a stream: the last ones or those of a range, in order of time and kept up to date.
 *
 * @module
 */
import { exactJson } from "../../../_exact_json.ts";
import { withBreaks } from "../../../inspector/chart_data.ts";
import { thin } from "../../../inspector/downsample.ts";
import type { Series } from "../../../inspector/protocol.ts";
import { longestStep } from "../../../_gaps.ts";
import type { Cloud, Row } from "./cloud.ts";

/** Readings per page: the maximum of the API. */
const PAGE = 10_000;

/** The most readings of a range that are loaded. The rest is only in the download. */
export const MOST = 200_000;

/** A reading as the emulator stores it. */
export interface StoredReading {
  /** Its number in the store. */
  readonly number: number;
  /** The id that its streamer gave it; 0 without an id. */
  readonly id: number | bigint;
  /** µs since the Unix epoch, UTC. */
  readonly micros: bigint;
  /** NaN if the store has no value. */
  readonly value: number;
  /** Summary and raw data as JSON, empty if there is none. */
  readonly data: string;
}

/** The chosen readings: a number of the last ones, or those of a range of time (ISO 8601, the end not included). */
export type Wanted = { readonly last: number } | { readonly start: string; readonly end: string };

/** Readings of one stream. */
export class StreamReadings {
  readonly #cloud: Cloud;
  readonly #stream: string;
  #readings: StoredReading[] = [];
  #greatest = 0;
  #wanted: Wanted = { last: PAGE };
  #limit = Infinity;
  #work: Promise<unknown> = Promise.resolve();

  /** How many readings the emulator has of the stream. */
  total = 0;

  /** How many readings are chosen; at most `MOST` of them are loaded. */
  wanted = 0;

  constructor(cloud: Cloud, stream: string) {
    this.#cloud = cloud;
    this.#stream = stream;
  }

  /** The readings that are loaded, in order of time. */
  get list(): readonly StoredReading[] {
    return this.#readings;
  }

  /** Whether any of them has data. */
  get hasData(): boolean {
    return this.#readings.some(({ data }) => data !== "");
  }

  /** From the first to the last, in seconds since the Unix epoch. */
  get span(): { from: number; to: number } | undefined {
    const first = this.#readings[0], last = this.#readings.at(-1);
    if (first === undefined || last === undefined) return undefined;
    return { from: seconds(first), to: seconds(last) };
  }

  /** Parameters of the API for the readings that are wanted. */
  query(wanted: Wanted = this.#wanted): Record<string, string | number> {
    const { filter } = { filter: this.#stream };
    return "last" in wanted
      ? { filter, lastn: wanted.last }
      : { filter, start: wanted.start, end: wanted.end };
  }

  /** Fetch all readings again. */
  load(wanted: Wanted): Promise<void> {
    return this.#inTurn(async () => {
      this.#wanted = wanted;
      const { rows, count } = await this.#cloud.all("data", {
        ...this.query(),
        page_size: PAGE,
      }, MOST);
      this.#readings = rows.map(reading).sort(byTime);
      this.wanted = count;
      this.#greatest = this.#readings.reduce((most, { number }) => Math.max(most, number), 0);
      await this.#count();
    });
  }

  /** Fetch the readings stored since then; false if there were none. */
  catchUp(): Promise<boolean> {
    return this.#inTurn(async () => {
      const range = "last" in this.#wanted ? {} : this.#wanted;
      const { rows } = await this.#cloud.all("data", {
        filter: this.#stream,
        ...range,
        id_0: this.#greatest + 1,
        page_size: PAGE,
      });
      await this.#count();
      if (rows.length === 0) return false;
      for (const row of rows) {
        const next = reading(row);
        this.#readings.push(next);
        this.#greatest = Math.max(this.#greatest, next.number);
      }
      this.#readings.sort(byTime);
      // Only the last readings are kept, even if the page is open for a long time.
      const most = "last" in this.#wanted ? this.#wanted.last : MOST;
      this.#readings.splice(0, this.#readings.length - most);
      this.wanted = Math.max(this.wanted, this.#readings.length);
      this.#limit = Infinity;
      return true;
    });
  }

  /** The points to draw, with one more at either end so that the line reaches the edge. */
  series(from: number, to: number, width: number): Series {
    const readings = this.#readings;
    if (this.#limit === Infinity) {
      this.#limit = longestStep(readings.length, (at) => seconds(readings[at]));
    }
    let start = readings.findIndex((reading) => seconds(reading) >= from);
    if (start < 0) start = readings.length;
    let end = readings.findIndex((reading) => seconds(reading) > to);
    if (end < 0) end = readings.length;
    const low = Math.max(0, start - 1), high = Math.min(readings.length, end + 1);
    const time = (at: number) => seconds(readings[low + at]);
    const value = (at: number) => readings[low + at].value;
    const drawn = withBreaks({
      kept: thin(high - low, time, value, width),
      time,
      value,
      row: (at) => low + at,
      limit: this.#limit,
      pixel: (to - from) / width,
    });
    return { ...drawn, bad: new Float64Array(0), count: end - start };
  }

  async #count(): Promise<void> {
    const { count } = await this.#cloud.get("data", { filter: this.#stream, page_size: 1 });
    this.total = Number(count);
    if ("last" in this.#wanted) this.wanted = Math.min(this.total, this.#wanted.last);
  }

  /** One fetch at a time: two that overlap would add the same readings twice. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#work.then(work, work);
    this.#work = next.catch(() => undefined);
    return next;
  }
}

/** The position of a time on the axis: seconds since the Unix epoch. */
export function seconds({ micros }: StoredReading): number {
  return Number(micros) / 1e6;
}

function reading(row: Row): StoredReading {
  const { id, timestamp, value, streamer_local_id, extra_data, data } = row;
  return {
    number: Number(id),
    id: typeof streamer_local_id === "bigint" ? streamer_local_id : Number(streamer_local_id ?? 0),
    micros: microsOf(String(timestamp)),
    value: value === null ? NaN : Number(value),
    data: [json(extra_data), json(data)].filter((text) => text !== "").join(" "),
  };
}

function json(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object" && Object.keys(value).length === 0) return "";
  return exactJson(value) ?? "";
}

/** µs of a time as the API writes it: `2018-01-01T01:00:00.123456Z`. */
function microsOf(text: string): bigint {
  const [whole, fraction = ""] = text.replace("Z", "").split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

function byTime(a: StoredReading, b: StoredReading): number {
  return a.micros < b.micros ? -1 : a.micros > b.micros ? 1 : a.number - b.number;
}
