/**
 * The rule of each option of the readers: the one place that readers, the command and profiles share.
 *
 * @module
 */
import { isMap, isRecord } from "../_is_record.ts";
import { shown } from "../_shown.ts";
import { timeReader } from "./_time_text.ts";
import { Zone } from "./_zone.ts";

/** The fault of an option: its name, its value, and what it must be. */
interface OptionFault {
  /** The option, such as `columns.value`. */
  readonly name: string;
  readonly value: unknown;
  readonly rule: string;
  /** Whether the type is wrong rather than the value. */
  readonly type: boolean;
}

/** The error for an option with an invalid value. */
export function optionError(name: string, value: unknown, rule: string): RangeError {
  return new RangeError(`Cannot read with option ${name} ${shown(value)}: it must be ${rule}`);
}

/** The error for an option of the wrong type. */
export function optionTypeError(name: string, value: unknown, rule: string): TypeError {
  return new TypeError(`Cannot read with option ${name} ${shown(value)}: it must be ${rule}`);
}

/** Checks a value: returns undefined if it is valid, otherwise what it must be and whether its type is wrong. */
type Check = (value: unknown) => { rule: string; type?: boolean } | undefined;

const rule =
  (text: string, ok: (value: unknown) => boolean, type?: (value: unknown) => boolean): Check =>
  (value) => {
    if (type && !type(value)) return { rule: text, type: true };
    return ok(value) ? undefined : { rule: text };
  };
/** A rule for values of one type. */
const typed =
  <T>(text: string, type: (value: unknown) => value is T, ok: (value: T) => boolean): Check =>
  (value) => {
    if (!type(value)) return { rule: text, type: true };
    return ok(value) ? undefined : { rule: text };
  };
const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isNumberOrText = (value: unknown): value is number | string =>
  typeof value === "number" || isText(value);
const isNumberOrBigint = (value: unknown): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";
/** Whether a value is an object whose `id` has this type, such as a slug. */
const hasId = (value: unknown, type: "number" | "bigint") =>
  isRecord(value) && typeof value.id === type;
const boolean: Check = (value) =>
  typeof value === "boolean" ? undefined : { rule: "a boolean", type: true };
const isFunction: Check = (value) =>
  typeof value === "function" ? undefined : { rule: "a function", type: true };
const oneOf = (...values: string[]): Check =>
  typed(
    `one of ${values.map((it) => JSON.stringify(it)).join(", ")}`,
    isText,
    (it) => values.includes(it),
  );
const integer = (least: number, most: number): Check =>
  rule(
    `an integer from ${least} to ${most}`,
    (it) => Number.isInteger(it) && Number(it) >= least && Number(it) <= most,
    (it) => typeof it === "number",
  );
/** One character of ASCII that is not the end of a line. */
const character = (what: string): Check => typed(what, isText, (it) => /^[\t -~]$/.test(it));
const column: Check = rule(
  "a name or a position",
  (it) => isText(it) || (Number.isInteger(it) && Number(it) >= 0),
  (it) => isText(it) || typeof it === "number",
);
const columnList: Check = (value) =>
  Array.isArray(value) && value.length > 0
    ? value.map(column).find((fault) => fault !== undefined)
    : Array.isArray(value)
    ? { rule: "a name, a position or a list of them" }
    : column(value);

function timeFormat(value: unknown): ReturnType<Check> {
  const formats = isText(value) ? [value] : value;
  if (!isTexts(formats) || formats.length === 0) {
    return { rule: "a text or a list of texts", type: true };
  }
  if (new Set(formats).size < formats.length) return { rule: "a list of different formats" };
  return formats.map((format) => timeReader(format, "."))
    .filter((reader) => typeof reader === "string")
    .map((rule) => ({ rule }))[0];
}

function timeZone(value: unknown): ReturnType<Check> {
  if (!isText(value)) return { rule: "a text", type: true };
  try {
    new Zone(value);
    return undefined;
  } catch {
    return { rule: 'a time zone that this runtime knows, such as "Europe/Berlin", or "+01:00"' };
  }
}

function encoding(value: unknown): ReturnType<Check> {
  if (!isText(value)) return { rule: "a text", type: true };
  try {
    new TextDecoder(value);
    return undefined;
  } catch {
    return { rule: 'the name of an encoding, such as "windows-1252"' };
  }
}

const words: Check = (value) => {
  if (!isMap(value)) return { rule: "an object of words and numbers", type: true };
  return Object.values(value).every((it) => typeof it === "number" && Number.isFinite(it))
    ? undefined
    : { rule: "an object whose values are finite numbers" };
};

