// Reads plain rows of delimited text into columns of readings. The first row that is not plain is left to the host,
// valid or not: nothing is rejected here.
import {
  applyTag, bareStreams, clearBare, clearTag, forgetGood, forgetKnown, forgetSlowRow, forgetSlowValues, isGood, keepKind, readDevice, readId, readStream, readValue, result, slowValues,
  takeKnown,
} from "./csv_fields";
import {
  DEVICE, DEVICES, ID, IDS, MAP_PLACES, MAP_STATES, MAP_STREAMS, MAP_VALUES, MAPPED, NOTHING, QUALITY, ROLES, ROWS, SCRATCH,
  SCRATCH_BYTES, STREAM, STREAMS, TIME, TIMES, VALUE, VALUES, WINDOW,
} from "./csv_layout";
import {
  columns, comment, decimal, DELIMITER, delimiter, delimiterLength, escape, hasZone, mapped, quote, skipsBlank, stream,
  takePlan, takeRange, timeKind, timeParts, wanted, width, zoneFrom, zoneOffset, zoneTo,
} from "./csv_plan";
import { findSeconds, ISO, naive, readCsvTime, readIso, time } from "./csv_time";
import { number, readShort, setPoint } from "./float";
import { clearCounts, countBlank, countNaive, countQuality, countTime, setStreamKinds } from "./scan_counts";
import { END, EPOCH } from "./timestamp";

const FEED: u32 = 10;
const RETURN: u32 = 13;

/** The end of the last scan, and the number of lines that it has read. */
let bytesRead: u32 = 0;
let linesRead: u32 = 0;

export function csvBytesRead(): u32 {
  return bytesRead;
}

export function csvLinesRead(): u32 {
  return linesRead;
}

export function csvSlowValues(): u32 {
  return slowValues;
}

/** Loads the plan, or only its range of local times. */
export function csvPlan(all: bool): void {
  if (all) {
    takePlan();
    forgetGood();
    forgetKnown();
    findSeconds();
  } else takeRange();
}

/** A bit mask of the delimiters, line ends and escapes in 16 bytes. */
@inline
function specials(at: usize, separator: v128, escapes: v128): i32 {
  const text = v128.load(at);
  const ends = v128.or(i8x16.eq(text, i8x16.splat(10)), i8x16.eq(text, i8x16.splat(13)));
  return i8x16.bitmask(v128.or(v128.or(i8x16.eq(text, separator), i8x16.eq(text, escapes)), ends));
}

/** The end of the columns of a time that are joined by spaces at SCRATCH. */
let joined: usize = SCRATCH;
function join(from: usize, to: usize): bool {
  const length = to - from;
  if (joined + length + 1 > SCRATCH + SCRATCH_BYTES - 32) return false;
  if (joined > SCRATCH) store<u8>(joined++, 0x20);
  memory.copy(joined, from, length);
  joined += length;
  return true;
}

/** Reads a time to UTC; false if the host must read it. */
@inline
function readTimeField(from: usize, to: usize): bool {
  if (timeKind == ISO ? !readIso(from, to) : !readCsvTime(from, to)) return false;
  utc = time;
  if (naive) {
    if (hasZone) {
      if (utc < zoneFrom || utc >= zoneTo) return false;
      utc -= zoneOffset;
    }
  }
  return <u64>(utc + <i64>EPOCH) < END;
}
let utc: i64 = 0;

/**
 * Reads whole rows of the window, from `start` on, into rows from `first` on. It stops at a row that the host must
 * read, after the last line end, or when the columns are full. `firstId` is the id of the first row, and `step` is
 * added from row to row. Returns the number of rows; csvBytesRead() returns the end of what was read.
 */
