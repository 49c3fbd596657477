/**
 * Reads times from text: ISO 8601, patterns, epochs, days of a spreadsheet; with or without a zone, to microseconds.
 *
 * @module
 */
import { compilePattern, matchPattern, offsetSeconds, type PatternStep } from "./_strptime.ts";
import type { ReadHint } from "./problem.ts";
import type { Zone } from "./_zone.ts";

/** A time that was read from text. */
export interface TextTime {
  /** Microseconds since the Unix epoch: in UTC, or in local time if `naive`. */
  readonly micros: bigint;
  /** Whether the text has no zone. */
  readonly naive: boolean;
}

/** Reads a text in one format; undefined if the text does not match. */
export type TimeReader = (text: string) => TextTime | undefined;

const DAY_MS = 86_400_000;
/** The range of the years 1 to 9999 in microseconds. */
export const FIRST_MICROS = -62135596800000000n;
export const LAST_MICROS = 253402300799999999n;

/** The units of epochs, in decimal places of a second. */
const EPOCHS: Record<string, number> = {
  "epoch-s": 0,
  "epoch-ms": 3,
  "epoch-us": 6,
  "epoch-ns": 9,
};

/** The formats that have a name. */
export const NAMED_FORMATS: readonly string[] = ["iso", ...Object.keys(EPOCHS), "excel"];

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** Microseconds of a date and time of day; undefined if the day or time does not exist. */
function civilMicros(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  micros: number,
): bigint | undefined {
  if (year < 1 || year > 9999 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const ms = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
  return BigInt(ms) * 1000n + BigInt(micros);
}

function isoTime(text: string): TextTime | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = "0", fraction = "", zone] = match;
  const micros = civilMicros(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(6, "0").slice(0, 6)),
  );
  if (micros === undefined) return undefined;
  if (zone === undefined) return { micros, naive: true };
  const digits = zone.replace(/[^\d]/g, "");
  if (Number(digits.slice(0, 2) || 0) > 23 || Number(digits.slice(2) || 0) > 59) return undefined;
  return { micros: micros - BigInt(offsetSeconds(zone)) * 1_000_000n, naive: false };
}

const EPOCH = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads a number in units of 10^-places seconds exactly; digits below the microsecond are rounded down. */
function epochMicros(text: string, places: number): bigint | undefined {
  const match = EPOCH.exec(text);
  if (!match || text.length > 400) return undefined;
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  let digits = BigInt(whole + fraction);
  if (sign === "-") digits = -digits;
  const shift = Number(exponent) - fraction.length + 6 - places;
  if (shift >= 0) return shift > 400 ? undefined : digits * 10n ** BigInt(shift);
  const unit = 10n ** BigInt(-shift);
  const quotient = digits / unit;
  return digits < 0n && quotient * unit !== digits ? quotient - 1n : quotient;
}

/** Reads the days of spreadsheets, which begin at the end of 1899 and include a 29 February 1900 that did not exist. */
function excelMicros(days: number): bigint | undefined {
  if (!(days >= 1 && days < 2958466) || (days >= 60 && days < 61)) return undefined;
  const ms = Math.round((days - 25569 + (days < 60 ? 1 : 0)) * DAY_MS);
  return BigInt(ms) * 1000n;
}

/** Reads a time with a pattern. */
function patternTime(steps: readonly PatternStep[], text: string): TextTime | undefined {
  const parts = matchPattern(steps, text);
  if (!parts) return undefined;
  const { year, hour, minute, second, micros, offset, yearDay } = parts;
  let { month, day } = parts;
  if (yearDay > 0) {
    const date = new Date(0);
    date.setUTCFullYear(year, 0, yearDay);
    if (date.getUTCFullYear() !== year) return undefined;
    month = date.getUTCMonth() + 1;
    day = date.getUTCDate();
  }
  const time = civilMicros(year, month, day, hour, minute, second, micros);
  if (time === undefined) return undefined;
  if (offset === undefined) return { micros: time, naive: true };
  if (Math.abs(offset) >= 86_400) return undefined;
  return { micros: time - BigInt(offset) * 1_000_000n, naive: false };
}

