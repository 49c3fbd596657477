// Reads the times of CSV in every format to microseconds. A time that is not plain is left to the host.
import { PROGRAM, timeKind, timePlaces } from "./csv_plan";
import { number, readNumber } from "./float";
import { DAY, END, EPOCH, readDate, readTime } from "./timestamp";

export const ISO: u32 = 0;
export const EPOCHS: u32 = 1;
export const EXCEL: u32 = 2;
export const PATTERN: u32 = 3;

/** The time that was read, and whether its text has no zone. */
export let time: i64 = 0;
export let naive: bool = false;

/** The "YYYY-MM-DDThh:mm" that was read last, and its microseconds: most rows are in the minute of the row before. */
let minuteText: v128 = i64x2.splat(0);
let minuteMicros: i64 = 0;

/** Reads a time; false if the host must read it. */
export function readCsvTime(from: usize, to: usize): bool {
  if (timeKind == ISO) return readIso(from, to);
  if (timeKind == EPOCHS) return readEpoch(from, to);
  if (timeKind == EXCEL) return readExcel(from, to);
  return readPattern(from, to);
}

/**
 * YYYY-MM-DD, "T" or a space, hh:mm[:ss[.f]] or a comma, then Z, ±hh[:mm] or nothing. Reads up to 8 bytes past the end.
 */
export function readIso(from: usize, to: usize): bool {
  if (to - from < 16) return false;
  const head = v128.load(from);
  if (v128.any_true(v128.xor(head, minuteText))) {
    const separator = load<u8>(from, 10);
    if (separator != 0x54 && separator != 0x20) return false;
    const day = readDate(from);
    if (day < 0) return false;
    const minute = readTime(load<u64>(from, 11) & 0xff_ffff_ffff | 0x3030_3a00_0000_0000);
    if (minute < 0) return false;
    minuteText = head;
    minuteMicros = <i64>(<u64>day * DAY - EPOCH) + <i64>minute * 1000000;
  }
  let micros = minuteMicros;
  const length = <u32>(to - from);
  if (length == 24 || length == 20) {
    // ":ss.mmmZ", or ":ssZ" with zeros added.
    const tail = length == 24
      ? load<u64>(from, 16)
      : <u64>(load<u32>(from, 16) & 0xffffff) | <u64>(load<u8>(from, 19)) << 56 | 0x30_3030_2e00_0000;
    const digits = tail ^ 0x5a30_3030_2e30_303a;
    if (((digits | digits + 0x7f76_7676_7f76_767f) & 0x8080_8080_8080_8080) == 0) {
      const tens = <u32>(digits >> 8) & 0xf;
      if (tens > 5) return false;
      const second = tens * 10 + (<u32>(digits >> 16) & 0xf);
      const ms = (<u32>(digits >> 32) & 0xf) * 100 + (<u32>(digits >> 40) & 0xf) * 10 + (<u32>(digits >> 48) & 0xf);
      time = micros + <i64>(second * 1000000 + ms * 1000);
      naive = false;
      return true;
    }
  }
  let p = from + 16;
  if (p < to && load<u8>(p) == 0x3a) {
    const tens = <u32>load<u8>(p, 1) - 48, ones = <u32>load<u8>(p, 2) - 48;
    if (tens > 5 || ones > 9 || p + 3 > to) return false;
    micros += (tens * 10 + ones) * 1000000;
    p += 3;
    const point = <u32>load<u8>(p);
    if (p < to && (point == 0x2e || point == 0x2c)) {
      p = readFraction(p + 1, to);
      if (p == 0) return false;
      micros += fraction;
    }
  }
  naive = p == to;
  if (!naive && (load<u8>(p) != 0x5a || p + 1 != to)) {
    const offset = readOffset(p, to);
    if (offset == NO_OFFSET) return false;
    micros -= <i64>offset * 1000000;
  }
  time = micros;
  return true;
}

/** The microseconds that readFraction has read. */
let fraction: u32 = 0;

/**
 * Reads the digits behind the point of a second; those below the microsecond are cut off.
 *
 * @returns The end of the digits, 0 if there are no digits. Reads up to 8 bytes past the end.
 */
