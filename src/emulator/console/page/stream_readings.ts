/**
 * The last readings of a stream, kept in order of time and brought up to date.
 *
 * @module
 */
import { thin } from "../../../inspector/downsample.ts";
import type { Series } from "../../../inspector/protocol.ts";
import type { Cloud, Row } from "./cloud.ts";

/** Readings of a page; the most that the API gives at once. */
const PAGE = 10_000;

interface Reading {
  readonly id: number;
  readonly micros: bigint;
  readonly value: number;
}

/** Readings of one stream. */
export class StreamReadings {
  readonly #cloud: Cloud;
  readonly #stream: string;
  #readings: Reading[] = [];
  #greatest = 0;
  #limit = 0;
  #work: Promise<unknown> = Promise.resolve();

  /** How many readings the emulator holds of the stream. */
  total = 0;

  constructor(cloud: Cloud, stream: string) {
    this.#cloud = cloud;
    this.#stream = stream;
  }

  /** How many of them are here; at most as many as were last asked for. */
  get length(): number {
    return this.#readings.length;
  }

  get latest(): Reading | undefined {
    return this.#readings.at(-1);
  }

  /** From the first to the last, in seconds since the Unix epoch. */
  get span(): { from: number; to: number } | undefined {
    const first = this.#readings[0], last = this.#readings.at(-1);
    if (first === undefined || last === undefined) return undefined;
    return { from: seconds(first), to: seconds(last) };
  }

  /** Fetch the last readings anew. */
  load(lastn: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#limit = lastn;
      const { rows } = await this.#cloud.all("data", {
        filter: this.#stream,
        lastn,
        page_size: PAGE,
      });
      this.#readings = rows.map(reading).sort(byTime);
      this.#greatest = this.#readings.reduce((most, { id }) => Math.max(most, id), 0);
      await this.#count();
    });
  }

  /** Fetch what was stored since; false where there was nothing. */
  catchUp(): Promise<boolean> {
    return this.#inTurn(async () => {
      const { rows } = await this.#cloud.all("data", {
        filter: this.#stream,
        id_0: this.#greatest + 1,
        page_size: PAGE,
      });
      if (rows.length === 0) return false;
      for (const row of rows) {
        const next = reading(row);
        this.#readings.push(next);
        this.#greatest = Math.max(this.#greatest, next.id);
      }
      this.#readings.sort(byTime);
      // It stays the last readings, however long the page is open.
      this.#readings.splice(0, this.#readings.length - this.#limit);
      await this.#count();
      return true;
    });
  }

  /** The points to draw, one beyond either end so that the line runs on to the edge. */
  series(from: number, to: number, width: number): Series {
    const readings = this.#readings;
    let start = readings.findIndex((reading) => seconds(reading) >= from);
    if (start < 0) start = readings.length;
    let end = readings.findIndex((reading) => seconds(reading) > to);
    if (end < 0) end = readings.length;
    const low = Math.max(0, start - 1), high = Math.min(readings.length, end + 1);
    const kept = thin(
      high - low,
      (at) => seconds(readings[low + at]),
      (at) => readings[low + at].value,
      width,
    );
    return {
      x: Float64Array.from(kept, (at) => seconds(readings[low + at])),
      y: Float64Array.from(kept, (at) => readings[low + at].value),
      count: end - start,
    };
  }

  async #count(): Promise<void> {
    const { count } = await this.#cloud.get("data", { filter: this.#stream, page_size: 1 });
    this.total = Number(count);
  }

  /** One fetch at a time: two that overlap would add the same readings twice. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#work.then(work, work);
    this.#work = next.catch(() => undefined);
    return next;
  }
}

function reading(row: Row): Reading {
  const { id, timestamp, value } = row;
  return {
    id: Number(id),
    micros: microsOf(String(timestamp)),
    value: value === null ? NaN : Number(value),
  };
}

/** µs of a time as the API writes it: `2018-01-01T01:00:00.123456Z`. */
function microsOf(text: string): bigint {
  const [whole, fraction = ""] = text.replace("Z", "").split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

function seconds({ micros }: Reading): number {
  return Number(micros) / 1e6;
}

function byTime(a: Reading, b: Reading): number {
  return a.micros < b.micros ? -1 : a.micros > b.micros ? 1 : a.id - b.id;
}
