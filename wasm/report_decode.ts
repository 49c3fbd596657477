// Decodes v200 events to columns, a window of the input at a time. docs/v200.md says what is read and what is rejected.
//
// `canonical_events.ts` reads events in the form that this project and the Python package write, and has no side
// effects if it gives up. Any other event takes the general path, a state machine that can stop before every key
// and value where the window ends, and continue in the next window.
import {
  CHUNK, IDS, SPAN_BYTES, SPANS, STREAMS, TIMES, VALUES, WINDOW, WINDOW_SIZE,
} from "./layout";
import { swapBytes16, swapBytes32, swapBytes64 } from "./bytes";
import { integer, readInteger } from "./integer";
import { isUtf8Unsafe } from "./utf8";
import { at, beginSkip, BAD_KEY, BAD_UTF8, fault, lack, NEED, setWindow, skip, stop } from "./msgpack";
import { NO_TIME, parseTimeUnsafe } from "./timestamp";
import { readCanonicalUnsafe } from "./canonical_events";
import { base, beginRows, keepSpan, rows, setRows, spans } from "./rows";
import { parseStream } from "./stream_text";

export const NOT_A_MAP: i32 = -20;
export const BAD_STREAM: i32 = -21;
export const BAD_ID: i32 = -22;
export const BAD_TIME: i32 = -23;
export const BAD_VALUE: i32 = -24;
export const BAD_SUMMARY: i32 = -25;
export const NO_STREAM: i32 = -26;
export const NO_TIMESTAMP: i32 = -27;
export const NO_VALUE: i32 = -28;

// Fields of an event, as bits of `seen`.
const STREAM: u32 = 1, ID: u32 = 2, TIMESTAMP: u32 = 4, VALUE: u32 = 8, EXTRA: u32 = 16, DATA: u32 = 32;
const OTHER: u32 = 0;

// States of the machine: before an event, before a key, before a value, within a value that is skipped.
const BEFORE_EVENT: u32 = 0, BEFORE_KEY: u32 = 1, BEFORE_VALUE: u32 = 2, SKIPPING: u32 = 3;
let phase: u32 = BEFORE_EVENT;
let pairs: u32 = 0;
let seen: u32 = 0;
let field: u32 = 0;
let eventStart: u64 = 0;

// The event that is being read. Spans are positions in the whole input.
let stream: u32 = 0;
let id: u64 = 0;
let time: i64 = 0;
let value: u64 = 0;
let extraFrom: u64 = 0, extraTo: u64 = 0, dataFrom: u64 = 0, dataTo: u64 = 0;

/** Discards an event that was read in part. */
export function beginEvents(): void {
  phase = BEFORE_EVENT;
}
/** The position in the window where the last call stopped. */
export function stoppedAt(): u32 {
  return <u32>(at - WINDOW);
}
export function rowsRead(): u32 {
  return rows;
}
export function spansRead(): u32 {
  return <u32>((spans - SPANS) / SPAN_BYTES);
}
/** The start of the event with the error, in the whole input. */
export function eventOffset(): f64 {
  return <f64>eventStart;
}

/**
 * Reads up to `wanted` events (at most CHUNK) from byte `from` of the window on, which holds `length`
 * bytes of the input from `offset` on and is followed by `beyond` more. Returns 0 if all were read, NEED if the window
 * ends too early, otherwise the fault. `passed`: the caller has read the scalar at the start.
 */
export function decodeEvents(
  from: u32, length: u32, offset: f64, beyond: f64, wanted: u32, levels: u32, passed: bool,
): i32 {
  const end = WINDOW + length;
  let p = WINDOW + from;
  beginRows(<u64>offset);
  setWindow(end, <u64>beyond, levels);
  if (wanted > CHUNK) wanted = CHUNK;
  while (rows < wanted) {
    if (phase == BEFORE_EVENT) {
      p = readCanonicalUnsafe(p, end, wanted);
      if (rows == wanted) break;
    }
    if (!readAny(p, end, passed)) return fault;
    passed = false;
    p = at;
  }
  at = p;
  return 0;
}

