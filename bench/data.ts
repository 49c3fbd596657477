/**
 * The readings for all contenders: one assembly line, from a seed.
 *
 * @module
 */
import {
  ArchFXDataPoint,
  type ArchFXDataPointFields,
  type ReadingColumns,
} from "../src/reports/mod.ts";
import { random } from "../tests/_random.ts";

/** The extra data of a reading. */
export type Kind = "none" | "two keys" | "waveform";

/** Samples in a waveform. */
const SAMPLES = 1024;
const START = 1_611_100_800_000_000n;

/** Columns of `length` readings: 24 variables, four readings a second, values of a process. */
export function columnsOf(length: number): ReadingColumns {
  const next = random(1);
  const streams = new Uint32Array(length);
  const readingIds = new BigUint64Array(length);
  const timestamps = new BigInt64Array(length);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    streams[i] = 0x5000 + i % 24;
    readingIds[i] = BigInt(i + 1);
    timestamps[i] = START + BigInt(i) * 250_125n;
    values[i] = 20 + 5 * Math.sin(i / 500) + next();
  }
  return { length, streams, readingIds, timestamps, values };
}

function rawOf(kind: Kind, next: () => number): Float64Array | null {
  return kind === "waveform" ? Float64Array.from({ length: SAMPLES }, next) : null;
}

/** The same readings as plain objects. */
export function plainOf(length: number, kind: Kind): ArchFXDataPointFields[] {
  const { streams, readingIds, timestamps, values } = columnsOf(length);
  const next = random(2);
  return Array.from({ length }, (_, i) => ({
    timestamp: timestamps[i],
    stream: streams[i],
    value: values[i],
    readingId: Number(readingIds[i]),
    summaryData: kind === "two keys" ? { quality: next(), batch: `B${i % 97}` } : null,
    rawData: rawOf(kind, next),
  }));
}

/** The same readings as data points. */
export function pointsOf(plain: readonly ArchFXDataPointFields[]): ArchFXDataPoint[] {
  return plain.map((fields) => new ArchFXDataPoint(fields));
}

/** The text for a time in a report, made without this project: to the microsecond, like in Python. */
function isoText(micros: bigint): string {
  const date = new Date(Number(micros / 1000n));
  const text = date.toISOString().slice(0, 23);
  return `${text}${String(Number(micros % 1000n)).padStart(3, "0")}+00:00`;
}

/** The same report for other libraries: the object that a program without this package would build. */
export function dictionaryOf(plain: readonly ArchFXDataPointFields[]): Record<string, unknown> {
  return dictionaryWith(
    plain[0]?.readingId ?? 0,
    plain.at(-1)?.readingId ?? 0,
    plain.map((point) => ({
      stream: point.stream,
      dev_seqid: point.readingId,
      timestamp: isoText(point.timestamp as bigint),
      value: point.value,
      extra_data: point.summaryData ?? {},
      data: point.rawData === null ? null : Array.from(point.rawData as Float64Array),
    })),
  );
}

/** The same, from columns. */
export function dictionaryOfColumns(columns: ReadingColumns): Record<string, unknown> {
  const { length, streams, readingIds, timestamps, values } = columns;
  const events = Array.from({ length }, (_, row) => ({
    stream: streams[row],
    dev_seqid: Number(readingIds[row]),
    timestamp: isoText(timestamps[row]),
    value: values[row],
    extra_data: {},
    data: null,
  }));
  return dictionaryWith(events[0]?.dev_seqid ?? 0, events.at(-1)?.dev_seqid ?? 0, events);
}

function dictionaryWith(lowest: unknown, highest: unknown, events: unknown[]) {
  return {
    format: "v200",
    device: 0x1234,
    streamer_index: 0x100,
    streamer_selector: 0xffff,
    seqid: 0,
    lowest_id: lowest,
    highest_id: highest,
    sent_timestamp: null,
    events,
  };
}

/** A CSV file of `length` readings. */
export function csvOf(length: number): string {
  const { streams, timestamps, values } = columnsOf(length);
  const lines = ["timestamp,stream,value"];
  for (let i = 0; i < length; i++) {
    const time = new Date(Number(timestamps[i] / 1000n)).toISOString();
    lines.push(`${time},${streams[i].toString(16)},${values[i].toFixed(4)}`);
  }
  return lines.join("\n") + "\n";
}
