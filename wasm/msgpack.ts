// Skips msgpack values and checks them: lengths against the rest of the input, one budget for all levels of
// nesting, depth, UTF-8, kinds of keys, timestamps. Skipping can stop at any element where the window
// ends, and continue in the next window.
//
// A container that declares n elements needs n bytes at least. `owed` counts the elements of all open
// containers that are not read yet. It never exceeds the rest of the input, so a few bytes cannot make a reader reserve
// much memory.
import { MAX_DEPTH, SKIP_STACK } from "./layout";
import { swapBytes16, swapBytes32 } from "./bytes";
import { isUtf8Unsafe } from "./utf8";

// The reasons why a decoder stops; see constants.ts. src/codec/decode_faults.ts has the texts.
export const NEED: i32 = 1;
export const TRUNCATED: i32 = -1;
export const BAD_BYTE: i32 = -2;
export const BAD_UTF8: i32 = -3;
export const BAD_KEY: i32 = -4;
export const TOO_DEEP: i32 = -5;
export const BAD_EXT: i32 = -6;
export const VALUE_KEY: i32 = -7;

/** The position where a scan has stopped, and the reason. */
export let at: usize = 0;
export let fault: i32 = 0;

let windowEnd: usize = 0;
let bytesBeyond: u64 = 0;
let maxDepth: u32 = 512;
let depth: u32 = 0;
let owed: u64 = 0;
/** Whether the outermost value is summary data, which must not have a key "value". */
let isSummary: bool = false;

/** Sets the window: its end, the bytes of the input after it, the maximum nesting. */
export function setWindow(end: usize, beyond: u64, levels: u32): void {
  windowEnd = end;
  bytesBeyond = beyond;
  maxDepth = levels < MAX_DEPTH ? levels : MAX_DEPTH;
}

export function stop(p: usize, why: i32): bool {
  at = p;
  fault = why;
  return false;
}

/** Stops at `p` because `length` bytes from there do not fit the window. */
export function lack(p: usize, length: u64): bool {
  return stop(p, length > <u64>(windowEnd - p) + bytesBeyond ? TRUNCATED : NEED);
}

/** Prepares to skip a value. */
export function beginSkip(summary: bool): void {
  depth = 0;
  owed = 0;
  isSummary = summary;
}

/** Whether the five bytes at `p` are "value". */
function isValue(p: usize): bool {
  return load<u32>(p) == 0x756c6176 && load<u8>(p, 4) == 0x65;
}

/** Whether the reference implementation reads an extension value of this code and form. */
function isExt(code: u32, body: usize, length: u64): bool {
  if (code < 0x80) return true;
  if (code != 0xff) return false;
  if (length == 4) return true;
  if (length == 8) return swapBytes32(load<u32>(body)) >> 2 < 1000000000;
  return length == 12 && swapBytes32(load<u32>(body)) < 1000000000;
}

/** Whether four values of `size` bytes at `p` all begin with `type`. */
@inline
function areFour(p: usize, size: usize, type: u32): bool {
  const a = <u32>load<u8>(p), b = <u32>load<u8>(p + size), c = <u32>load<u8>(p + 2 * size), d = <u32>load<u8>(p + 3 * size);
  return (a & b & c & d) == type && (a | b | c | d) == type;
}

/**
 * Skips the numbers of a waveform if `p` is in an array: as many as the window has, without the array's last element.
 * Each type has its own loop over a run, whose steps do not depend on the bytes that they skip.
 */
function skipNumbers(p: usize, end: usize): usize {
  const cell = SKIP_STACK + (<usize>depth << 3);
  const left = load<u64>(cell);
  if (left & 1) return p;
  const most = <u32>min<u64>((left >> 2) - 1, 0xffffffff);
  let wanted = most;
  let q = p;
  while (wanted && q + 9 <= end) {
    const b = <u32>load<u8>(q);
    if (b < 0x80) {
      while (wanted >= 8 && q + 8 <= end && !(load<u64>(q) & 0x8080808080808080)) {
        q += 8;
        wanted -= 8;
      }
      while (wanted && q < end && load<u8>(q) < 0x80) {
        q += 1;
        wanted--;
      }
    } else if (b == 0xcb) {
      while (wanted >= 4 && q + 36 <= end && areFour(q, 9, 0xcb)) {
        q += 36;
        wanted -= 4;
      }
      while (wanted && q + 9 <= end && load<u8>(q) == 0xcb) {
        q += 9;
        wanted--;
      }
    } else if (b == 0xcd || b == 0xd1) {
      while (wanted >= 4 && q + 12 <= end && areFour(q, 3, b)) {
        q += 12;
        wanted -= 4;
      }
      while (wanted && q + 3 <= end && load<u8>(q) == b) {
        q += 3;
        wanted--;
      }
    } else if (b >= 0xcc && b <= 0xd3) {
      q += 1 + (1 << (b & 3));
      wanted--;
    } else if (b >= 0xe0) {
      q += 1;
      wanted--;
    } else {
      break;
    }
  }
  const skipped = most - wanted;
  owed -= skipped;
  store<u64>(cell, left - (<u64>skipped << 2));
  return q;
}

