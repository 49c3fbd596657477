// Writes rows as lines of slugs in their canonical layout (shown in slug_canonical.ts).
import {
  LAST_START, AREA, AREA_STREAM, DEVICE, DEVICES, DEVICE_STREAM, INDEXES, KINDS, LINE, LINE_STREAM, PARENTS, SITE, SITE_STREAM, STARTS,
  STREAMER, TEXT, VARIABLE, VARIABLES,
} from "./slug_rows";

/** Sixteen hexadecimal digits of a value. */
function digits(value: u64): v128 {
  const bytes = i64x2.splat(bswap<u64>(value));
  const high = i8x16.shr_u(bytes, 4);
  const low = v128.and(bytes, i8x16.splat(15));
  const nibbles = i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return i8x16.swizzle(i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102), nibbles);
}

/** Writes hhhh-hhhh at `at`, and some more bytes, which the caller overwrites. */
function putPair(at: usize, value: u32): usize {
  const text = i8x16.shuffle(digits(<u64>value << 32), i8x16.splat(0x2d), 0, 1, 2, 3, 16, 4, 5, 6, 7, 16, 16, 16, 16, 16, 16, 16);
  v128.store(at, text);
  return at + 9;
}

/** Writes hhhh-hhhh-hhhh-hhhh at `at`. */
function putQuad(at: usize, value: u64): usize {
  return putPair(putPair(at, <u32>(value >> 32)) + 1, <u32>value);
}

function putDecimal(at: usize, value: i64): usize {
  for (let i = 15; i >= 0; i--) {
    store<u8>(at + i, 48 + <u8>(value % 10));
    value /= 10;
  }
  return at + 16;
}

function prefixOf(kind: u32): u32 {
  if (kind == LINE) return 0x2d2d6c70;
  if (kind == SITE) return 0x2d2d7370;
  if (kind == AREA) return 0x2d2d6170;
  if (kind == LINE_STREAM) return 0x2d2d6c73;
  if (kind == SITE_STREAM) return 0x2d2d7373;
  return kind == AREA_STREAM ? 0x2d2d6173 : 0x2d2d6473;
}

/** Writes rows as lines at TEXT. Returns their length in bytes, or −1 − row for the first row that is not a slug. */
export function slugFormatLines(rows: u32): i32 {
  let at = TEXT;
  for (let row: u32 = 0; row < rows; row++) {
    const kind = <u32>load<u8>(KINDS + row);
    if (kind == VARIABLE) {
      at = putPair(at, load<u32>(VARIABLES + (row << 2)));
    } else if (kind == DEVICE || kind == STREAMER) {
      store<u32>(at, kind == DEVICE ? 0x2d2d64 : 0x2d2d74);
      at = putQuad(at + 3, load<u64>(DEVICES + (row << 3)));
      if (kind == STREAMER) {
        const index = load<u32>(INDEXES + (row << 2));
        if (index > 0xffff) return -1 - <i32>row;
        store<u16>(at, 0x2d2d);
        v128.store64_lane(at + 2, digits(<u64>index << 48), 0);
        at += 6;
      }
    } else if (kind > 0 && kind <= DEVICE_STREAM) {
      store<u32>(at, prefixOf(kind));
      at = putPair(at + 4, load<u32>(PARENTS + (row << 2)));
      if (kind >= LINE_STREAM) {
        at = putQuad(at + 2, load<u64>(DEVICES + (row << 3)));
        at = putPair(at + 2, load<u32>(VARIABLES + (row << 2)));
        const start = load<i64>(STARTS + (row << 3));
        if (start < -1 || start > <i64>LAST_START) return -1 - <i32>row;
        if (start >= 0) at = putDecimal(at + 2, start);
      }
    } else if (kind != 0) {
      return -1 - <i32>row;
    }
    store<u8>(at, 10);
    at++;
  }
  return <i32>(at - TEXT);
}
