// Reads simple lines of JSON objects into columns of readings: known keys with plain numbers and texts, other keys with
// plain values. The first line that is not simple is left to the host's JSON parser, valid or not: nothing is rejected
// here.
//
//   {"timestamp":"2021-01-20T00:00:00.1Z","stream":86160,"value":2.5,"readingId":1000,"extra_data":{}}
import {
  DEVICE, ID, IDS, JOINED, KEYS, KEY_BYTES, NOTHING, ROWS, SLOW, STREAM, STREAMS, TIME, TIMES, VALUE, VALUES, WINDOW,
} from "./csv_layout";
import { bareStreams, clearBare, clearTag, keepKind, readDevice, readId, readStream, takeKnown } from "./csv_fields";
import { expectsStream, stream as fixedStream, timePlaces } from "./csv_plan";
import { naive, readCsvTime, time } from "./csv_time";
import { number, NUMBER, readNumber, setPoint } from "./float";
import { clearCounts, countNaive, countTime, setStreamKinds } from "./scan_counts";
import { END, EPOCH } from "./timestamp";
import { isUtf8Unsafe } from "./utf8";

const FEED: u32 = 10;
const QUOTE: u32 = 0x22;
/** Keys of free-form data: summary data, and raw data. */
export const SUMMARY: u32 = 9;
export const RAW: u32 = 10;
/** A key that only the host can read. */
export const HOST: u32 = 15;
/** For each piece of free-form data at JOINED: its row and its role, u32 each. */
const SPAN_BYTES: u32 = 8;
const MOST_SPANS: u32 = 6000;
/** Milliseconds from 2000 to 9999: a number outside this range may have another unit. */
const FIRST_MS: u64 = 946684800000;
const LAST_MS: u64 = 253402300799999;

/** The separator after an object: a line feed, or a comma in an array, whose last object is followed by a bracket. */
let separator: u32 = FEED;

/** Prepares to read lines, or the objects of an array. */
export function ndjsonArray(isArray: bool): void {
  separator = isArray ? 0x2c : FEED;
}

let spans: u32 = 0;
/** The end of the data at JOINED. */
let joined: usize = JOINED;
/** Whether the time of the line has no zone. */
let isNaive: bool = false;

export function ndjsonSpans(): u32 {
  return spans;
}

/** The length of the array at JOINED. */
export function ndjsonJoined(): u32 {
  return <u32>(joined - JOINED);
}

/** The line that the last scan left to the host, from its first byte to its line feed, or -1. */
let lineStart: u32 = 0;
let lineEnd: i32 = -1;

export function ndjsonLineStart(): u32 {
  return lineStart;
}

export function ndjsonLineEnd(): i32 {
  return lineEnd;
}

/** The position of the reader in the line. */
let at: usize = 0;

/** Sets the role of the key whose text is at the start of the window, with at most KEY_BYTES - 2 bytes. */
export function ndjsonKey(index: u32, role: u32, length: u32): void {
  const key = KEYS + index * KEY_BYTES;
  store<u8>(key, role);
  store<u8>(key, length, 1);
  memory.copy(key + 2, WINDOW, length);
}

function skipSpace(): u32 {
  let code = <u32>load<u8>(at);
  while (code == 0x20 || code == 0x09 || code == 0x0d) code = load<u8>(++at);
  return code;
}

/** Steps over a text without escapes, from its first quote on. Returns its last quote, or 0 if it is not simple. */
function skipText(): usize {
  const quote = i8x16.splat(0x22), escape = i8x16.splat(0x5c), space = i8x16.splat(0x20);
  let p = at + 1;
  while (true) {
    const text = v128.load(p);
    const special = v128.or(v128.or(i8x16.eq(text, quote), i8x16.eq(text, escape)), i8x16.lt_u(text, space));
    const mask = i8x16.bitmask(special);
    if (mask != 0) {
      p += ctz(mask);
      break;
    }
    p += 16;
  }
  if (load<u8>(p) != QUOTE) return 0;
  at = p + 1;
  return p;
}

/** Steps over a number by the grammar of JSON; false if it is not a valid number. */
function skipNumber(): bool {
  if (load<u8>(at) == 0x2d) at++;
  const first = <u32>load<u8>(at) - 48;
  if (first > 9) return false;
  at++;
  if (first == 0) {
    if (<u32>load<u8>(at) - 48 <= 9) return false;
  } else {
    skipDigits();
  }
  if (load<u8>(at) == 0x2e) {
    at++;
    if (!skipDigits()) return false;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    at++;
    const sign = load<u8>(at);
    if (sign == 0x2b || sign == 0x2d) at++;
    if (!skipDigits()) return false;
  }
  return true;
}

function skipDigits(): bool {
  const first = at;
  while (<u32>load<u8>(at) - 48 <= 9) at++;
  return at > first;
}