/**
 * Continues from `p` to the end of the value that `beginSkip` prepared for. If it returns false, `at` and `fault` say
 * where and why; after NEED, the next call continues there. `passed`: the caller has read the scalar at `p`.
 */
export function skip(p: usize, passed: bool): bool {
  const end = windowEnd;
  while (true) {
    let wantsKey = false;
    if (depth) wantsKey = (load<u64>(SKIP_STACK + (<usize>depth << 3)) & 3) == 1;
    if (passed) {
      passed = false;
      if (depth) owed--;
    } else {
      if (p >= end) return lack(p, 1);
      let b = <u32>load<u8>(p);
      if (depth && !wantsKey && (b < 0x80 || b >= 0xe0 || b >= 0xcb && b <= 0xd3)) {
        p = skipNumbers(p, end);
        if (p >= end) return lack(p, 1);
        b = load<u8>(p);
      }
      let size: u32 = 1;
      let count: u64 = 0;
      let opens = false; // a container
      if (b >= 0xa0 && b < 0xc0) {
        size = 1 + (b & 31);
        if (p + size > end) return lack(p, size);
        if (!isUtf8Unsafe(p + 1, b & 31)) return stop(p, BAD_UTF8);
        if (wantsKey && b == 0xa5 && depth == 1 && isSummary && isValue(p + 1)) return stop(p, VALUE_KEY);
      } else if (b >= 0xc4 && b <= 0xc9 || b >= 0xd9 && b <= 0xdb) {
        // Text, bytes and extension values with a separate length.
        const isText = b >= 0xd9, isExtension = b >= 0xc7 && !isText;
        const width: u32 = 1 << (isText ? b - 0xd9 : (b - 0xc4) % 3);
        const head = 1 + width + u32(isExtension);
        if (p + head > end) return lack(p, head);
        const length = width == 1 ? <u32>load<u8>(p, 1) : width == 2 ? swapBytes16(load<u16>(p, 1)) : swapBytes32(load<u32>(p, 1));
        if (wantsKey && isExtension) return stop(p, BAD_KEY);
        if (<u64>(end - p) < <u64>head + length) return lack(p, <u64>head + length);
        const body = p + head;
        if (isText) {
          if (!isUtf8Unsafe(body, length)) return stop(p, BAD_UTF8);
          if (wantsKey && length == 5 && depth == 1 && isSummary && isValue(body)) return stop(p, VALUE_KEY);
        } else if (isExtension && !isExt(load<u8>(body - 1), body, length)) return stop(p, BAD_EXT);
        size = head + length;
      } else if (wantsKey) {
        return stop(p, BAD_KEY);
      } else if (b >= 0x80 && b < 0xa0) {
        opens = true;
        count = b < 0x90 ? (b & 15) << 1 : b & 15;
      } else if (b >= 0xdc && b <= 0xdf) {
        opens = true;
        size = b & 1 ? 5 : 3;
        if (p + size > end) return lack(p, size);
        count = b & 1 ? swapBytes32(load<u32>(p, 1)) : swapBytes16(load<u16>(p, 1));
        if (b >= 0xde) count <<= 1;
      } else if (b >= 0xca && b <= 0xd3) {
        size = b < 0xcc ? 5 + ((b & 1) << 2) : 1 + (1 << (b & 3));
        if (p + size > end) return lack(p, size);
      } else if (b >= 0xd4 && b <= 0xd8) {
        size = 2 + (1 << (b - 0xd4));
        if (p + size > end) return lack(p, size);
        if (!isExt(load<u8>(p, 1), p + 2, size - 2)) return stop(p, BAD_EXT);
      } else if (b == 0xc1) {
        return stop(p, BAD_BYTE);
      }
      if (opens) {
        if (depth == maxDepth) return stop(p, TOO_DEEP);
        if (owed - u64(depth != 0) + count + size > <u64>(end - p) + bytesBeyond) return stop(p, TRUNCATED);
        p += size;
        if (depth) owed--;
        if (count) {
          owed += count;
          depth++;
          // Bit 0: it is a map; bit 1: a key has been read; from bit 2 on: the elements that are left.
          const isMap = b < 0x90 || b >= 0xde;
          store<u64>(SKIP_STACK + (<usize>depth << 3), count << 2 | u64(isMap));
          continue;
        }
      } else {
        p += size;
        if (depth) owed--;
      }
    }
    // One value is complete: close the containers that it completes.
    while (true) {
      if (!depth) {
        at = p;
        return true;
      }
      const cell = SKIP_STACK + (<usize>depth << 3);
      let left = load<u64>(cell) - 4;
      if (left & 1) left ^= 2;
      store<u64>(cell, left);
      if (left >> 2) break;
      depth--;
    }
  }
}