function readFraction(from: usize, to: usize): usize {
  const digits = load<u64>(from) ^ 0x3030303030303030;
  const others = (digits | digits + 0x7676767676767676) & 0x8080808080808080;
  let count: usize = others == 0 ? 8 : <usize>ctz(others) >> 3;
  if (count > to - from) count = to - from;
  if (count == 0) return 0;
  const six = count < 6 ? digits & ((<u64>1 << (<u64>count << 3)) - 1) : digits;
  const pairs = six * 10 + (six >> 8);
  fraction = <u32>((pairs & 0xff) * 10000 + (pairs >> 16 & 0xff) * 100 + (pairs >> 32 & 0xff));
  let end = from + count;
  if (count == 8) while (end < to && <u32>load<u8>(end) - 48 <= 9) end++;
  return end;
}

const NO_OFFSET: i32 = i32.MIN_VALUE;

/** Reads ±hh, ±hhmm or ±hh:mm up to the end, in seconds. */
function readOffset(from: usize, to: usize): i32 {
  const sign = load<u8>(from);
  if (sign != 0x2b && sign != 0x2d) return NO_OFFSET;
  const hours = pairAt(from + 1, to);
  if (hours < 0 || hours > 23) return NO_OFFSET;
  let p = from + 3;
  let minutes = 0;
  if (p < to) {
    if (load<u8>(p) == 0x3a) p++;
    minutes = pairAt(p, to);
    if (minutes < 0 || minutes > 59 || p + 2 != to) return NO_OFFSET;
  }
  const seconds = (hours * 60 + minutes) * 60;
  return sign == 0x2d ? -seconds : seconds;
}

function pairAt(p: usize, to: usize): i32 {
  const tens = <u32>load<u8>(p) - 48, ones = <u32>load<u8>(p, 1) - 48;
  return p + 2 > to || tens > 9 || ones > 9 ? -1 : <i32>(tens * 10 + ones);
}

/** Powers of ten up to 10^9. */
function power(places: u32): u64 {
  let result: u64 = 1;
  for (; places > 0; places--) result *= 10;
  return result;
}