const record: Check = (value) => isMap(value) ? undefined : { rule: "an object", type: true };

/** The options that are data, so that a profile may have them. */
export const DATA_RULES: Readonly<Record<string, Check>> = {
  stream: rule(
    "a variable id: a number below 2^32, text such as 0001-5090, or an ArchFxVariableID",
    (it) => !(typeof it === "number") || (Number.isInteger(it) && it >= 0 && it <= 0xffffffff),
    (it) =>
      isText(it) || typeof it === "number" ||
      hasId(it, "number"),
  ),
  device: rule(
    "a device: an id below 2^64, text such as d--1234, or an ArchFxDeviceSlug",
    (it) => !(typeof it === "number") || (Number.isSafeInteger(it) && it >= 0),
    (it) =>
      isText(it) || typeof it === "number" || typeof it === "bigint" ||
      hasId(it, "bigint"),
  ),
  override: boolean,
  findColumns: boolean,
  map: record,
  tags: record,
  timeFormat,
  timeZone,
  ambiguousTime: oneOf("reject", "earlier", "later", "in-order"),
  decimal: oneOf(".", ","),
  thousands: oneOf(",", ".", " ", "'", "_"),
  words,
  blank: oneOf("bad", "skip"),
  nan: oneOf("bad", "skip", "keep"),
  good: typed("a list of texts", isTexts, (it) => it.length > 0),
  keepBad: boolean,
  ids: oneOf("slug", "hex", "decimal"),
  encoding,
  skipBadRows: boolean,
  maxBadRows: typed(
    'a number of rows, or a percentage such as "5%"',
    isNumberOrText,
    (it) =>
      typeof it === "number"
        ? Number.isInteger(it) && it >= 0
        : /^\d+(\.\d+)?%$/.test(it) && parseFloat(it) <= 100,
  ),
};

/** The other options of a reader. */
export const CALL_RULES: Readonly<Record<string, Check>> = {
  firstReadingId: typed(
    "an integer from 1 to 2^63-1",
    isNumberOrBigint,
    (it) =>
      (typeof it === "bigint" || Number.isSafeInteger(it)) && Number(it) >= 1 &&
      BigInt(it) < 2n ** 63n,
  ),
  onBadRow: isFunction,
  chunkReadings: rule(
    "an integer from 1 to 2^24",
    (it) => Number.isInteger(it) && Number(it) >= 1 && Number(it) <= 2 ** 24,
  ),
  onProgress: isFunction,
};

/** The options for the layout of a CSV text. */
export const CSV_RULES: Readonly<Record<string, Check>> = {
  header: boolean,
  headerRows: integer(1, 100),
  unitRow: boolean,
  skipLines: integer(0, 1_000_000),
  skipFooter: integer(0, 100_000),
  table: integer(1, 1000),
  comment: typed("a text without line ends", isText, (it) => /^[^\r\n]+$/.test(it)),
  delimiter: typed(
    'one to four characters other than a quote, or "tab"',
    isText,
    (it) => it === "tab" || it === "\\t" || /^[^\r\n"]{1,4}$/u.test(it),
  ),
  quote: (value) =>
    value === "" || value === "none"
      ? undefined
      : character('one character of ASCII, or "" for none')(value),
  escape: character("one character of ASCII"),
};

/** The options for the columns. */
export const COLUMN_RULES: Readonly<Record<string, Check>> = {
  timestamp: columnList,
  value: column,
  stream: column,
  readingId: column,
  device: column,
  quality: column,
};

const key: Check = rule("the name of a key", () => true, isText);

/** The options for the keys of NDJSON. */
export const KEY_RULES: Readonly<Record<string, Check>> = {
  timestamp: key,
  value: key,
  stream: key,
  readingId: key,
  summaryData: key,
  rawData: key,
  device: key,
  quality: key,
};

/** The other options of NDJSON. */
export const NDJSON_RULES: Readonly<Record<string, Check>> = { numberTexts: boolean };

/** The faults of all options, by their names. */
export function optionFaults(
  options: object,
  rules: Readonly<Record<string, Check>>,
  prefix = "",
): OptionFault[] {
  const faults: OptionFault[] = [];
  for (const [name, check] of Object.entries(rules)) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined) continue;
    const fault = check(value);
    if (fault) {
      faults.push({ name: prefix + name, value, rule: fault.rule, type: fault.type === true });
    }
  }
  return faults;
}

/** Throws the error for the first fault. */
export function throwFault(faults: readonly OptionFault[]): void {
  if (faults.length === 0) return;
  const { name, value, rule, type } = faults[0];
  throw type ? optionTypeError(name, value, rule) : optionError(name, value, rule);
}