/** Writes the event to its row. */
function keep(): void {
  const row: usize = rows;
  store<u32>(STREAMS + (row << 2), stream);
  store<u64>(IDS + (row << 3), id);
  store<i64>(TIMES + (row << 3), time);
  store<u64>(VALUES + (row << 3), value);
  setRows(<u32>row + 1);
}

/** Reads any event, or the rest of one. If it returns false, `at` and `fault` say where and why. */
function readAny(p: usize, end: usize, passed: bool): bool {
  while (true) {
    if (phase == BEFORE_EVENT) {
      if (p >= end) return lack(p, 1);
      const b = <u32>load<u8>(p);
      eventStart = base + (p - WINDOW);
      if (b >> 4 == 8) {
        pairs = b & 15;
        p += 1;
      } else {
        if (b != 0xde && b != 0xdf) return stop(p, NOT_A_MAP);
        const size: usize = b == 0xde ? 3 : 5;
        if (p + size > end) return lack(p, size);
        pairs = b == 0xde ? swapBytes16(load<u16>(p, 1)) : swapBytes32(load<u32>(p, 1));
        p += size;
      }
      seen = 0;
      id = 0;
      extraFrom = extraTo = dataFrom = dataTo = 0;
      phase = BEFORE_KEY;
    }
    if (phase == BEFORE_KEY) {
      if (!pairs) {
        if (!(seen & STREAM)) return stop(p, NO_STREAM);
        if (!(seen & TIMESTAMP)) return stop(p, NO_TIMESTAMP);
        if (!(seen & VALUE)) return stop(p, NO_VALUE);
        if (extraTo) keepSpan(rows, 0, extraFrom, extraTo);
        if (dataTo) keepSpan(rows, 1, dataFrom, dataTo);
        keep();
        phase = BEFORE_EVENT;
        at = p;
        return true;
      }
      if (passed) {
        field = OTHER;
        passed = false;
      } else {
        if (!readKey(p, end)) return false;
        p = at;
      }
      pairs--;
      phase = BEFORE_VALUE;
    }
    if (phase == BEFORE_VALUE) {
      if (field && field <= VALUE) {
        if (!readField(p, end)) return false;
        p = at;
        phase = BEFORE_KEY;
        continue;
      }
      if (p >= end) return lack(p, 1);
      const b = <u32>load<u8>(p);
      if (field == EXTRA && b >> 4 != 8 && b != 0xde && b != 0xdf && b != 0xc0) return stop(p, BAD_SUMMARY);
      const from = base + (p - WINDOW);
      if (field == EXTRA) {
        extraFrom = from;
        extraTo = 0;
      } else if (field == DATA) {
        dataFrom = from;
        dataTo = 0;
      }
      beginSkip(field == EXTRA);
      phase = SKIPPING;
    }
    if (!skip(p, passed)) return false;
    passed = false;
    p = at;
    const to = base + (p - WINDOW);
    // A single byte 80 or c0 means that the event has no such data.
    const last = <u32>load<u8>(p - 1);
    if (field == EXTRA && (to - extraFrom > 1 || last != 0x80 && last != 0xc0)) extraTo = to;
    if (field == DATA && (to - dataFrom > 1 || last != 0xc0)) dataTo = to;
    phase = BEFORE_KEY;
  }
}

/** Reads a key of an event into `field`. */
function readKey(p: usize, end: usize): bool {
  if (p >= end) return lack(p, 1);
  const b = <u32>load<u8>(p);
  let head: u32 = 1;
  let length: u32;
  if (b >= 0xa0 && b < 0xc0) {
    length = b & 31;
  } else if (b >= 0xd9 && b <= 0xdb || b >= 0xc4 && b <= 0xc6) {
    const width: u32 = 1 << (b >= 0xd9 ? b - 0xd9 : b - 0xc4);
    head += width;
    if (p + head > end) return lack(p, head);
    length = width == 1 ? <u32>load<u8>(p, 1) : width == 2 ? swapBytes16(load<u16>(p, 1)) : swapBytes32(load<u32>(p, 1));
  } else {
    return stop(p, BAD_KEY);
  }
  if (<u64>(end - p) < <u64>head + length) return lack(p, <u64>head + length);
  const text = p + head;
  field = OTHER;
  at = text + length;
  if (b >= 0xc4 && b <= 0xc6) return true;
  const first = load<u64>(text);
  if (length == 6) {
    if ((first & 0xffff_ffff_ffff) == 0x6d6165727473) field = STREAM;
  } else if (length == 9) {
    if (first == 0x69_7165735f766564) field = load<u8>(text, 8) == 0x64 ? ID : OTHER;
    else if (first == 0x6d_617473656d6974) field = load<u8>(text, 8) == 0x70 ? TIMESTAMP : OTHER;
  } else if (length == 5) {
    if ((first & 0xff_ffff_ffff) == 0x65756c6176) field = VALUE;
  } else if (length == 10) {
    if (first == 0x61645f6172747865 && load<u16>(text, 8) == 0x6174) field = EXTRA;
  } else if (length == 4) {
    if (<u32>first == 0x61746164) field = DATA;
  }
  return field || isUtf8Unsafe(text, length) ? true : stop(p, BAD_UTF8);
}

