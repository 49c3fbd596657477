/**
 * resample(), which makes one reading for each interval of time.
 *
 * @module
 */
import { displayableColumns } from "../_display.ts";
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import type { ReadingColumns } from "./reading_columns.ts";

/** How the readings of an interval become one reading. */
export type ResampleBy = "mean" | "min" | "max" | "first" | "last" | "count";

const WAYS: readonly ResampleBy[] = ["mean", "min", "max", "first", "last", "count"];

/** Options of {@linkcode resample}. */
export interface ResampleOptions {
  /** The length of an interval in milliseconds: a multiple of 0.001, above 0. Intervals start at 1970-01-01, UTC. */
  readonly everyMs: number;
  /** How the readings of an interval become one; all but `count` ignore NaN if the interval has any other value. */
  readonly by: ResampleBy;
}

/**
 * Replaces the readings of each stream in each interval by one reading: their mean, lowest, highest, first or
 * last value, or their count. An interval without readings gets no reading.
 *
 * The result is that of pandas with `groupby("stream").resample(every).mean()` and the like, without the empty
 * intervals: an interval includes its start and not its end, and its reading is at its start. `first` and `last` are
 * decided by time, and for readings at the same time by their order.
 *
 * @param columns The readings, in any order.
 * @param options The length of an interval, and how its readings become one.
 * @returns Readings ordered by time, then by stream. Their ids are 0, since no machine sent them; summary and raw data
 * are left out.
 * @throws {TypeError} If an option is unknown or `by` is not one of the names.
 * @throws {RangeError} If `everyMs` is not a multiple of 0.001 above 0, at most 10^12.
 *
 * @example
 * ```ts
 * import { readCsv, resample } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "timestamp,value\n2026-03-02 06:00:10,20\n2026-03-02 06:00:50,22\n2026-03-02 06:01:00,30\n";
 * for await (const columns of readCsv(new TextEncoder().encode(text), { stream: "0001-5090" })) {
 *   assertEquals(resample(columns, { everyMs: 60_000, by: "mean" }).values, Float64Array.of(21, 30));
 * }
 * ```
 */
export function resample(columns: ReadingColumns, options: ResampleOptions): ReadingColumns {
  const resampler = new Resampler(options);
  resampler.add(columns);
  return resampler.columns();
}

/**
 * Resamples readings that arrive in chunks: keeps a row for each interval that has readings, found by stream and
 * start.
 */
export class Resampler {
  readonly #by: ResampleBy;
  /** The length of an interval, µs. */
  readonly #every: bigint;
  #length = 0;
  #starts = new BigInt64Array(1024);
  #streams = new Uint32Array(1024);
  /** The values so far: sums, or single values; unused if readings are only counted. */
  #values = new Float64Array(1024);
  #counts = new Float64Array(1024);
  /** The row of an interval, by stream and then by start. */
  readonly #rows = new Map<number, Map<bigint, number>>();
  /** The times of the values that `first` and `last` keep. */
  #times: BigInt64Array;

  constructor(options: ResampleOptions) {
    checkNames(options, ["everyMs", "by"], "option of resample");
    const { everyMs, by } = options;
    if (!WAYS.includes(by)) {
      throw new TypeError(`Cannot resample by ${shown(by)}: it must be one of ${WAYS.join(", ")}`);
    }
    const every = typeof everyMs === "number" ? Math.round(everyMs * 1000) : NaN;
    if (!(every >= 1 && everyMs <= 1e12 && Math.abs(every / 1000 - everyMs) < 1e-9 * everyMs)) {
      throw new RangeError(
        `Cannot resample every ${
          shown(everyMs)
        } ms: everyMs must be a multiple of 0.001 above 0, at most 10^12`,
      );
    }
    this.#by = by;
    this.#every = BigInt(every);
    this.#times = new BigInt64Array(by === "first" || by === "last" ? 1024 : 0);
  }

  /** Adds readings, run by run: a run has consecutive readings of one stream in one interval. */
  add({ timestamps, streams, values, length }: ReadingColumns): void {
    const step = this.#every;
    // The two halves of each time: comparing integers takes a quarter of the time of comparing bigints.
    const halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, 2 * length);
    // The last interval of each stream is kept, since files often alternate between streams.
    const last = new Map<number, Interval>();
    let stream = -1;
    let interval: Interval | undefined;
    for (let from = 0; from < length;) {
      if (streams[from] !== stream) interval = last.get(stream = streams[from]!);
      const micros = halves[2 * from + 1]! * 2 ** 32 + (halves[2 * from]! >>> 0);
      if (interval === undefined || !(micros >= interval.start && micros < interval.end)) {
        const time = timestamps[from]!;
        const rest = time % step;
        const start = time - (rest < 0n ? rest + step : rest);
        interval = { row: this.#row(stream, start), start: exact(start), end: exact(start + step) };
        last.set(stream, interval);
      }
      // The run continues while the upper half stays the same and the lower one, with its sign bit inverted, is in the
      // interval.
      const upper = halves[2 * from + 1]!;
      const base = upper * 2 ** 32 + 2 ** 31;
      const lowest = Math.max(interval.start - base, -(2 ** 31));
      const highest = Math.min(interval.end - base, 2 ** 31) - 1;
      let to = from + 1;
      for (; to < length && streams[to] === stream && halves[2 * to + 1] === upper; to++) {
        const lower = halves[2 * to]! ^ 0x80000000;
        if (!(lower >= lowest && lower <= highest)) break;
      }
      this.#take(interval.row, values, timestamps, from, to);
      from = to;
    }
  }

