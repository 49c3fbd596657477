/**
 * Readings as lines of CSV or NDJSON, in the columns that `archfx report encode` reads.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { jsonInteger } from "../_inspect.ts";
import { isoTime } from "../_iso_time.ts";

/** The formats of lines. */
export const formats = ["csv", "ndjson"] as const;

/** Lines to a piece of text: enough that writing costs little, few enough that Ctrl-C is quick. */
const LINES_AT_ONCE = 2_000;

/** The variable of a stream, `0001-5090`. */
export function variableText(stream: number): string {
  const hex = stream.toString(16).padStart(8, "0");
  return `${hex.slice(0, 4)}-${hex.slice(4)}`;
}

/** The first line of a CSV. */
export function csvHead(more: readonly string[] = []): string {
  return `${[...more, "timestamp", "stream", "reading_id", "value"].join(",")}\n`;
}

/**
 * Readings as text, a piece at a time.
 *
 * @param columns The readings.
 * @param format `csv` or `ndjson`.
 * @param more Columns that every line begins with.
 */
export function* readingLines(
  columns: ReadingColumns,
  format: (typeof formats)[number],
  more: Readonly<Record<string, string>> = {},
): Generator<string> {
  const { timestamps, streams, readingIds, values, summaryData, rawData } = columns;
  const names = new Map<number, string>();
  const lead = Object.values(more).map((value) => `${value},`).join("");
  let text = "";
  for (let row = 0; row < columns.length; row++) {
    const stream = streams[row]!;
    let name = names.get(stream);
    if (name === undefined) names.set(stream, name = variableText(stream));
    const time = isoTime(timestamps[row]!);
    const id = readingIds[row]!;
    const value = values[row]!;
    if (format === "csv") text += `${lead}${time},${name},${id},${value}\n`;
    else {
      const summary = summaryData?.[row];
      const raw = rawData?.[row];
      text += JSON.stringify({
        ...more,
        timestamp: time,
        stream,
        reading_id: jsonInteger(id),
        // JSON has no NaN and no infinities; their names are what the reader takes for them.
        value: Number.isFinite(value) ? value : String(value),
        ...(hasEntries(summary) ? { extra_data: summary } : {}),
        ...(raw === null || raw === undefined ? {} : { data: raw }),
      }, plain) + "\n";
    }
    if (row % LINES_AT_ONCE === LINES_AT_ONCE - 1) {
      yield text;
      text = "";
    }
  }
  if (text !== "") yield text;
}

function hasEntries(summary: unknown): boolean {
  if (summary instanceof Map) return summary.size > 0;
  return typeof summary === "object" && summary !== null && Object.keys(summary).length > 0;
}

/** What JSON has no form for: maps by key, big integers as numbers or text, bytes as base64. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return jsonInteger(value);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, member]) => [String(key), member]));
  }
  if (value instanceof Uint8Array) {
    return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""));
  }
  return value;
}
