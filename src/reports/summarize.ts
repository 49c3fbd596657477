/**
 * summarizeReport, which summarizes a report for display.
 *
 * @module
 */
import type { Id } from "../readings/reading_columns.ts";
import type { ArchFXFlexibleDictionaryReport } from "./report.ts";

/** A summary of the readings of one stream. */
export interface StreamSummary {
  /** The variable, 32 bits. */
  readonly stream: number;
  /** The number of readings. */
  readonly readings: number;
  /** The earliest reading, microseconds since the Unix epoch. */
  readonly first: bigint;
  /** The latest reading, microseconds since the Unix epoch. */
  readonly last: bigint;
  /** The lowest finite value; NaN if no value is finite. */
  readonly minimum: number;
  /** The highest finite value; NaN if no value is finite. */
  readonly maximum: number;
  /** The mean of the finite values; NaN if no value is finite. */
  readonly mean: number;
  /** The mean value of each bin of time, from the report's first to its last reading; NaN for an empty bin. */
  readonly series: Float64Array;
}

/** A summary of a report. */
export interface Summary {
  /** The device, 64 bits. */
  readonly origin: Id;
  /** The streamer that sent it. */
  readonly originStreamer: Id | null;
  /** How the streamer selects readings. */
  readonly streamerSelector: Id | null;
  /** The id of the report itself. */
  readonly reportId: Id;
  /** When it was sent, microseconds since the Unix epoch. */
  readonly sent: bigint | null;
  /** The lowest id, 0 if no reading has an id. */
  readonly lowestId: Id | null;
  /** The highest id, 0 if no reading has an id. */
  readonly highestId: Id | null;
  /** The length of the report in bytes. */
  readonly bytes: number;
  /** The number of readings. */
  readonly readings: number;
  /** The number of readings without an id. */
  readonly missingIds: number;
  /** The earliest reading, microseconds since the Unix epoch; null if the report has no readings. */
  readonly first: bigint | null;
  /** The latest reading, microseconds since the Unix epoch; null if the report has no readings. */
  readonly last: bigint | null;
  /** The lowest finite value; NaN if no value is finite. */
  readonly minimum: number;
  /** The highest finite value; NaN if no value is finite. */
  readonly maximum: number;
  /** The streams, in the order of their numbers. */
  readonly streams: readonly StreamSummary[];
}

/** With this factor, a sum of the largest values does not overflow: a report has fewer than 2^32 readings. */
const SCALE = 2 ** -32;

/** The running sums of one stream. */
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
 * @param options The number of bins of a series.
 * @returns The summary.
 * @throws {RangeError} If the number of bins is not an integer of at least 1.
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
     * The number of bins in the series of a stream.
     *
     * @default {48}
     */
    readonly bins?: number;
  } = {},
): Summary {
  if (!Number.isSafeInteger(bins) || bins < 1) {
    throw new RangeError(
      `Cannot summarize the report with bins ${bins}: it must be an integer of at least 1`,
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
  // A series covers the time from the report's first to its last reading, so that streams can be compared.
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
    // Written so that any number replaces NaN.
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

/** The mean, limited to the range of the values despite rounding. */
function mean({ finite, sum, scaled, minimum, maximum }: Sums): number {
  if (finite === 0) return NaN;
  const mean = Number.isFinite(sum) ? sum / finite : scaled / finite / SCALE;
  return Math.min(maximum, Math.max(minimum, mean));
}