/** The reader of a format; for an invalid format, a text that says what it must be. */
export function timeReader(format: string, decimal: "." | ","): TimeReader | string {
  if (format === "iso") return isoTime;
  const point = (text: string) => decimal === "," ? text.replace(",", ".") : text;
  const places = EPOCHS[format];
  if (places !== undefined) {
    return (text) => {
      const micros = epochMicros(point(text), places);
      return micros === undefined ? undefined : { micros, naive: false };
    };
  }
  if (format === "excel") {
    return (text) => {
      const plain = point(text);
      const micros = /^\+?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain)
        ? excelMicros(Number(plain))
        : undefined;
      return micros === undefined ? undefined : { micros, naive: true };
    };
  }
  if (!format.includes("%")) {
    return `one of ${NAMED_FORMATS.join(", ")}, or a pattern such as "%d.%m.%Y %H:%M:%S"`;
  }
  const steps = compilePattern(format);
  if (typeof steps === "string") return steps;
  return (text) => patternTime(steps, text);
}

/** The reader of a format that has already been checked. */
export function checkedReader(format: string, decimal: "." | ","): TimeReader {
  const reader = timeReader(format, decimal);
  if (typeof reader !== "string") return reader;
  throw new TypeError(`Cannot read times as "${format}": it must be ${reader}`);
}

/** The reader of several formats: the first one that matches a text counts. */
export function timesReader(formats: readonly string[], decimal: "." | ","): TimeReader {
  const readers = formats.map((format) => checkedReader(format, decimal));
  if (readers.length === 1) return readers[0];
  return (text) => {
    for (const read of readers) {
      const time = read(text);
      if (time) return time;
    }
    return undefined;
  };
}

/** The end of the range in which the time of a number is likely. */
const LIKELY = 4102444800000000n;

/** The epoch with which a number is a time from 2000 up to `last`; undefined if no epoch matches. */
export function epochOf(text: string, last = LIKELY): string | undefined {
  for (const format of ["epoch-s", "epoch-ms", "epoch-us", "epoch-ns"]) {
    const micros = epochMicros(text, EPOCHS[format]);
    if (micros !== undefined && micros >= 946684800000000n && micros <= last) {
      return format;
    }
  }
  return undefined;
}

/** Patterns that instruments and office programs use, most common first. */
const USUAL: readonly string[] = (() => {
  const dates = ["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y-%m-%d", "%d-%m-%Y", "%d-%b-%Y"]
    .concat(["%d-%b-%y", "%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%Y.%m.%d", "%Y%m%d", "%d %b %Y"])
    .concat(["%Y年%m月%d日"]);
  const times = ["%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S.%f", "%H:%M:%S,%f"]
    .concat(["%I:%M:%S.%f %p", "%H.%M.%S", "%H.%M", "%Hh%M"]);
  const zones = ["", " %z", "%z", " UTC", " GMT"];
  const all = dates.flatMap((date) =>
    times.flatMap((time) => zones.map((zone) => `${date} ${time}${zone}`))
  );
  const joined = ["%Y-%m-%dT%H:%M:%S%z", "%Y%m%dT%H%M%S%z", "%Y%m%dT%H%M%S", "%Y%m%d%H%M%S"]
    .concat(["%Y-%m-%d-%H:%M:%S", "%Y-%m-%d-%H:%M:%S.%f", "%d/%m/%Y-%H:%M:%S"]);
  return [...all, ...joined, ...dates, "%b %d %Y %H:%M:%S", "%b %d, %Y %I:%M:%S %p"];
})();

/** The readers of the usual patterns. They are compiled once, because a proposal tries each with every cell. */
let usualReaders: ReadonlyMap<string, TimeReader> | undefined;

