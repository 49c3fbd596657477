// Rows of comma-separated values (RFC 4180) into columns of readings, a window of whole rows at a time.
import { forgetSlowRow, forgetSlowValues, readField, slowValues } from "./csv_fields";
import {
  AFTER_QUOTE, BAD, BAD_BYTES, BAD_ROWS, IDS, MISSING, NOTHING, OPEN_QUOTE, ROLES, ROWS, STREAMS, WINDOW,
} from "./csv_layout";

const FEED: u32 = 10;
const RETURN: u32 = 13;
const QUOTE: u32 = 0x22;
/** In place of a role: nothing at all, to be passed over. */
const BLANK: u32 = 99;

/** What the last scan has read: bytes, lines, values left to the host, rows that are none. */
let bytesRead: u32 = 0;
let linesRead: u32 = 0;
let badRows: u32 = 0;

export function csvBytesRead(): u32 {
  return bytesRead;
}

export function csvLinesRead(): u32 {
  return linesRead;
}

export function csvBadRows(): u32 {
  return badRows;
}

export function csvSlowValues(): u32 {
  return slowValues;
}

/** The next delimiter or line feed at or after `from`, or `to`. */
function fieldEnd(from: usize, to: usize, delimiter: v128): usize {
  const feed = i8x16.splat(10);
  for (let at = from; at < to; at += 16) {
    const text = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(text, delimiter), i8x16.eq(text, feed)));
    if (mask != 0) {
      at += ctz(mask);
      return at < to ? at : to;
    }
  }
  return to;
}

function noteBad(line: u32, role: u32, from: usize, to: usize): void {
  const entry = BAD + badRows++ * BAD_BYTES;
  store<u32>(entry, line);
  store<u32>(entry, role, 4);
  store<u32>(entry, <u32>(from - WINDOW), 8);
  store<u32>(entry, <u32>(to - WINDOW), 12);
}

/**
 * Reads whole rows of the window into columns, up to the end of the window, of the columns or of the room for bad rows.
 *
 * `columns` says how many columns have an entry in ROLES and `wanted` how many of those have a role; `stream` is the
 * variable of every row where no column says it, `firstId` the id of the first row and `step` what is added from row to
 * row. With `strict` the scan stops at the first bad row. Gives the number of rows.
 */
export function csvScan(
  length: u32, last: bool, columns: u32, wanted: u32, delimiter: u32, stream: u32, firstId: i64, step: i64, strict: bool,
): u32 {
  const stop = WINDOW + length;
  const separator = i8x16.splat(<i8>delimiter);
  const mostBad: u32 = strict ? 1 : BAD_ROWS;
  let at: usize = WINDOW;
  let row: u32 = 0;
  let id = firstId;
  badRows = 0;
  linesRead = 0;
  forgetSlowValues();
  while (at < stop && row < ROWS && badRows < mostBad) {
    const record = at;
    let lines: u32 = 1;
    let field: u32 = 0;
    let found: u32 = 0;
    let bad: u32 = NOTHING;
    let badFrom: usize = 0;
    let badTo: usize = 0;
    let whole = false;
    store<u32>(STREAMS + (row << 2), stream);
    store<i64>(IDS + (row << 3), id);
    while (true) {
      const role = field < columns ? <u32>load<u8>(ROLES + field) : NOTHING;
      let from = at;
      let to: usize;
      let end: usize;
      if (at < stop && load<u8>(at) == QUOTE) {
        from = ++at;
        while (at < stop) {
          const code = load<u8>(at);
          if (code == QUOTE) {
            // A quote is written twice; in a column that is read it is wrong either way.
            if (at + 1 == stop || load<u8>(at + 1) != QUOTE) break;
            at++;
          } else if (code == FEED) {
            lines++;
          }
          at++;
        }
        to = at;
        if (at == stop) {
          if (!last) break;
          if (bad == NOTHING) {
            bad = OPEN_QUOTE;
            badFrom = from - 1;
            badTo = stop;
          }
        }
        if (at < stop) at++;
        end = fieldEnd(at, stop, separator);
        const after = end > at && load<u8>(end - 1) == RETURN && (end == stop || load<u8>(end) == FEED) ? end - 1 : end;
        if (bad == NOTHING && after > at) {
          bad = AFTER_QUOTE;
          badFrom = from - 1;
          badTo = after;
        }
      } else {
        end = fieldEnd(at, stop, separator);
        to = end;
        if (to > from && load<u8>(to - 1) == RETURN && (end == stop || load<u8>(end) == FEED)) to--;
      }
      if (end == stop && !last) break;
      if (role != NOTHING) {
        found++;
        if (bad == NOTHING && !readField(role, from, to, row)) {
          bad = role;
          badFrom = from;
          badTo = to;
        }
      }
      at = end < stop ? end + 1 : end;
      field++;
      if (end == stop || load<u8>(end) == FEED) {
        // A line with nothing on it is no row.
        if (field == 1 && to == record) bad = BLANK;
        whole = true;
        break;
      }
    }
    if (!whole) {
      at = record;
      break;
    }
    if (bad == NOTHING && found < wanted) {
      bad = MISSING;
      badFrom = record;
      badTo = at;
    }
    if (bad == NOTHING) {
      row++;
      id += step;
    } else {
      forgetSlowRow(row);
      if (bad != BLANK) noteBad(linesRead, bad, badFrom, badTo);
    }
    linesRead += lines;
  }
  bytesRead = <u32>(at - WINDOW);
  return row;
}
