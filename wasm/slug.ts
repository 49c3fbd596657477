// Reads slugs from text into rows, with one grammar for a single slug and for lines of many.
import * as canonical from "./slug_canonical";
import { atEnd, begin, broken, brokenAt, cursor, isSeparator, readDecimal, readGroups, separator, skip, value } from "./slug_groups";
import {
  ANY, AREA, AREA_STREAM, CANONICAL, DEVICE, DEVICES, DEVICE_STREAM, EMPTY, EXPECT_DEVICE, EXPECT_GROUPS, EXPECT_HALF,
  EXPECT_INDEX, EXPECT_PARENT, EXPECT_START, EXPECT_STREAM, EXPECT_VARIABLE, INDEXES, KINDS, LINE, LINE_STREAM, LONGEST,
  PARENTS, ROWS, SITE, SITE_STREAM, STARTS, STREAMER, TEXT, TOO_FEW_TERMS, TOO_LARGE, TOO_LONG, TOO_MANY_TERMS, VARIABLE,
  VARIABLES, WRONG_PREFIX,
} from "./slug_rows";

/** The kind that a prefix before "--" names; 0 for an unknown prefix. */
function kindOf(prefix: u32, length: u32): u32 {
  if (length == 1) {
    if (prefix == 0x64 || prefix == 0x6d) return DEVICE; // d m
    return prefix == 0x74 ? STREAMER : 0; // t
  }
  if (prefix == 0x6c70) return LINE; // pl, first letter in the low byte
  if (prefix == 0x7370) return SITE;
  if (prefix == 0x6170) return AREA;
  if (prefix == 0x6c73) return LINE_STREAM; // sl
  if (prefix == 0x7373) return SITE_STREAM;
  if (prefix == 0x6173) return AREA_STREAM;
  return prefix == 0x6473 ? DEVICE_STREAM : 0;
}

/** Whether a caller that expects `expected` accepts this kind. */
function fits(kind: u32, expected: u32): bool {
  if (expected == ANY) return true;
  if (expected == EXPECT_PARENT) return kind >= LINE && kind <= AREA;
  if (expected == EXPECT_DEVICE) return kind == DEVICE;
  return expected == EXPECT_STREAM && kind >= LINE_STREAM && kind <= DEVICE_STREAM;
}

/** Reads a text in the canonical layout into the row and returns its kind; returns 0 for any other layout. */
function readCanonical(from: usize, length: u32, row: u32): u32 {
  let kind: u32 = 0;
  if (length == 45 || length == 63) {
    kind = kindOf(load<u16>(from), 2);
    if (kind < LINE_STREAM || !canonical.canonicalStream(from, length)) return 0;
    store<u32>(PARENTS + (row << 2), <u32>(canonical.digits >> 32));
    store<u64>(DEVICES + (row << 3), canonical.device);
    store<u32>(VARIABLES + (row << 2), <u32>canonical.digits);
    store<i64>(STARTS + (row << 3), canonical.start);
    return canonical.lower ? kind | CANONICAL : kind;
  }
  if (length == 22) {
    const prefix = load<u32>(from) & 0xffffff;
    if ((prefix != 0x2d2d64 && prefix != 0x2d2d6d) || !canonical.canonicalQuad(from + 3)) return 0;
    store<u64>(DEVICES + (row << 3), canonical.digits);
    return canonical.lower && prefix == 0x2d2d64 ? DEVICE | CANONICAL : DEVICE;
  }
  if (length == 13) {
    kind = kindOf(load<u16>(from), 2);
    if (kind == 0 || kind > AREA || load<u16>(from + 2) != 0x2d2d || !canonical.canonicalPair(from + 4)) return 0;
    store<u32>(PARENTS + (row << 2), <u32>canonical.digits);
    return canonical.lower ? kind | CANONICAL : kind;
  }
  if (length == 9) {
    if (!canonical.canonicalPair(from)) return 0;
    store<u32>(VARIABLES + (row << 2), <u32>canonical.digits);
    return canonical.lower ? VARIABLE | CANONICAL : VARIABLE;
  }
  return 0;
}