/** Reads the value of one of the first four fields. */
function readField(p: usize, end: usize): bool {
  if (p >= end) return lack(p, 1);
  seen |= field;
  const b = <u32>load<u8>(p);
  // Text: the bytes of its head, its length. The longest valid text is far below 256 bytes.
  let length: u32 = 0, head: u32 = 0;
  const wide = b >= 0xd9 && b <= 0xdb;
  if (b >= 0xa0 && b < 0xc0) {
    head = 1;
    length = b & 31;
  } else if (wide) {
    head = 1 + (1 << (b - 0xd9));
    if (p + head > end) return lack(p, head);
    length = b == 0xd9 ? <u32>load<u8>(p, 1) : b == 0xda ? swapBytes16(load<u16>(p, 1)) : swapBytes32(load<u32>(p, 1));
  }
  if (head) {
    if (field != STREAM && field != TIMESTAMP) return stop(p, field == ID ? BAD_ID : BAD_VALUE);
    if (length > 255) {
      return <u64>(end - p) < <u64>head + length && !lack(p, <u64>head + length) && fault != NEED
        ? false
        : stop(p, field == STREAM ? BAD_STREAM : BAD_TIME);
    }
    if (p + head + length > end) return lack(p, head + length);
    const text = p + head;
    if (field == STREAM) {
      const parsed = parseStream(text, length);
      if (parsed < 0) return stop(p, BAD_STREAM);
      stream = <u32>parsed;
    } else {
      time = parseTimeUnsafe(text, length);
      if (time == NO_TIME) return stop(p, BAD_TIME);
    }
    at = text + length;
    return true;
  }
  if (field == TIMESTAMP) return stop(p, BAD_TIME);
  if (b >= 0xca && b <= 0xd3) {
    const size: u32 = b < 0xcc ? 5 + ((b & 1) << 2) : 1 + (1 << (b & 3));
    if (p + size > end) return lack(p, size);
  }
  if (field == ID && b == 0xc0) {
    id = 0;
    at = p + 1;
    return true;
  }
  if (field == VALUE) {
    if (b == 0xcb) {
      value = swapBytes64(load<u64>(p, 1));
      at = p + 9;
      return true;
    }
    if (b == 0xca) {
      value = reinterpret<u64>(<f64>reinterpret<f32>(swapBytes32(load<u32>(p, 1))));
      at = p + 5;
      return true;
    }
    if (b >= 0xe0) {
      value = reinterpret<u64>(<f64><i8>b);
      at = p + 1;
      return true;
    }
    if (b >= 0xd0 && b <= 0xd3) {
      const bits = <i64>swapBytes64(load<u64>(p, 1)) >> (64 - (8 << (b & 3)));
      value = reinterpret<u64>(<f64>bits);
      at = p + 1 + (1 << (b & 3));
      return true;
    }
  }
  const next = readInteger(p);
  if (!next) return stop(p, field == STREAM ? BAD_STREAM : field == ID ? BAD_ID : BAD_VALUE);
  if (field == STREAM) {
    if (integer > 0xffffffff) return stop(p, BAD_STREAM);
    stream = <u32>integer;
  } else if (field == ID) id = integer;
  else value = reinterpret<u64>(<f64>integer);
  at = next;
  return true;
}