/** Steps over true, false or null. */
function skipWord(): bool {
  const word = load<u32>(at);
  if (word == 0x65757274 || word == 0x6c6c756e) {
    at += 4;
    return true;
  }
  if (word != 0x736c6166 || load<u8>(at, 4) != 0x65) return false;
  at += 5;
  return true;
}

/** The role of the key from `from` up to `to`. The keys of a line are mostly in the order of the line before. */
let guess: u32 = 0;
function roleOf(from: usize, to: usize, keys: u32): u32 {
  const length = <u32>(to - from);
  for (let i: u32 = 0; i < keys; i++) {
    const key = KEYS + guess * KEY_BYTES;
    guess = guess + 1 < keys ? guess + 1 : 0;
    if (load<u8>(key, 1) == length && memory.compare(key + 2, from, length) == 0) return load<u8>(key);
  }
  return NOTHING;
}

// The keys of the line before, by their place in it, because lines mostly have the same keys: the text with the quote
// behind it, its length (0 if no key is known) and its role.
const PLACES: u32 = 40;
const PLACE_BYTES: usize = 34;
const PLACE_TEXT: u32 = 30;
const KNOWN: usize = memory.data(40 * 34, 16);

function forgetPlaces(): void {
  memory.fill(KNOWN, 0, PLACES * PLACE_BYTES);
}

/** Whether the key at `from` is the known key of a place. */
@inline
function isKnown(place: usize, from: usize): bool {
  const length = <u32>load<u8>(place, 32);
  const mask: u32 = (2 << length) - 1;
  const same = <u32>i8x16.bitmask(i8x16.eq(v128.load(place), v128.load(from))) |
    <u32>i8x16.bitmask(i8x16.eq(v128.load(place, 16), v128.load(from, 16))) << 16;
  return length != 0 && (same & mask) == mask;
}

function remember(place: usize, from: usize, length: u32, role: u32): void {
  if (length > PLACE_TEXT) return;
  memory.copy(place, from, length + 1);
  store<u8>(place, length, 32);
  store<u8>(place, role, 33);
}

/** Reads an unsigned integer of at most 32 bits, without leading zeros, into the streams. */
function readStreamNumber(from: usize, to: usize, row: u32): bool {
  let stream: u64 = 0;
  if (to - from > 10) return false;
  for (; from < to; from++) {
    const digit = <u32>load<u8>(from) - 48;
    if (digit > 9) return false;
    stream = stream * 10 + digit;
  }
  store<u32>(STREAMS + (row << 2), <u32>stream);
  return stream <= 0xffffffff && (!expectsStream || stream == fixedStream);
}

/** Reads a text by its role, without the quotes. */
function readText(role: u32, from: usize, to: usize, row: u32): bool {
  if (role == NOTHING) return true;
  if (!isTrim(from, to)) return false;
  if (role == TIME) {
    if (!readCsvTime(from, to) || <u64>(time + <i64>EPOCH) >= END) return false;
    isNaive = naive;
    store<i64>(TIMES + (row << 3), time);
    return true;
  }
  if (role == STREAM) return (to - from == 4 && takeKnown(from, row)) || readStream(from, to, row);
  return role == DEVICE && readDevice(from, to, row);
}

/** Reads one value by its role; false if it is not simple. */
function readValue(role: u32, row: u32): bool {
  const from = at;
  const code = <u32>load<u8>(at);
  if (role >= SUMMARY) return role != HOST && readFree(role, row);
  if (code == QUOTE) {
    const to = skipText();
    return to != 0 && readText(role, from + 1, to, row);
  }
  if (code == 0x2d || code - 48 <= 9) {
    if (!skipNumber()) return false;
    if (role == NOTHING) return true;
    if (role == STREAM) return readStreamNumber(from, at, row);
    if (role == ID) return readId(from, at, row) && load<u64>(IDS + (row << 3)) <= 9007199254740991;
    if (role == TIME) return timePlaces == 3 && readMillis(from, at, row);
    if (role != VALUE || readNumber(from, at) != NUMBER) return false;
    store<f64>(VALUES + (row << 3), number);
    return true;
  }
  return role == NOTHING && skipWord();
}

/** Reads whole milliseconds of the years 2000 to 9999. */
function readMillis(from: usize, to: usize, row: u32): bool {
  let ms: u64 = 0;
  if (to - from > 15) return false;
  for (; from < to; from++) {
    const digit = <u32>load<u8>(from) - 48;
    if (digit > 9) return false;
    ms = ms * 10 + digit;
  }
  store<i64>(TIMES + (row << 3), <i64>(ms * 1000));
  return ms >= FIRST_MS && ms <= LAST_MS;
}

