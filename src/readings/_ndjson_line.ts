/**
 * One line of NDJSON, by the host's JSON parser: the lines that WebAssembly leaves over.
 *
 * @module
 */
import { csvRegion, Role } from "../codec/csv_region.ts";
import { Expect, readSlug, slugRegion } from "../codec/slugs.ts";
import { parseMicros, timestampMicros } from "../codec/timestamps.ts";
import type { FreeForm } from "./_chunks.ts";
import type { SummaryData } from "./reading_columns.ts";

/** What a key of a line is, beside the roles of columns. */
export const FREE_FORM = 9;

/** A key, what it is, and which of the two kinds of free-form data. */
export interface Key {
  readonly name: string;
  readonly role: number;
  readonly free?: "summary" | "raw";
  /** One bit for what it says: no line may say it twice. */
  readonly bit: number;
}

/** What is wrong with a line. */
export interface LineFault {
  readonly column?: string;
  readonly value?: unknown;
  readonly what: string;
}

/** The years 1 to 9999 in milliseconds. */
const FIRST_MS = -62135596800000;
const LAST_MS = 253402300799999;
const LARGEST_ID = 2n ** 64n - 1n;

/** A time as text, or as milliseconds since the Unix epoch. */
function timeOf(value: unknown): bigint | undefined {
  if (typeof value === "string") return parseMicros(value);
  if (typeof value !== "number" || !(value >= FIRST_MS && value <= LAST_MS)) return undefined;
  return timestampMicros(value);
}

function streamOf(value: unknown): number | undefined {
  if (typeof value === "string") {
    return readSlug(value, Expect.variable) > 0 ? slugRegion().variables[0] : undefined;
  }
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffffffff
    ? Number(value)
    : undefined;
}

/** A reading id: a number up to 2^53-1, or digits below 2^64. */
function idOf(value: unknown): bigint | undefined {
  if (value === null) return 0n;
  if (typeof value === "string") {
    if (!/^[0-9]{1,20}$/.test(value)) return undefined;
    const id = BigInt(value);
    return id <= LARGEST_ID ? id : undefined;
  }
  return Number.isSafeInteger(value) && Number(value) >= 0 ? BigInt(Number(value)) : undefined;
}

function deviceOf(value: unknown): bigint | undefined {
  if (typeof value === "string") {
    return readSlug(value, Expect.device) > 0 ? slugRegion().devices[0] : undefined;
  }
  return Number.isSafeInteger(value) && Number(value) >= 0 ? BigInt(Number(value)) : undefined;
}

function summaryOf(value: unknown): SummaryData | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, "value") ? undefined : value as SummaryData;
}

const WHAT: Record<number, string> = {
  [Role.time]: "is no time",
  [Role.value]: "is no number",
  [Role.stream]: "is no variable id",
  [Role.id]: "is no reading id (above 2^53-1 it must be text)",
  [Role.device]: "is no device slug",
};

/** Stores a value into a row by its role; false where it is not what the role asks for. */
function storeValue(role: number, value: unknown, row: number): boolean {
  const { times, values, streams, ids, devices } = csvRegion();
  if (role === Role.value) {
    values[row] = value as number;
    return typeof value === "number" && Number.isFinite(value);
  }
  if (role === Role.stream) {
    const stream = streamOf(value);
    streams[row] = stream ?? 0;
    return stream !== undefined;
  }
  const number = role === Role.time
    ? timeOf(value)
    : role === Role.id
    ? idOf(value)
    : deviceOf(value);
  const column = role === Role.time ? times : role === Role.id ? ids : devices;
  column[row] = number ?? 0n;
  return number !== undefined;
}

/** Stores free-form data of a row; false where it is not what the key asks for. */
function storeFree(kind: "summary" | "raw", value: unknown, row: number, free: FreeForm): boolean {
  if (value === null) return true;
  if (kind === "raw") {
    free.raw.set(row, value);
    return true;
  }
  const summary = summaryOf(value);
  if (summary && Object.keys(summary).length > 0) free.summary.set(row, summary);
  return summary !== undefined;
}

/**
 * Reads a line into a row of the region.
 *
 * @returns What is wrong with it; nothing where it is a reading.
 */
export function readNdjsonLine(
  text: string,
  row: number,
  keys: ReadonlyMap<string, Key>,
  required: readonly Key[],
  free: FreeForm,
): LineFault | undefined {
  let line: Record<string, unknown>;
  try {
    line = JSON.parse(text);
  } catch {
    return { what: "is no JSON" };
  }
  if (typeof line !== "object" || line === null || Array.isArray(line)) {
    return { what: "is no JSON object" };
  }
  let found = 0;
  for (const name of Object.keys(line)) {
    const key = keys.get(name);
    if (!key) continue;
    const value = line[name];
    if (found & key.bit) return { column: name, value, what: "is said by another key as well" };
    found |= key.bit;
    if (key.free) {
      if (!storeFree(key.free, value, row, free)) {
        return { column: name, value, what: "is no summary data (a map without the key value)" };
      }
    } else if (!storeValue(key.role, value, row)) {
      return { column: name, value, what: WHAT[key.role] };
    }
  }
  const missing = required.find(({ bit }) => !(found & bit));
  return missing && { what: `has no ${JSON.stringify(missing.name)}` };
}