export function csvScan(start: u32, length: u32, first: u32, firstId: i64, step: i64): u32 {
  const stop = WINDOW + length;
  const separator = i8x16.splat(<i8>delimiter);
  // Without an escape character, the line feed is used instead.
  const escapes = i8x16.splat(escape == 256 ? 10 : <i8>escape);
  const most = ROWS - (mapped > 0 ? mapped : 1);
  let at: usize = WINDOW + start;
  let row = first;
  let id = firstId;
  linesRead = 0;
  clearCounts();
  forgetSlowValues();
  clearBare();
  setPoint(decimal);
  let block = at;
  let mask = at < stop ? specials(at, separator, escapes) : 0;
  while (at < stop && row <= most) {
    const record = at;
    const opening = <u32>load<u8>(at);
    if (opening == FEED || opening == RETURN) {
      // An empty line.
      if (opening == RETURN) {
        if (at + 2 >= stop) break;
        if (load<u8>(at, 1) == FEED) at++;
        else if (load<u8>(at, 1) == RETURN && load<u8>(at, 2) == FEED) at += 2;
      }
      at++;
      linesRead++;
      continue;
    }
    if (opening == comment) break;
    let field: u32 = 0;
    let found: u32 = 0;
    let plain = false;
    let leaves: u32 = 0;
    let hasTime = false;
    store<u32>(STREAMS + (row << 2), stream);
    store<i64>(IDS + (row << 3), id);
    joined = SCRATCH;
    clearTag();
    let next: usize = 0;
    while (true) {
      let from = at;
      const role = field < columns ? <u32>load<u8>(ROLES + field) : NOTHING;
      let to: usize;
      let end: usize;
      if (<u32>load<u8>(at) == quote && at < stop) {
        // Reads up to the closing quote; after it there must be the delimiter or the end of the line.
        from++;
        let p = from;
        while (p < stop) {
          const code = <u32>load<u8>(p);
          if (code == quote || code == FEED || code == RETURN || code == escape) break;
          p++;
        }
        if (p >= stop || <u32>load<u8>(p) != quote) break;
        to = p++;
        const code = <u32>load<u8>(p);
        if (p >= stop || (code != delimiter && code != FEED && code != RETURN)) break;
        end = p;
        block = p & ~15;
        mask = specials(block, separator, escapes);
      } else {
        end = stop;
        do {
          while (mask == 0) {
            block += 16;
            if (block >= stop) break;
            mask = specials(block, separator, escapes);
          }
          if (mask == 0) {
            end = stop;
            break;
          }
          end = block + ctz(mask);
          mask &= mask - 1;
        } while (end < from);
        if (end >= stop) break;
        to = end;
      }
      const code = <u32>load<u8>(end);
      if (code == delimiter) {
        next = end + delimiterLength;
        if (delimiterLength > 1) {
          if (next > stop || memory.compare(end, DELIMITER, delimiterLength) != 0) break;
        }
      } else if (code == FEED) {
        next = end + 1;
      } else if (code == RETURN) {
        if (end + 2 >= stop) break;
        next = end + 1;
        if (load<u8>(next) == FEED) next++;
        else if (load<u8>(next) == RETURN && load<u8>(next, 1) == FEED) next += 2;
      } else {
        break;
      }
      if (role != NOTHING) {
        found++;
        if (<u32>load<u8>(from) <= 0x20 || <u32>load<u8>(to - 1) <= 0x20) {
          while (from < to && (load<u8>(from) == 0x20 || load<u8>(from) == 0x09)) from++;
          while (from < to && (load<u8>(to - 1) == 0x20 || load<u8>(to - 1) == 0x09)) to--;
        }
        if (role == VALUE) {
          if (from == to) {
            if (!skipsBlank) break;
            leaves |= 1;
          } else if (readShort(from, to)) {
            store<f64>(VALUES + (row << 3), number);
          } else {
            if (!readValue(from, to, row)) break;
            store<f64>(VALUES + (row << 3), result);
          }
        } else if (role == TIME) {
          if (timeParts > 1) {
            if (!join(from, to)) break;
          } else {
            if (!readTimeField(from, to)) break;
            hasTime = true;
          }
        } else if (role == STREAM) {
          if ((to - from != 4 || !takeKnown(from, row)) && !readStream(from, to, row)) break;
        } else if (role == MAPPED) {
          const index = <usize>load<u16>(MAP_PLACES + (field << 1));
          const blank = from == to;
          if (blank) {
            if (!skipsBlank) break;
          } else if (readShort(from, to)) {
            store<f64>(MAP_VALUES + (index << 3), number);
          } else {
            if (!readValue(from, to, u32.MAX_VALUE)) break;
            store<f64>(MAP_VALUES + (index << 3), result);
          }
          store<u8>(MAP_STATES + index, blank ? 0 : 1);
        } else if (role == DEVICE) {
          if (!readDevice(from, to, row)) break;
        } else if (role == ID) {
          if (!readId(from, to, row)) break;
        } else if (!isGood(from, to)) {
          // If rows of other qualities are kept, the host reads them.
          if (role != QUALITY) break;
          leaves |= 2;
        }
      }
      field++;
      at = next;
      if (code != delimiter) {
        plain = true;
        break;
      }
    }
    if (plain && timeParts > 1) hasTime = readTimeField(SCRATCH, joined);
    if (!plain || found < wanted || field > width || !hasTime) {
      // The host reads this row from its first byte.
      forgetSlowRow(row);
      at = record;
      break;
    }
    linesRead++;
    if (leaves != 0) {
      forgetSlowRow(row);
      if (leaves > 1) countQuality();
      else countBlank();
      continue;
    }
    if (naive) countNaive();
    keepKind();
    if (mapped == 0) {
      countTime(utc);
      store<i64>(TIMES + (row << 3), utc);
      applyTag(row);
      row++;
      id += step;
      continue;
    }
    const deviceOfRow = load<u64>(DEVICES + (row << 3));
    for (let index: u32 = 0; index < mapped; index++) {
      if (load<u8>(MAP_STATES + index) == 0) {
        countBlank();
        continue;
      }
      store<i64>(TIMES + (row << 3), utc);
      store<f64>(VALUES + (row << 3), load<f64>(MAP_VALUES + (index << 3)));
      store<u32>(STREAMS + (row << 2), load<u32>(MAP_STREAMS + (index << 2)));
      store<i64>(IDS + (row << 3), id);
      store<u64>(DEVICES + (row << 3), deviceOfRow);
      countTime(utc);
      row++;
      id += step;
    }
  }
  setStreamKinds(bareStreams);
  bytesRead = <u32>(at - WINDOW);
  return row - first;
}
