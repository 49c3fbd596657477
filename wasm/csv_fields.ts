// One field of a row of readings, by its role, into its column.
import { DEVICE, DEVICES, ID, IDS, SLOW, SLOW_BYTES, STREAM, STREAMS, TIME, TIMES, VALUE, VALUES, WINDOW } from "./csv_layout";
import { NO_NUMBER, number, readNumber, SLOW_NUMBER } from "./float";
import { atEnd, begin, readGroups, value } from "./slug_groups";
import { canonicalPair, canonicalQuad, digits } from "./slug_canonical";
import { NO_TIME, parseTime } from "./timestamp";

/** How many values are left to the host. */
export let slowValues: u32 = 0;

export function forgetSlowValues(): void {
  slowValues = 0;
}

/** Takes a row back whose value was left to the host. */
export function forgetSlowRow(row: u32): void {
  if (slowValues > 0 && load<u32>(SLOW + (slowValues - 1) * SLOW_BYTES) == row) slowValues--;
}

/** Reads a field without its quotes into a row; false where it is not what its role asks for. */
export function readField(role: u32, from: usize, to: usize, row: u32): bool {
  while (from < to && isSpace(load<u8>(from))) from++;
  while (from < to && isSpace(load<u8>(to - 1))) to--;
  if (from == to) return false;
  if (role == VALUE) return readValue(from, to, row);
  if (role == TIME) {
    const time = parseTime(from, <u32>(to - from));
    store<i64>(TIMES + (row << 3), time);
    return time != NO_TIME;
  }
  if (role == STREAM) return readStream(from, to, row);
  if (role == DEVICE) return readDevice(from, to, row);
  return role != ID || readId(from, to, row);
}

function isSpace(code: u32): bool {
  return code == 0x20 || code == 0x09;
}

function readValue(from: usize, to: usize, row: u32): bool {
  const result = readNumber(from, to);
  if (result == SLOW_NUMBER) {
    const entry = SLOW + slowValues++ * SLOW_BYTES;
    store<u32>(entry, row);
    store<u32>(entry, <u32>(from - WINDOW), 4);
    store<u32>(entry, <u32>(to - WINDOW), 8);
  } else {
    store<f64>(VALUES + (row << 3), number);
  }
  return result != NO_NUMBER;
}

/** A variable id, as a slug class reads it. */
function readStream(from: usize, to: usize, row: u32): bool {
  if (to - from == 9 && canonicalPair(from)) {
    store<u32>(STREAMS + (row << 2), <u32>digits);
    return true;
  }
  begin(from, to);
  if (readGroups(32) != 0 || !atEnd()) return false;
  store<u32>(STREAMS + (row << 2), <u32>value);
  return true;
}

/** A device slug with "d--", "m--" or no prefix. */
function readDevice(from: usize, to: usize, row: u32): bool {
  const prefix = to - from > 3 ? load<u32>(from) & 0xffffff : 0;
  if (prefix == 0x2d2d64 || prefix == 0x2d2d6d) from += 3;
  if (to - from == 19 && canonicalQuad(from)) {
    store<u64>(DEVICES + (row << 3), digits);
    return true;
  }
  begin(from, to);
  if (readGroups(64) != 0 || !atEnd()) return false;
  store<u64>(DEVICES + (row << 3), value);
  return true;
}

/** A reading id: decimal digits, below 2^64. */
function readId(from: usize, to: usize, row: u32): bool {
  let id: u64 = 0;
  for (; from < to; from++) {
    const digit = <u64>load<u8>(from) - 48;
    if (digit > 9 || id > 1844674407370955161 || (id == 1844674407370955161 && digit > 5)) return false;
    id = id * 10 + digit;
  }
  store<u64>(IDS + (row << 3), id);
  return true;
}
