/**
 * Readings as lines of CSV or NDJSON, with the columns that `archfx report encode` reads.
 *
 * @module
 */
import { csvText } from "../codec/csv_text.ts";
import { EventColumns } from "../codec/event_columns.ts";
import { exactJson } from "../_exact_json.ts";
import { isoTime } from "../_iso_time.ts";
import { devicesOf } from "../readings/devices_of.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";

/** The formats of lines. */
export const formats = ["csv", "ndjson"] as const;

/** How many lines a piece of text has: enough for cheap writes, but few enough for a quick Ctrl-C. */
const LINES_AT_ONCE = 2_000;

const MINUTE = 60_000_000;

/** The first line of a CSV. */
export function csvHead(more: readonly string[] = []): string {
  return `${[...more, "timestamp", "stream", "reading_id", "value"].join(",")}\n`;
}

/**
 * Readings as lines, a piece at a time. If the readings say their device, it is the first column.
 *
 * @param columns The readings.
 * @param format `csv` or `ndjson`.
 * @returns Bytes of CSV, text of NDJSON.
 */
export function readingLines(
  columns: ReadingColumns,
  format: (typeof formats)[number],
): Generator<string | Uint8Array> {
  return format === "csv" ? csvLines(columns) : ndjsonLines(columns);
}

function csvLines(columns: ReadingColumns): Generator<Uint8Array> {
  const { length, streams, readingIds, timestamps, values } = columns;
  const devices = devicesOf(columns);
  const rows = new EventColumns(length, streams, readingIds, timestamps, values);
  if (devices === undefined) return csvText(rows, (_, to) => ({ text: "", to }));
  const leads = new Map<bigint, string>();
  const halves = new Uint32Array(devices.buffer, devices.byteOffset, 2 * length);
  return csvText(rows, (row, to) => {
    const device = devices[row]!;
    const text = leads.get(device) ?? `${new ArchFxDeviceSlug(device)},`;
    leads.set(device, text);
    const [low, high] = [halves[2 * row], halves[2 * row + 1]];
    let end = row + 1;
    while (end < to && halves[2 * end] === low && halves[2 * end + 1] === high) end++;
    return { text, to: end };
  });
}

/** Readings as NDJSON, a piece at a time. If the readings say their device, it is the first column. */
export function* ndjsonLines(columns: ReadingColumns): Generator<string> {
  const { timestamps, streams, values, summaryData, rawData, length } = columns;
  const devices = devicesOf(columns);
  const leads = new Map<bigint, string>();
  const time = new TimeText(timestamps, length);
  const id = integerText(columns.readingIds, length);
  let lead = "";
  let text = "";
  for (let row = 0; row < length; row++) {
    if (devices !== undefined) {
      const device = devices[row]!;
      const known = leads.get(device);
      lead = known ?? `"device":"${new ArchFxDeviceSlug(device)}",`;
      if (known === undefined) leads.set(device, lead);
    }
    const value = values[row]!;
    // Text has −0 only if it was written so.
    const valueText = value === 0 && Object.is(value, -0) ? "-0" : `${value}`;
    const summary = summaryData?.[row];
    const raw = rawData?.[row];
    // JSON has neither NaN nor infinity: they are written as text, which the reader accepts.
    text += `{${lead}"timestamp":"${time.at(row)}","stream":${streams[row]!},"reading_id":${
      id(row)
    },"value":${Number.isFinite(value) ? valueText : `"${valueText}"`}`;
    if (hasEntries(summary)) text += `,"extra_data":${exactJson(summary)}`;
    if (raw !== null && raw !== undefined) text += `,"data":${exactJson(raw)}`;
    text += "}\n";
    if (row % LINES_AT_ONCE === LINES_AT_ONCE - 1) {
      yield text;
      text = "";
    }
  }
  if (text !== "") yield text;
}

/**
 * Writes times like `isoTime`, but ten times faster than with a bigint and a Date for each row. It reuses the
 * text of the last minute, since most readings are in the same minute as the one before, and uses numbers where
 * they are exact.
 */
class TimeText {
  readonly #timestamps: BigInt64Array;
  /** Each time as two halves of 32 bits. */
  readonly #halves: Int32Array;
  #minute = NaN;
  #minuteText = "";

  constructor(timestamps: BigInt64Array, length: number) {
    this.#timestamps = timestamps;
    this.#halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, 2 * length);
  }

  at(row: number): string {
    const micros = this.#halves[2 * row + 1]! * 2 ** 32 + (this.#halves[2 * row]! >>> 0);
    if (!Number.isSafeInteger(micros)) return isoTime(this.#timestamps[row]!);
    const minute = Math.floor(micros / MINUTE);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#minuteText = new Date(minute * 60_000).toISOString().slice(0, -7);
    }
    const within = micros - minute * MINUTE;
    const second = Math.floor(within / 1e6);
    const below = within - second * 1e6;
    const seconds = second < 10 ? `0${second}` : `${second}`;
    if (below === 0) return `${this.#minuteText}${seconds}Z`;
    const millis = Math.floor(below / 1000);
    const digits = millis * 1000 === below
      ? `${millis + 1000}`.slice(1)
      : `${below + 1_000_000}`.slice(1);
    return `${this.#minuteText}${seconds}.${digits}Z`;
  }
}

/**
 * The text of each id. Most JSON readers round long integers, so these are written as text, which is also valid
 * for ids.
 */
function integerText(
  ids: ReadingColumns["readingIds"],
  length: number,
): (row: number) => string | number {
  if (!(ids instanceof BigUint64Array)) return (row) => ids[row]!;
  const halves = new Uint32Array(ids.buffer, ids.byteOffset, 2 * length);
  return (row) => {
    const number = halves[2 * row + 1]! * 2 ** 32 + halves[2 * row]!;
    return Number.isSafeInteger(number) ? number : `"${ids[row]!}"`;
  };
}

function hasEntries(summary: unknown): boolean {
  if (summary instanceof Map) return summary.size > 0;
  return typeof summary === "object" && summary !== null && Object.keys(summary).length > 0;
}