  #row(stream: number, start: bigint): number {
    let rows = this.#rows.get(stream);
    if (rows === undefined) this.#rows.set(stream, rows = new Map());
    const known = rows.get(start);
    if (known !== undefined) return known;
    const row = this.#length++;
    if (row === this.#starts.length) this.#grow();
    rows.set(start, row);
    this.#starts[row] = start;
    this.#streams[row] = stream;
    return row;
  }

  /** Adds the values of a run to its interval, without NaN. */
  #take(
    row: number,
    values: Float64Array,
    timestamps: BigInt64Array,
    from: number,
    to: number,
  ): void {
    let count = this.#counts[row]!;
    let kept = this.#values[row]!;
    switch (this.#by) {
      case "mean": {
        let left = 0;
        for (let at = from; at < to; at++) {
          const value = values[at]!;
          if (value === value) kept += value;
          else left++;
        }
        count += to - from - left;
        break;
      }
      case "min":
      case "max": {
        const sign = this.#by === "min" ? 1 : -1;
        for (let at = from; at < to; at++) {
          const value = values[at]!;
          if (value !== value) continue;
          if (count === 0 || sign * value < sign * kept) kept = value;
          count++;
        }
        break;
      }
      case "first":
      case "last": {
        const isFirst = this.#by === "first";
        let best = this.#times[row]!;
        for (let at = from; at < to; at++) {
          const value = values[at]!;
          if (value !== value) continue;
          const time = timestamps[at]!;
          if (count === 0 || (isFirst ? time < best : time >= best)) {
            kept = value;
            best = time;
          }
          count++;
        }
        this.#times[row] = best;
        break;
      }
      case "count":
        for (let at = from; at < to; at++) if (values[at] === values[at]) count++;
    }
    this.#values[row] = kept;
    this.#counts[row] = count;
  }

  #grow(): void {
    const size = this.#length * 2;
    const wider = <T extends { set(from: T): void }>(made: T, from: T): T => {
      made.set(from);
      return made;
    };
    this.#starts = wider(new BigInt64Array(size), this.#starts);
    this.#streams = wider(new Uint32Array(size), this.#streams);
    this.#values = wider(new Float64Array(size), this.#values);
    this.#counts = wider(new Float64Array(size), this.#counts);
    if (this.#times.length > 0) this.#times = wider(new BigInt64Array(size), this.#times);
  }

  /** One reading for each interval so far. */
  columns(): ReadingColumns {
    const length = this.#length;
    const order = Uint32Array.from({ length }, (_, row) => row);
    const [starts, streams] = [this.#starts, this.#streams];
    if (!this.#isOrdered()) {
      order.sort((a, b) =>
        starts[a]! < starts[b]! ? -1 : starts[a]! > starts[b]! ? 1 : streams[a]! - streams[b]!
      );
    }
    const columns = {
      length,
      streams: new Uint32Array(length),
      readingIds: new BigUint64Array(length),
      timestamps: new BigInt64Array(length),
      values: new Float64Array(length),
    };
    for (let at = 0; at < length; at++) {
      const row = order[at]!;
      columns.streams[at] = streams[row]!;
      columns.timestamps[at] = starts[row]!;
      columns.values[at] = this.#value(row);
    }
    return displayableColumns(columns);
  }

  #isOrdered(): boolean {
    for (let row = 1; row < this.#length; row++) {
      const [before, now] = [this.#starts[row - 1]!, this.#starts[row]!];
      if (before > now || (before === now && this.#streams[row - 1]! >= this.#streams[row]!)) {
        return false;
      }
    }
    return true;
  }

  #value(row: number): number {
    const count = this.#counts[row]!;
    if (this.#by === "count") return count;
    if (count === 0) return NaN;
    return this.#by === "mean" ? this.#values[row]! / count : this.#values[row]!;
  }
}

/**
 * An interval of one stream: its row, its start, and its end, which is not included; in µs, NaN if a number
 * would not be exact. A time that is not exact is never in an interval with exact ends.
 */
interface Interval {
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

function exact(micros: bigint): number {
  const number = Number(micros);
  return Number.isSafeInteger(number) ? number : NaN;
}