/** The usual patterns that match all of some texts, found one after another. */
export function* usualPatterns(texts: readonly string[]): Generator<string, void> {
  // Every pattern has a year.
  if (!texts.every((text) => /\d\d/.test(text))) return;
  usualReaders ??= new Map(USUAL.map((pattern) => [pattern, checkedReader(pattern, ".")]));
  for (const [pattern, read] of usualReaders) {
    if (texts.every((text) => read(text) !== undefined)) yield pattern;
  }
}

/** The usual patterns that match all of some texts. */
export function patternsOf(texts: readonly string[]): string[] {
  return [...usualPatterns(texts)];
}

/** The option with which a text would begin a comment. */
export function commentHints(text: string): ReadHint[] {
  const value = /^(?:#+|\/\/|;+|!|%|\*+|--)/.exec(text)?.[0];
  return value === undefined ? [] : [{ option: "comment", value }];
}

/** The option with which a text would be a time. */
export function timeHints(text: string): ReadHint[] {
  if (isoTime(text)) return [{ option: "timeFormat", value: "iso" }];
  const comment = commentHints(text);
  if (comment.length > 0) return comment;
  // A total, a title, or a repeated header.
  if (text !== "" && !/\d/.test(text)) return [{ option: "skipBadRows" }];
  const epoch = epochOf(text);
  if (epoch !== undefined) return [{ option: "timeFormat", value: epoch }];
  const day = Number(text.replace(",", "."));
  if (text !== "" && day > 20000 && day < 80000) return [{ option: "timeFormat", value: "excel" }];
  const patterns = patternsOf([text]).slice(0, 2);
  if (patterns.length > 0) return patterns.map((value) => ({ option: "timeFormat", value }));
  return /\d/.test(text) ? [{ option: "timeFormat" }] : [];
}

/** The fault of a local time: it does not exist, or occurs twice. */
type ZoneFault = "none" | "twice";

/** Ways to read a local time that occurs twice. */
type AmbiguousTime = "reject" | "earlier" | "later" | "in-order";

/** Converts local times to UTC, using the times before if they decide. */
export class LocalClock {
  readonly zone: Zone;
  readonly #twice: AmbiguousTime;
  #range: { from: bigint; to: bigint; offset: bigint } | undefined;
  /** By device and stream: the hour that repeats, the last local time in it, and whether it is the second pass. */
  readonly #passes = new Map<string, { hour: number; last: bigint; second: boolean }>();

  /**
   * @param zone The zone.
   * @param twice How to read a time that occurs twice.
   */
  constructor(zone: Zone, twice: AmbiguousTime) {
    this.zone = zone;
    this.#twice = twice;
  }

  /** The local times around the last one, which have the same offset and occur once. */
  get range(): { from: bigint; to: bigint; offset: bigint } | undefined {
    return this.#range;
  }

  /** The time in UTC of a local time, or its fault; times with the same `key` are in order. */
  toUtc(local: bigint, key: string): bigint | ZoneFault {
    const known = this.#range;
    if (known && local >= known.from && local < known.to) return local - known.offset;
    const rest = ((local % 1000n) + 1000n) % 1000n;
    const ms = Number((local - rest) / 1000n);
    const [first, second] = this.zone.toUtc(ms);
    if (first === undefined) return "none";
    const micros = (utc: number) => BigInt(utc) * 1000n + rest;
    if (second === undefined) {
      const { from, to, offset } = this.zone.range(ms)!;
      this.#range = { from: bounded(from), to: bounded(to), offset: BigInt(offset) * 1000n };
      return micros(first);
    }
    if (this.#twice === "reject") return "twice";
    if (this.#twice === "earlier") return micros(first);
    if (this.#twice === "later") return micros(second);
    const hour = this.zone.segment(second).from;
    let pass = this.#passes.get(key);
    if (!pass || pass.hour !== hour) {
      this.#passes.set(key, pass = { hour, last: local, second: false });
    } else {
      pass.second ||= local <= pass.last;
      pass.last = local;
    }
    return micros(pass.second ? second : first);
  }
}

/** Converts milliseconds to microseconds, limited to 64 bits. */
function bounded(ms: number): bigint {
  return BigInt(Math.max(-9e15, Math.min(9e15, ms))) * 1000n;
}
