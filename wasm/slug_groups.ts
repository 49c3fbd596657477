// Reads the terms of a slug, byte by byte: groups of hexadecimal digits, decimal numbers, the "--" between terms.
//
// A term is one group of any length whose value fits, or several groups of four digits, the first of which may be
// shorter; any number of leading zeros is allowed, as digits and as groups.
import { LAST_START, EMPTY_GROUP, LONG_FIRST_GROUP, NOT_DECIMAL, NOT_HEX, TOO_LARGE, TOO_MANY_DIGITS, UNEVEN_GROUP } from "./slug_rows";

const DASH: u32 = 0x2d;

/** The value of a hexadecimal digit by its code, 255 for any other byte. */
const DIGITS: usize = memory.data<u8>([
  255,255,255,255,255,255,255,255,255,255,255,255,255,255,255,255, 255,255,255,255,255,255,255,255,255,255,255,255,255,255,255,255,
  255,255,255,255,255,255,255,255,255,255,255,255,255,255,255,255, 0,1,2,3,4,5,6,7,8,9,255,255,255,255,255,255,
  255,10,11,12,13,14,15,255,255,255,255,255,255,255,255,255, 255,255,255,255,255,255,255,255,255,255,255,255,255,255,255,255,
  255,10,11,12,13,14,15,255,255,255,255,255,255,255,255,255, 255,255,255,255,255,255,255,255,255,255,255,255,255,255,255,255,
]);

/** The position of the reader, and the end of the text. */
export let cursor: usize = 0;
export let stop: usize = 0;
/** The value of the term that was read last. */
export let value: u64 = 0;
/** The position where the rule was broken. */
export let brokenAt: usize = 0;

export function begin(from: usize, to: usize): void {
  cursor = from;
  stop = to;
}

export function broken(rule: i32, at: usize): i32 {
  brokenAt = at;
  return rule;
}

export function skip(bytes: u32): void {
  cursor += bytes;
}

export function atEnd(): bool {
  return cursor == stop;
}

/** Whether there is a "--" at `at`. */
export function isSeparator(at: usize): bool {
  return at + 1 < stop && load<u16>(at) == 0x2d2d;
}

/** Steps over a "--"; false if the next characters are others. */
export function separator(): bool {
  if (!isSeparator(cursor)) return false;
  cursor += 2;
  return true;
}

/** Reads groups up to "--" or the end into `value`. Returns 0, or the rule that is broken. */
export function readGroups(bits: u32): i32 {
  const start = cursor;
  let at = start;
  let result: u64 = 0;
  let lost: u64 = 0;
  let digits: u32 = 0;
  let first = true;
  while (at < stop) {
    const code = <u32>load<u8>(at);
    const digit = code < 128 ? <u32>load<u8>(DIGITS + code) : 255;
    if (digit < 16) {
      lost |= result >> 60;
      result = result << 4 | digit;
      digits++;
      at++;
      continue;
    }
    if (code != DASH) return broken(NOT_HEX, at);
    if (digits == 0) return broken(EMPTY_GROUP, at);
    if (isSeparator(at)) break;
    if (first ? digits > 4 : digits != 4) return broken(first ? LONG_FIRST_GROUP : UNEVEN_GROUP, at);
    first = false;
    digits = 0;
    at++;
  }
  if (digits == 0) return broken(EMPTY_GROUP, at);
  if (!first && digits != 4) return broken(UNEVEN_GROUP, at);
  if (lost != 0 || (bits < 64 && result >> bits != 0)) return broken(TOO_LARGE, start);
  cursor = at;
  value = result;
  return 0;
}

/** Reads decimal digits up to the end into `value`, at most 16 without leading zeros. */
export function readDecimal(): i32 {
  const start = cursor;
  let at = start;
  let result: u64 = 0;
  if (at == stop) return broken(NOT_DECIMAL, at);
  for (; at < stop; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) return broken(NOT_DECIMAL, at);
    result = result * 10 + digit;
    if (result > LAST_START) return broken(TOO_MANY_DIGITS, start);
  }
  cursor = at;
  value = result;
  return 0;
}
