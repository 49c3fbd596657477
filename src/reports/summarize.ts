/**
 * summarizeReport, a report at a glance.
 *
 * @module
 */
import type { Id } from "../readings/reading_columns.ts";
import type { ArchFXFlexibleDictionaryReport } from "./report.ts";

/** Readings of one stream at a glance. */
export interface StreamSummary {
  /** The variable, 32 bits. */
  readonly stream: number;
  /** How many readings there are. */
  readonly readings: number;
  /** The earliest reading, microseconds since the Unix epoch. */
  readonly first: bigint;
  /** The latest reading, microseconds since the Unix epoch. */
  readonly last: bigint;
  /** The lowest value that is finite; NaN where none is. */
  readonly minimum: number;
  /** The highest value that is finite; NaN where none is. */
  readonly maximum: number;
  /** The mean of the values that are finite; NaN where none is. */
  readonly mean: number;
  /** The mean value of each bin of time, from the report's first to its last reading; NaN where a bin has none. */
  readonly series: Float64Array;
}

/** A report at a glance. */
export interface Summary {
  /** The device, 64 bits. */
  readonly origin: Id;
  /** The streamer that sent it. */
  readonly originStreamer: Id | null;
  /** What the streamer picked readings by. */
  readonly streamerSelector: Id | null;
  /** The id of the report itself. */
  readonly reportId: Id;
  /** When it was sent, microseconds since the Unix epoch. */
  readonly sent: bigint | null;
  /** The lowest id, 0 where no reading has one. */
  readonly lowestId: Id | null;
  /** The highest id, 0 where no reading has one. */
  readonly highestId: Id | null;
  /** How long it is. */
  readonly bytes: number;
  /** How many readings there are. */
  readonly readings: number;
  /** How many of them have no id. */
  readonly missingIds: number;
  /** The earliest reading, microseconds since the Unix epoch; null where there is none. */
  readonly first: bigint | null;
  /** The latest reading, microseconds since the Unix epoch; null where there is none. */
  readonly last: bigint | null;
  /** The lowest value that is finite; NaN where there is none. */
  readonly minimum: number;
  /** The highest value that is finite; NaN where there is none. */
  readonly maximum: number;
  /** The streams, by their numbers. */
  readonly streams: readonly StreamSummary[];
}

/** A sum of so many of the largest values still fits: a report has fewer than 2^32 readings. */
const SCALE = 2 ** -32;

/** Sums of one stream while they are made. */
class Sums {
  readings = 0;
  first = 0n;
  last = 0n;
  finite = 0;
  sum = 0;
  /** The same sum times `SCALE`, which does not overflow. */
  scaled = 0;
  minimum = Infinity;
  maximum = -Infinity;
  readonly binSums: Float64Array;
  readonly binCounts: Uint32Array;
  readonly stream: number;
  constructor(stream: number, bins: number) {
    this.stream = stream;
    this.binSums = new Float64Array(bins);
    this.binCounts = new Uint32Array(bins);
  }
}

/**
 * Counts, ranges and a short series for each stream of a report.
 *
 * @param report The report.
 * @param options How many bins a series has.
 * @returns The summary.
 * @throws {RangeError} If the number of bins is not an integer from 1 on.
 *
 * @example
 * ```ts
 * import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport, summarizeReport } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const report = ArchFXFlexibleDictionaryReport.fromReadings({
 *   device: 0x1234,
 *   data: [1, 2, 3].map((value) => new ArchFXDataPoint({ timestamp: value, stream: 0x5001, value })),
 * });
 *
 * const [stream] = summarizeReport(report, { bins: 3 }).streams;
 * assertEquals([...stream.series], [1, 2, 3]);
 * ```
 */
export function summarizeReport(
  report: ArchFXFlexibleDictionaryReport,
  { bins = 48 }: {
    /**
     * How many bins the series of a stream has.
     *
     * @default {48}
     */
    readonly bins?: number;
  } = {},
): Summary {
  if (!Number.isSafeInteger(bins) || bins < 1) {
    throw new RangeError(
      `Cannot summarize the report with bins ${bins}: it must be an integer from 1 on`,
    );
  }
  const { length, streams, timestamps, readingIds, values } = report.columns();
  const sums = new Map<number, Sums>();
  let first: bigint | null = null;
  let last: bigint | null = null;
  let missingIds = 0;
  for (let row = 0; row < length; row++) {
    const time = timestamps[row];
    const of = sums.get(streams[row]) ?? new Sums(streams[row], bins);
    if (of.readings++ === 0) {
      sums.set(of.stream, of);
      of.first = of.last = time;
    } else if (time < of.first) of.first = time;
    else if (time > of.last) of.last = time;
    if (first === null || time < first) first = time;
    if (last === null || time > last) last = time;
    if (readingIds[row] === 0n) missingIds++;
  }
  // A series runs from the report's first to its last reading, so that streams can be laid side by side.
  const start = first ?? 0n;
  const scale = bins / (Number((last ?? 0n) - start) + 1);
  for (let row = 0; row < length; row++) {
    const value = values[row];
    if (!Number.isFinite(value)) continue;
    const of = sums.get(streams[row])!;
    of.finite++;
    of.sum += value;
    of.scaled += value * SCALE;
    of.minimum = Math.min(of.minimum, value);
    of.maximum = Math.max(of.maximum, value);
    const bin = Math.min(bins - 1, Math.floor(Number(timestamps[row] - start) * scale));
    of.binSums[bin] += value;
    of.binCounts[bin]++;
  }
  const summaries = [...sums.values()].sort((a, b) => a.stream - b.stream).map(streamSummary);
  let minimum = NaN;
  let maximum = NaN;
  for (const stream of summaries) {
    // Written so that NaN gives way to any number.
    if (Number.isNaN(stream.minimum)) continue;
    if (!(minimum <= stream.minimum)) minimum = stream.minimum;
    if (!(maximum >= stream.maximum)) maximum = stream.maximum;
  }
  return {
    origin: report.origin,
    originStreamer: report.originStreamer,
    streamerSelector: report.streamerSelector,
    reportId: report.reportId,
    sent: report.sentTimestampMicros,
    lowestId: report.lowestId,
    highestId: report.highestId,
    bytes: report.byteLength,
    readings: length,
    missingIds,
    first,
    last,
    minimum,
    maximum,
    streams: summaries,
  };
}

function streamSummary(of: Sums): StreamSummary {
  const { stream, readings, first, last, finite, binSums, binCounts } = of;
  return {
    stream,
    readings,
    first,
    last,
    minimum: finite > 0 ? of.minimum : NaN,
    maximum: finite > 0 ? of.maximum : NaN,
    mean: mean(of),
    series: binSums.map((sum, bin) => sum / binCounts[bin]),
  };
}

/** The mean, which rounding must not put below the lowest or above the highest value. */
function mean({ finite, sum, scaled, minimum, maximum }: Sums): number {
  if (finite === 0) return NaN;
  const mean = Number.isFinite(sum) ? sum / finite : scaled / finite / SCALE;
  return Math.min(maximum, Math.max(minimum, mean));
}
