/**
 * The options of the readers, checked and with their defaults.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { Expect, readSlug, slugRegion } from "../codec/slugs.ts";
import type { ReadOptions } from "./read_options.ts";

/** Options as the readers use them. */
export interface CheckedOptions {
  readonly stream: number | undefined;
  /** The id of the first reading, and what is added from one to the next. */
  readonly firstId: bigint;
  readonly idStep: bigint;
  readonly skipBadRows: boolean;
  readonly onBadRow: ReadOptions["onBadRow"];
  readonly chunkReadings: number;
  readonly onProgress: ReadOptions["onProgress"];
}

/** A value in an error: text in quotes. */
function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** The error for an option that is wrong. */
export function optionError(name: string, value: unknown, rule: string): RangeError {
  return new RangeError(`Cannot read with option ${name} ${shown(value)}: it must be ${rule}`);
}

/** The error for an option of a wrong type. */
export function optionTypeError(name: string, value: unknown, rule: string): TypeError {
  return new TypeError(`Cannot read with option ${name} ${shown(value)}: it must be ${rule}`);
}

function checkStream(stream: ReadOptions["stream"]): number | undefined {
  if (stream === undefined) return undefined;
  const rule = "a variable id: a number below 2^32, text such as 0001-5090, or an ArchFxVariableID";
  if (typeof stream === "string") {
    if (readSlug(stream, Expect.variable) < 0) throw optionError("stream", stream, rule);
    return slugRegion().variables[0];
  }
  const id = typeof stream === "object" ? stream?.id : stream;
  if (typeof id !== "number") throw optionTypeError("stream", stream, rule);
  if (!(Number.isInteger(id) && id >= 0 && id <= 0xffffffff)) {
    throw optionError("stream", stream, rule);
  }
  return id;
}

function checkFirstId(id: ReadOptions["firstReadingId"]): bigint {
  if (id === undefined) return 0n;
  const rule = "an integer from 1 to 2^63-1";
  if (typeof id !== "number" && typeof id !== "bigint") {
    throw optionTypeError("firstReadingId", id, rule);
  }
  if ((typeof id === "number" && !Number.isSafeInteger(id)) || id < 1 || id >= 2n ** 63n) {
    throw optionError("firstReadingId", id, rule);
  }
  return BigInt(id);
}

/** A function, or nothing. */
function checkFunction<T>(name: string, value: T): T {
  if (value === undefined || typeof value === "function") return value;
  throw optionTypeError(name, value, "a function");
}

/** A boolean, or its default. */
export function checkBoolean(name: string, value: boolean | undefined, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  throw optionTypeError(name, value, "a boolean");
}

/** What every reader takes. */
const NAMES = [
  "stream",
  "firstReadingId",
  "skipBadRows",
  "onBadRow",
  "chunkReadings",
  "onProgress",
];

/** Checks the options that all readers have; `more` are the names of those that one has besides. */
export function checkOptions(options: ReadOptions, more: readonly string[]): CheckedOptions {
  checkNames(options, [...NAMES, ...more], "option of a reader");
  const { chunkReadings = 16384 } = options;
  if (!Number.isInteger(chunkReadings) || chunkReadings < 1 || chunkReadings > 2 ** 24) {
    throw optionError("chunkReadings", chunkReadings, "an integer from 1 to 2^24");
  }
  const skipBadRows = checkBoolean("skipBadRows", options.skipBadRows, false);
  const onBadRow = checkFunction("onBadRow", options.onBadRow);
  if (onBadRow && !skipBadRows) {
    throw new TypeError("Cannot read with option onBadRow: it needs skipBadRows");
  }
  const firstId = checkFirstId(options.firstReadingId);
  return {
    stream: checkStream(options.stream),
    firstId,
    idStep: firstId === 0n ? 0n : 1n,
    skipBadRows,
    onBadRow,
    chunkReadings,
    onProgress: checkFunction("onProgress", options.onProgress),
  };
}