/** Reads parent, device, variable and, if present, start, after the prefix. */
function readStream(row: u32): i32 {
  let rule: i32 = 0;
  if (isSeparator(cursor)) {
    store<u32>(PARENTS + (row << 2), 0); // "sl----device--variable": no parent
  } else {
    rule = readGroups(32);
    if (rule != 0) return rule;
    store<u32>(PARENTS + (row << 2), <u32>value);
  }
  if (!separator()) return broken(TOO_FEW_TERMS, cursor);
  rule = readGroups(64);
  if (rule != 0) return rule;
  store<u64>(DEVICES + (row << 3), value);
  if (!separator()) return broken(TOO_FEW_TERMS, cursor);
  rule = readGroups(32);
  if (rule != 0) return rule;
  store<u32>(VARIABLES + (row << 2), <u32>value);
  if (!separator()) return 0;
  rule = readDecimal();
  store<i64>(STARTS + (row << 3), value);
  return rule;
}

/** Reads device and index, after the prefix. */
function readStreamer(row: u32): i32 {
  let rule = readGroups(64);
  if (rule != 0) return rule;
  store<u64>(DEVICES + (row << 3), value);
  if (!separator()) return broken(TOO_FEW_TERMS, cursor);
  rule = readGroups(16);
  store<i32>(INDEXES + (row << 2), <i32>value);
  return rule;
}

/** Reads the only term of a parent, a device or a variable. */
function readId(kind: u32, row: u32): i32 {
  const rule = readGroups(kind == DEVICE ? 64 : 32);
  if (rule != 0) return rule;
  if (kind == DEVICE) store<u64>(DEVICES + (row << 3), value);
  else if (kind == VARIABLE) store<u32>(VARIABLES + (row << 2), <u32>value);
  else store<u32>(PARENTS + (row << 2), <u32>value);
  return 0;
}

function hasDash(at: usize): bool {
  while (at < cursor) if (load<u8>(at++) == 0x2d) return true;
  return false;
}

/** Reads a part that is not a complete slug: half a variable, a start, an index, groups alone. */
function readPart(expected: u32, row: u32): i32 {
  const from = cursor;
  let rule: i32 = 0;
  if (expected == EXPECT_HALF || expected == EXPECT_GROUPS) {
    rule = readGroups(expected == EXPECT_HALF ? 16 : 64);
    if (rule == 0 && expected == EXPECT_HALF && hasDash(from)) return broken(WRONG_PREFIX, from);
  } else {
    rule = readDecimal();
    if (rule == 0 && expected == EXPECT_INDEX && value > 0xffff) return broken(TOO_LARGE, from);
  }
  store<u64>(DEVICES + (row << 3), value);
  return rule;
}

/** Reads one text into a row. Returns the kind (above 0, with CANONICAL if it is), or minus the rule that it breaks. */
function readRow(from: usize, to: usize, expected: u32, row: u32): i32 {
  store<i64>(STARTS + (row << 3), -1);
  store<i32>(INDEXES + (row << 2), -1);
  if (expected <= EXPECT_STREAM) {
    const kind = readCanonical(from, <u32>(to - from), row);
    if (kind != 0 && (expected == ANY || fits(kind & 127, expected) || (expected == EXPECT_VARIABLE && (kind & 127) == VARIABLE))) {
      return kind;
    }
  }
  begin(from, to);
  if (from == to) return -broken(EMPTY, from);
  if (to - from > LONGEST) return -broken(TOO_LONG, from);
  let rule: i32 = 0;
  let kind: u32 = 0;
  if (expected > EXPECT_STREAM) {
    kind = VARIABLE;
    rule = readPart(expected, row);
  } else {
    let prefix: u32 = 0;
    if (isSeparator(from + 1)) prefix = 1;
    else if (isSeparator(from + 2)) prefix = 2;
    if (isSeparator(from)) return -broken(WRONG_PREFIX, from);
    if (prefix != 0) {
      kind = kindOf(prefix == 1 ? load<u8>(from) : load<u16>(from), prefix);
      if (kind == 0 || !fits(kind, expected)) return -broken(WRONG_PREFIX, from);
      skip(prefix + 2);
    } else if (expected == EXPECT_STREAM) {
      return -broken(WRONG_PREFIX, from);
    } else {
      kind = expected == EXPECT_PARENT ? LINE : expected == EXPECT_DEVICE ? DEVICE : VARIABLE;
    }
    if (kind == STREAMER) rule = readStreamer(row);
    else if (kind >= LINE_STREAM) rule = readStream(row);
    else rule = readId(kind, row);
    // "d-1--2" and "xyz--1" have an unknown prefix rather than too many terms.
    if (rule == 0 && !atEnd() && prefix == 0) return -broken(WRONG_PREFIX, from);
  }
  if (rule == 0 && !atEnd()) rule = broken(TOO_MANY_TERMS, cursor);
  return rule == 0 ? <i32>kind : -rule;
}