/** Reads digits, perhaps with a point and more digits, in units of 10^-timePlaces seconds. */
function readEpoch(from: usize, to: usize): bool {
  let p = from;
  let whole: u64 = 0;
  for (; p < to; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (p == from || p - from > 19) return false;
  let micros: u64;
  if (timePlaces > 6) {
    micros = whole / power(timePlaces - 6);
  } else {
    if (p - from > 12 + timePlaces) return false;
    micros = whole * power(6 - timePlaces);
  }
  if (p < to) {
    if (load<u8>(p) != 0x2e) return false;
    // Those digits of the fraction that are not below a microsecond.
    let unit: u64 = timePlaces >= 6 ? 0 : power(5 - timePlaces);
    for (p++; p < to; p++) {
      const digit = <u32>load<u8>(p) - 48;
      if (digit > 9) return false;
      micros += digit * unit;
      unit /= 10;
    }
  }
  if (micros > END - EPOCH) return false;
  time = <i64>micros;
  naive = false;
  return true;
}

/** Reads the days of a spreadsheet, those after its incorrect 29 February 1900, to the millisecond. */
function readExcel(from: usize, to: usize): bool {
  const first = load<u8>(from);
  if (first == 0x2d || readNumber(from, to) != 0) return false;
  if (!(number >= 61 && number < 2958466)) return false;
  time = <i64>Math.floor((number - 25569) * 86400000 + 0.5) * 1000;
  naive = true;
  return true;
}

/** The date that a pattern read last, and its days since 0001-01-01. */
let dateKey: u32 = 0;
let dateDays: i32 = 0;

/** Reads two digits or one at a place, or 255; if the number is above `most`, only its first digit is read. */
let took: u32 = 0;
@inline
function digits(p: usize, to: usize, most: u32): u32 {
  const tens = <u32>load<u8>(p) - 48;
  took = 0;
  if (p >= to || tens > 9) return 255;
  const ones = <u32>load<u8>(p, 1) - 48;
  took = 1;
  if (p + 1 >= to || ones > 9 || tens * 10 + ones > most) return tens;
  took = 2;
  return tens * 10 + ones;
}

/** The month that three letters name, 0 for other letters. */
function monthOf(text: u32): u32 {
  switch (text | 0x202020) {
    case 0x6e616a: return 1;
    case 0x626566: return 2;
    case 0x72616d: return 3;
    case 0x727061: return 4;
    case 0x79616d: return 5;
    case 0x6e756a: return 6;
    case 0x6c756a: return 7;
    case 0x677561: return 8;
    case 0x706573: return 9;
    case 0x74636f: return 10;
    case 0x766f6e: return 11;
    case 0x636564: return 12;
    default: return 0;
  }
}

const LITERAL: u32 = 0x4c;
const SPACE: u32 = 0x53;
const SECONDS: u32 = 0xd3;
const FRACTION: u32 = 0x66;

/**
 * The step %S of a pattern that ends with it, or with a character and %f behind it; 0 for other patterns. Most rows
 * have the same text before the seconds as the row before. The step before %S must be a literal, so that the meaning of
 * that text does not depend on the seconds.
 */
let secondsStep: usize = 0;
let hasFraction: bool = false;
/** That text and its microseconds; its length is 0 if no text is kept. Up to 32 bytes are compared as two halves. */
let headLength: usize = 0;
let headFirst: v128 = i64x2.splat(0);
let headLast: v128 = i64x2.splat(0);
let headMicros: i64 = 0;

/** Finds the seconds of the pattern of a new plan. */
export function findSeconds(): void {
  secondsStep = 0;
  headLength = 0;
  let before: u32 = 0;
  for (let step = PROGRAM;; step++) {
    const code = <u32>load<u8>(step);
    if (code == 0) return;
    if (code == SECONDS && before == LITERAL) {
      const next = <u32>load<u8>(step, 1);
      hasFraction = next == LITERAL && load<u8>(step, 3) == FRACTION && load<u8>(step, 4) == 0;
      if (next == 0 || hasFraction) secondsStep = step;
      return;
    }
    before = code;
    if (code == LITERAL) step++;
  }
}

/** The last 16 bytes before `end`; of a shorter text only the last 8. */
@inline
function endOf(end: usize, length: usize): v128 {
  return length < 16 ? i64x2.splat(load<i64>(end - 8)) : v128.load(end - 16);
}

/** The first 16 bytes; of a shorter text only the first 8. */
@inline
function startOf(from: usize, length: usize): v128 {
  return length < 16 ? i64x2.splat(load<i64>(from)) : v128.load(from);
}

/** Reads the seconds of a time whose text before them is the same as in the row before. */
function readAfterHead(from: usize, to: usize): bool {
  let p = from + headLength;
  if (to < p + 2) return false;
  const differs = v128.or(v128.xor(startOf(from, headLength), headFirst), v128.xor(endOf(p, headLength), headLast));
  if (v128.any_true(differs)) return false;
  const tens = <u32>load<u8>(p) - 48, ones = <u32>load<u8>(p, 1) - 48;
  if (tens > 5 || ones > 9) return false;
  p += 2;
  let micros = (tens * 10 + ones) * 1000000;
  if (hasFraction) {
    // If the separator is a letter, either case is allowed; the general reader compares it.
    if (p >= to || load<u8>(p) != load<u8>(secondsStep, 2) || to > p + 10) return false;
    p = readFraction(p + 1, to);
    micros += fraction;
  }
  if (p != to) return false;
  time = headMicros + micros;
  naive = true;
  return true;
}

/** Keeps the text before the seconds of a time that was read. */
function keepHead(from: usize, end: usize, micros: i64): void {
  const length = end - from;
  headLength = length >= 8 && length <= 32 ? length : 0;
  if (headLength == 0) return;
  headFirst = startOf(from, length);
  headLast = endOf(end, length);
  headMicros = micros;
}

/** Matches a pattern, trying two digits before one. If this fails, the host tries the other combinations. */
function readPattern(from: usize, to: usize): bool {
  if (headLength != 0 && readAfterHead(from, to)) return true;
  let head: usize = 0;
  let year: u32 = 0, month: u32 = 1, day: u32 = 1, hour: u32 = 0, minute: u32 = 0, second: u32 = 0, micros: u32 = 0;
  let half: u32 = 2;
  let twelve = false;
  let offset: i32 = NO_OFFSET;
  let p = from;
  for (let step = PROGRAM;; step++) {
    const code = <u32>load<u8>(step);
    if (code == 0) break;
    if (step == secondsStep) head = p;
    if (code == LITERAL) {
      // A literal, in lower case.
      const found = <u32>load<u8>(p);
      const lower = found - 0x41 < 26 ? found + 32 : found;
      if (p >= to || lower != load<u8>(++step)) return false;
      p++;
    } else if (code == SPACE) {
      const first = p;
      while (p < to && (load<u8>(p) == 0x20 || load<u8>(p) == 0x09)) p++;
      if (p == first) return false;
    } else if (code == 0x59) {
      const high = digits(p, to, 99);
      if (took != 2) return false;
      year = high * 100 + digits(p + 2, to, 99);
      if (took != 2) return false;
      p += 4;
    } else if (code == 0x79) {
      const low = digits(p, to, 99);
      if (took != 2) return false;
      year = low + (low < 69 ? 2000 : 1900);
      p += 2;
    } else if (code == FRACTION) {
      const end = readFraction(p, to < p + 9 ? to : p + 9);
      if (end == 0) return false;
      micros = fraction;
      p = end;
    } else if (code == 0x62) {
      month = monthOf(load<u32>(p) & 0xffffff);
      if (month == 0 || p + 3 > to) return false;
      p += 3;
    } else if (code == 0x70) {
      const letter = <u32>load<u8>(p) | 0x20;
      if (p + 2 > to || (<u32>load<u8>(p, 1) | 0x20) != 0x6d || (letter != 0x61 && letter != 0x70)) return false;
      half = letter == 0x70 ? 1 : 0;
      p += 2;
    } else if (code == 0x7a) {
      if (p < to && load<u8>(p) == 0x5a) {
        offset = 0;
        p++;
      } else {
        // The offset must be the end of the text; otherwise the host reads the time.
        offset = readOffset(p, to);
        if (offset == NO_OFFSET) return false;
        p = to;
      }
    } else {
      const most: u32 = code == 0x6d || code == 0x49 ? 12 : code == 0x64 ? 31 : code == 0x48 ? 23 : 59;
      const value = digits(p, to, most);
      if (value == 255) return false;
      p += took;
      if (code == 0x6d) month = value;
      else if (code == 0x64) day = value;
      else if (code == 0x48) hour = value;
      else if (code == 0x4d) minute = value;
      else if (code == SECONDS) second = value;
      else {
        hour = value;
        twelve = true;
      }
    }
  }
  if (p != to || year == 0 || month == 0 || day == 0) return false;
  if (twelve) {
    if (hour == 0) return false;
    hour = hour % 12 + (half == 1 ? 12 : 0);
  }
  const key = year << 16 | month << 8 | day;
  if (key != dateKey) {
    const days = daysOf(year, month, day);
    if (days < 0) return false;
    dateKey = key;
    dateDays = days;
  }
  time = <i64>(<u64>dateDays * DAY - EPOCH) + <i64>((hour * 60 + minute) * 60 + second) * 1000000 + micros;
  if (head != 0) keepHead(from, head, time - <i64>(second * 1000000 + micros));
  naive = offset == NO_OFFSET;
  if (!naive) time -= <i64>offset * 1000000;
  return true;
}

/** Days since 0001-01-01, or −1 if the day does not exist. */
function daysOf(year: u32, month: u32, day: u32): i32 {
  const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const most: u32 = month == 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
  if (day > most) return -1;
  const y = <i32>(month <= 2 ? year - 1 : year);
  const fromMarch = <i32>(month > 2 ? month - 3 : month + 9);
  return y * 365 + y / 4 - y / 100 + y / 400 + (153 * fromMarch + 2) / 5 + <i32>day - 307;
}
