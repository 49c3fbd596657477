// Converts timestamps from microseconds since the Unix epoch (UTC) to text and back.
//
// The text in reports is ISO 8601 with the offset +00:00 and six digits of microseconds, which
// are left out if they are 0:
//
//   2021-01-20T00:00:00.100000+00:00      32 bytes
//   2021-01-20T00:00:00+00:00             25 bytes
//
// Many digits are written and read at a time: a u64 holds "hh:mm:ss" with a lane of 24 bits for each
// number, or six digits with a lane of 16 bits for each pair.
import {
  HUNDREDTH, HUNDREDTH_SHIFT, SPLIT_HUNDRED, SPLIT_TEN, TENTH, TENTH_SHIFT, TEN_THOUSANDTH, TEN_THOUSANDTH_SHIFT,
} from "./digits";
import { TEXT } from "./layout";

/** Microseconds from 0001-01-01 to 1970-01-01: with these added, every valid time is at least 0. */
export const EPOCH: u64 = 62135596800000000;
/** Microseconds from 0001-01-01 up to the end of the year 9999. */
export const END: u64 = 315537897600000000;
export const DAY: u64 = 86400000000;
export const MINUTE: u64 = 60000000;
/** The result of parsing text that is not a valid time. */
export const NO_TIME: i64 = i64.MIN_VALUE;

const TENS_OF_TIME: u64 = 0x000f_0000_0f00_000f;
const TENS_OF_SIX: u64 = 0x0000_000f_000f_000f;
const ZERO_TIME: u64 = 0x3030_3a30_303a_3030; // "00:00:00"
const ZERO_SIX: u64 = 0x0000_3030_3030_3030; // "000000"

/** "-MM-DDT" in the low seven bytes and, by `lastYear`, "YYYY" of a day counted from 0001-01-01. */
let lastYear: u32 = 0;
function dateText(day: u32): u64 {
  // Days from 0000-03-01: leap days are then at the end of a year.
  const z = day + 306;
  const era = z / 146097;
  const dayOfEra = z - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const fromMarch = (5 * dayOfYear + 2) / 153;
  const dayOfMonth = dayOfYear - (153 * fromMarch + 2) / 5 + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  lastYear = pair(year / 100 % 100) | pair(year % 100) << 16;
  return 0x54_0000_2d_0000_2d | <u64>pair(month) << 8 | <u64>pair(dayOfMonth) << 32;
}

/** Two digits as text in the low 16 bits. */
function pair(value: u32): u32 {
  return 0x3030 + (value << 8) - (value * <u32>TENTH >> <u32>TENTH_SHIFT) * <u32>SPLIT_TEN;
}

/** "hh:mm:ss" for a second of the day. */
@inline
function timeText(second: u32): u64 {
  const minutes = second / 60;
  const hour = minutes / 60;
  const lanes = <u64>hour | <u64>(minutes - hour * 60) << 24 | <u64>(second - minutes * 60) << 48;
  return ZERO_TIME + (lanes << 8) - (lanes * TENTH >> TENTH_SHIFT & TENS_OF_TIME) * SPLIT_TEN;
}

/** "YYYY-MM-DDThh:mm" for a minute since 0001-01-01. */
export function minuteText(minute: u64): v128 {
  const day = <u32>(minute / 1440);
  const date = dateText(day);
  store<u32>(TEXT, lastYear);
  store<u64>(TEXT, date, 4);
  store<u64>(TEXT, timeText((<u32>minute - day * 1440) * 60), 11);
  return v128.load(TEXT);
}

/** The eight digits of the seconds and microseconds of a minute, one in each byte, the first in the lowest. */
@inline
export function secondDigits(inMinute: u64): u64 {
  // Divided by 10^4, by 10^2, by 10: two numbers of four digits, four of two, eight of one.
  const high = inMinute * TEN_THOUSANDTH >> TEN_THOUSANDTH_SHIFT;
  const fours = high | inMinute - high * 10000 << 32;
  const hundreds = fours * HUNDREDTH >> HUNDREDTH_SHIFT & 0x7f_0000007f;
  const twos = (fours << 16) - hundreds * SPLIT_HUNDRED;
  const tens = twos * TENTH >> TENTH_SHIFT & 0x000f_000f_000f_000f;
  return (twos << 8) - tens * SPLIT_TEN;
}

/** Converts the digits of `secondDigits` back to the microseconds of the minute. */
@inline
export function readSecondDigits(digits: u64): u64 {
  const pairs = digits * 10 + (digits >> 8);
  return ((pairs & 0xff_000000ff) * (100 + (1000000 << 32)) +
    (pairs >> 16 & 0xff_000000ff) * (1 + (10000 << 32))) >> 32;
}

/** Six digits in the low six bytes. */
@inline
function sixDigits(value: u32): u64 {
  const high = value / 100;
  const top = high / 100;
  const lanes = <u64>top | <u64>(high - top * 100) << 16 | <u64>(value - high * 100) << 32;
  return ZERO_SIX + (lanes << 8) - (lanes * TENTH >> TENTH_SHIFT & TENS_OF_SIX) * SPLIT_TEN;
}