/** Reads the text of `length` bytes at TEXT into row 0. */
export function slugRead(length: u32, expected: u32): i32 {
  return readRow(TEXT, TEXT + length, expected, 0);
}

/** The byte, from 0, at which the text that was rejected last breaks its rule. */
export function slugBrokenAt(): u32 {
  return <u32>(brokenAt - TEXT);
}

/** The next line feed at or after `from`, or `to`. */
function lineEnd(from: usize, to: usize): usize {
  const feed = i8x16.splat(10);
  let at = from;
  for (; at < to; at += 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), feed));
    if (mask != 0) {
      at += ctz(mask);
      return at < to ? at : to;
    }
  }
  return to;
}

/** The end of a line that starts like a canonical slug and has the length of one; else 0. */
function likelyEnd(at: usize, stop: usize): usize {
  const prefix = load<u32>(at);
  let end: usize = 0;
  if ((prefix & 0xffff00ff) == 0x2d2d0073) end = at + (load<u8>(at + 45) == 0x2d ? 63 : 45);
  else if ((prefix & 0xffffff) == 0x2d2d64) end = at + 22;
  else return 0;
  if (end > stop || (end < stop && load<u8>(end) != 10)) return 0;
  return end;
}

/** Clears a row. */
function clear(row: u32): void {
  store<u32>(PARENTS + (row << 2), 0);
  store<u64>(DEVICES + (row << 3), 0);
  store<u32>(VARIABLES + (row << 2), 0);
  store<i64>(STARTS + (row << 3), -1);
}

/** Reads a line that looks like a canonical stream or device. Returns its end, or 0 if it is something else. */
function readLikely(at: usize, stop: usize, row: u32): usize {
  const prefix = load<u32>(at);
  let length: u32 = 0;
  if ((prefix & 0xffff00ff) == 0x2d2d0073) {
    length = load<u8>(at + 45) == 0x2d ? 63 : 45;
  } else if ((prefix & 0xffffff) == 0x2d2d64) {
    length = 22;
    clear(row);
  } else {
    return 0;
  }
  const end = at + length;
  // A line feed before this place would not have been accepted as a digit, so the line does end here.
  if (end >= stop || load<u8>(end) != 10) return 0;
  const kind = readCanonical(at, length, row);
  store<u8>(KINDS + row, kind & 127);
  return kind != 0 ? end : 0;
}

/** The number of bytes of TEXT that the last `slugReadLines` has read: whole lines only. */
let linesRead: u32 = 0;

export function slugLinesRead(): u32 {
  return linesRead;
}

/**
 * Reads lines of TEXT into rows, until the text, its whole lines or the rows are used up. A row whose line is not a
 * slug has kind 0, the rule in `variables` and the position of the fault in `parents`; start and end of the line are
 * the low and the high half of `devices`.
 */
export function slugReadLines(length: u32, last: bool, carriageReturns: bool): u32 {
  const stop = TEXT + length;
  let at: usize = TEXT;
  let row: u32 = 0;
  while (row < ROWS && at < stop) {
    store<i32>(INDEXES + (row << 2), -1);
    const likely = readLikely(at, stop, row);
    if (likely != 0) {
      row++;
      at = likely + 1;
      continue;
    }
    const end = lineEnd(at, stop);
    if (end == stop && !last) break;
    let to = end;
    if (carriageReturns && to > at && load<u8>(to - 1) == 13) to--;
    clear(row);
    const kind = readRow(at, to, ANY, row);
    store<u8>(KINDS + row, kind > 0 ? kind & 127 : 0);
    if (kind < 0) {
      store<u32>(PARENTS + (row << 2), <u32>(brokenAt - at));
      store<u32>(VARIABLES + (row << 2), -kind);
      store<u64>(DEVICES + (row << 3), <u64>at | (<u64>to << 32));
      store<i64>(STARTS + (row << 3), -1);
      store<i32>(INDEXES + (row << 2), -1);
    }
    row++;
    at = end < stop ? end + 1 : end;
  }
  linesRead = <u32>(at - TEXT);
  return row;
}