/** Steps over free-form data and records its position. The host parses it, so only its end matters here. */
function readFree(role: u32, row: u32): bool {
  const from = at;
  const code = <u32>load<u8>(at);
  if (code == 0x6e) return skipWord();
  if (code != 0x7b && (code != 0x5b || role != RAW)) return false;
  let depth: u32 = 0;
  let digits: u32 = 0;
  while (true) {
    const byte = <u32>load<u8>(at);
    if (byte == FEED) return false;
    if (byte - 48 <= 9) {
      // The host reads an integer that may not be exact as a float64.
      if (++digits > 15) return false;
      at++;
      continue;
    }
    digits = 0;
    if (byte == QUOTE) {
      if (!skipAnyText()) return false;
      continue;
    }
    at++;
    if (byte == 0x7b || byte == 0x5b) depth++;
    else if (byte == 0x7d || byte == 0x5d) {
      if (--depth == 0) break;
    }
  }
  if (at - from == 2 && code == 0x7b) {
    if (role == SUMMARY) return true;
  }
  const entry = SLOW + spans++ * SPAN_BYTES;
  store<u32>(entry, row);
  store<u32>(entry, role, 4);
  store<u8>(joined, joined == JOINED ? 0x5b : 0x2c);
  joined++;
  memory.copy(joined, from, at - from);
  joined += at - from;
  return true;
}

/** Steps over a text, escapes included. */
function skipAnyText(): bool {
  at++;
  while (true) {
    const byte = <u32>load<u8>(at++);
    if (byte == QUOTE) return true;
    if (byte == FEED) {
      at--;
      return false;
    }
    // The character after a backslash does not end the text; a line feed cannot follow it.
    if (byte == 0x5c && <u32>load<u8>(at) != FEED) at++;
  }
}

/** Whether a text has no white space around it, which the reader of a column would ignore. */
function isTrim(from: usize, to: usize): bool {
  return from < to && load<u8>(from) > 0x20 && load<u8>(to - 1) > 0x20;
}

/** Reads one line into a row, up to its line feed; false if it is not simple. */
function readLine(row: u32, keys: u32, required: u32): bool {
  let found: u32 = 0;
  if (skipSpace() != 0x7b) return false;
  at++;
  if (skipSpace() != QUOTE) return false;
  for (let place = KNOWN;; place += PLACE_BYTES) {
    const from = at + 1;
    let role: u32;
    if (place < KNOWN + PLACES * PLACE_BYTES && isKnown(place, from)) {
      at = from + load<u8>(place, 32) + 1;
      role = load<u8>(place, 33);
    } else {
      const to = skipText();
      if (to == 0) return false;
      role = roleOf(from, to, keys);
      if (place < KNOWN + PLACES * PLACE_BYTES) remember(place, from, <u32>(to - from), role);
    }
    if (skipSpace() != 0x3a) return false;
    at++;
    skipSpace();
    if (role != NOTHING) {
      if (found & (1 << role)) return false;
      found |= 1 << role;
    }
    if (!readValue(role, row)) return false;
    const next = skipSpace();
    at++;
    if (next == 0x7d) break;
    if (next != 0x2c || skipSpace() != QUOTE) return false;
  }
  const end = skipSpace();
  return (end == separator || end == 0x5d && separator == 0x2c) && (found & required) == required;
}

/**
 * Reads lines of the window, from `from` on, into rows from `row` on. It stops after the last whole line, when the
 * columns are full, or at a line that the host must read, which is then from ndjsonLineStart() to ndjsonLineEnd().
 * `required` has the bits of the roles that a line must have. Returns the number of rows; ndjsonLineStart() is the
 * start of the next line.
 *
 * The byte behind the text must be a line feed, which ends a last line without one. After `ndjsonArray(true)`, the text
 * is an array from behind its first bracket on: a scan then ends behind the comma or the bracket that follows an
 * object.
 */
export function ndjsonScan(
  from: u32, length: u32, last: bool, row: u32, keys: u32, required: u32, stream: u32, firstId: i64, step: i64,
): u32 {
  const stop = WINDOW + length;
  let id = firstId;
  at = WINDOW + from;
  lineEnd = -1;
  spans = 0;
  joined = JOINED;
  clearCounts();
  clearBare();
  forgetPlaces();
  setPoint(0x2e);
  while (at < stop && row < ROWS && spans < MOST_SPANS) {
    const start = at;
    const before = spans;
    const joinedBefore = joined;
    isNaive = false;
    clearTag();
    guess = 0;
    store<u32>(STREAMS + (row << 2), stream);
    store<i64>(IDS + (row << 3), id);
    const simple = readLine(row, keys, required);
    if (simple && (at < stop || last) && isUtf8Unsafe(start, <u32>(at - start))) {
      if (isNaive) countNaive();
      keepKind();
      countTime(load<i64>(TIMES + (row << 3)));
      row++;
      id += step;
      if (load<u8>(at++) == 0x5d && separator != FEED) break;
      continue;
    }
    spans = before;
    joined = joinedBefore;
    // Find the end of the line; the reader has not stepped over a line feed.
    at = start;
    while (at < stop && load<u8>(at) != FEED) at++;
    if (at < stop || last) {
      lineEnd = <i32>(at - WINDOW);
    }
    at = start;
    break;
  }
  store<u8>(joined++, 0x5d);
  setStreamKinds(bareStreams);
  lineStart = <u32>(at - WINDOW);
  return row;
}