/** Converts six digits, in the form of `sixDigits`, to their number; −1 if a character is not a digit. */
export function readSix(text: u64): i32 {
  const digits = text ^ ZERO_SIX;
  if ((digits | digits + 0x7676_7676_7676) & 0x8080_8080_8080) return -1;
  const pairs = digits * 10 + (digits >> 8);
  return <i32>((pairs & 0xff) * 10000 + (pairs >> 16 & 0xff) * 100 + (pairs >> 32 & 0xff));
}

/** Converts "hh:mm:ss" to the second of the day; −1 if it is not valid. */
export function readTime(text: u64): i32 {
  const digits = text ^ ZERO_TIME;
  if ((digits | digits + 0x7676_7f76_767f_7676) & 0x8080_8080_8080_8080) return -1;
  const pairs = digits * 10 + (digits >> 8);
  const hour = <u32>(pairs & 0xff), minute = <u32>(pairs >> 24 & 0xff), second = <u32>(pairs >> 48 & 0xff);
  if (hour > 23 || minute > 59 || second > 59) return -1;
  return (hour * 60 + minute) * 60 + second;
}

/** Writes a valid time at `TEXT`; returns the length. */
export function formatTime(micros: i64): u32 {
  const time = <u64>micros + EPOCH;
  const day = time / DAY;
  const inDay = time - day * DAY;
  const second = <u32>(inDay / 1000000);
  const fraction = <u32>(inDay - <u64>second * 1000000);
  const date = dateText(<u32>day);
  store<u32>(TEXT, lastYear);
  store<u64>(TEXT + 4, date);
  store<u64>(TEXT + 11, timeText(second));
  let end = TEXT + 19;
  if (fraction) {
    store<u64>(end, sixDigits(fraction) << 8 | 0x2e);
    end += 7;
  }
  store<u64>(end, 0x30303a30302b); // "+00:00"
  return <u32>(end + 6 - TEXT);
}

/** Reads the time of `length` bytes at `TEXT`; `NO_TIME` if it is not valid. */
export function parseTimeText(length: u32): i64 {
  return parseTimeUnsafe(TEXT, length);
}

/**
 * Reads YYYY-MM-DD, "T" or a space, hh:mm[:ss[.f...]], then Z, ±hh[:]mm or nothing, which means UTC. Digits below
 * the microsecond are cut off. Reads up to 8 bytes past the end.
 */
export function parseTimeUnsafe(p: usize, length: u32): i64 {
  const end = p + length;
  if (length < 16) return NO_TIME;
  const day = readDate(p);
  if (day < 0) return NO_TIME;
  const separator = load<u8>(p, 10);
  if (separator != 0x54 && separator != 0x20) return NO_TIME;
  p += 11;
  let text = load<u64>(p);
  let hasSeconds = length >= 19 && load<u8>(p, 5) == 0x3a;
  if (!hasSeconds) text = text & 0xff_ffff_ffff | 0x3030_3a00_0000_0000;
  const second = readTime(text);
  if (second < 0) return NO_TIME;
  p += hasSeconds ? 8 : 5;
  let fraction: u32 = 0;
  if (hasSeconds && p < end && load<u8>(p) == 0x2e) {
    let unit: u32 = 100000;
    const first = ++p;
    while (p < end) {
      const digit = <u32>load<u8>(p) - 0x30;
      if (digit > 9) break;
      fraction += digit * unit;
      unit /= 10;
      p++;
    }
    if (p == first) return NO_TIME;
  }
  let offset: i32 = 0;
  if (p < end) {
    const sign = load<u8>(p++);
    if (sign != 0x5a) {
      if (sign != 0x2b && sign != 0x2d) return NO_TIME;
      const hours = readPair(p, end);
      p += 2;
      if (p < end && load<u8>(p) == 0x3a) p++;
      const minutes = readPair(p, end);
      p += 2;
      if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return NO_TIME;
      offset = (hours * 60 + minutes) * 60;
      if (sign == 0x2d) offset = -offset;
    }
    if (p != end) return NO_TIME;
  }
  const time = <u64>day * DAY + <u64>(<i64>(second - offset) * 1000000) + fraction;
  return time < END ? <i64>(time - EPOCH) : NO_TIME;
}

/** Two digits before `end`, or −1. */
function readPair(p: usize, end: usize): i32 {
  if (p + 2 > end) return -1;
  const tens = <u32>load<u8>(p) - 0x30, ones = <u32>load<u8>(p, 1) - 0x30;
  return tens > 9 || ones > 9 ? -1 : tens * 10 + ones;
}

/** Converts "YYYY-MM-DD" to the days since 0001-01-01, or −1. */
export function readDate(p: usize): i32 {
  // "YYYYMM" and "DD" are read as six digits and two.
  const head = load<u64>(p), tail = <u64>load<u16>(p, 8);
  if (<u8>(head >> 32) != 0x2d || <u8>(head >> 56) != 0x2d) return -1;
  const yearMonth = readSix(head & 0xffff_ffff | (head >> 40 & 0xffff) << 32);
  const day = readSix(tail << 32 | 0x3030_3030);
  if (yearMonth < 0 || day < 1) return -1;
  const year = yearMonth / 100, month = yearMonth % 100;
  if (year < 1 || month < 1 || month > 12 || day > daysIn(year, month)) return -1;
  const y = month <= 2 ? year - 1 : year;
  const fromMarch = month > 2 ? month - 3 : month + 9;
  return y * 365 + y / 4 - y / 100 + y / 400 + (153 * fromMarch + 2) / 5 + day - 307;
}

function daysIn(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}
