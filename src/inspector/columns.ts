/**
 * The columns of a decoded report, with their free-form data as JSON text.
 *
 * @module
 */
import type { ReadingColumns } from "@archfx/cloud/reports";

/** The readings of a report, for a session. */
export interface ReportColumns {
  readonly length: number;
  readonly readingIds: BigUint64Array;
  /** µs since the Unix epoch, UTC. */
  readonly timestamps: BigInt64Array;
  readonly streams: Uint32Array;
  readonly values: Float64Array;
  /** Whether any reading carries data. */
  readonly hasData: boolean;
  /** JSON of a reading's summary and raw data; each is empty if there is none. */
  free(at: number): { summary: string; raw: string };
  /** Both in one text, for a row of the table. */
  data(at: number): string;
}

/** Wrap decoded columns for a session. */
export function reportColumns(columns: ReadingColumns): ReportColumns {
  const { summaryData, rawData } = columns;
  const free = (at: number) => ({
    summary: isEmpty(summaryData?.[at]) ? "" : json(summaryData?.[at]),
    raw: isEmpty(rawData?.[at]) ? "" : json(rawData?.[at]),
  });
  return {
    length: columns.length,
    readingIds: wide(columns.readingIds),
    timestamps: columns.timestamps,
    streams: columns.streams,
    values: columns.values,
    hasData: hasAny(summaryData) || hasAny(rawData),
    free,
    data(at) {
      const { summary, raw } = free(at);
      return [summary, raw].filter((text) => text !== "").join(" ");
    },
  };
}

/** Ids as a report has them. */
function wide(ids: ReadingColumns["readingIds"]): BigUint64Array {
  return ids instanceof BigUint64Array ? ids : BigUint64Array.from(ids, BigInt);
}

function hasAny(data: readonly unknown[] | undefined): boolean {
  return data?.some((value) => !isEmpty(value)) ?? false;
}

/** A report contains `{}` if a reading has no summary data, and nil if it has no raw data. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (value instanceof Map) return value.size === 0;
  return Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0;
}

/** JSON of free-form data; values that JSON cannot represent are written as text. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (typeof part === "bigint") return String(part);
    if (typeof part === "number" && !Number.isFinite(part)) return String(part);
    if (part instanceof Uint8Array) {
      return `0x${Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    }
    if (part instanceof Map) return Object.fromEntries(part);
    return part;
  }) ?? "";
}
