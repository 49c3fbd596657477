// Reads one field of a row into its column, by its role. A field that is not plain is left to the host: nothing is
// rejected here.
import {
  DEVICES, GOOD, IDS, KEY_BYTES, KNOWN, KNOWN_BYTES, KNOWN_SLOTS, SCRATCH, SCRATCH_BYTES, SLOW, SLOW_BYTES, STREAMS, TAG_BYTES, TAG_SLOTS, TAG_TEXTS, TAGS,
  VALUES, WINDOW,
} from "./csv_layout";
import { decimal, device, expectsDevice, expectsStream, good, hasTags, ids, stream, thousands } from "./csv_plan";
import { NO_NUMBER, number, readNumber, SLOW_NUMBER } from "./float";
import { atEnd, begin, readGroups, value } from "./slug_groups";
import { canonicalPair, canonicalQuad, digits } from "./slug_canonical";

/** The number of values that are left to the host. */
export let slowValues: u32 = 0;
/** Which streams were read, as bits: 1 for decimal digits alone, 2 for others. */
export let bareStreams: u32 = 0;
/** The value that was read. */
export let result: f64 = 0;
/** The scale and offset of the row's tag, which change its value. */
export let scale: f64 = 1;
export let offset: f64 = 0;

export function forgetSlowValues(): void {
  slowValues = 0;
}

/** Removes a row from the values that are left to the host. */
export function forgetSlowRow(row: u32): void {
  if (slowValues > 0 && load<u32>(SLOW + (slowValues - 1) * SLOW_BYTES) == row) slowValues--;
}

/** Resets scale and offset for a new row. */
@inline
export function clearTag(): void {
  if (!hasTags) return;
  scale = 1;
  offset = 0;
}

/** The kind of the row's stream: decimal digits alone (1) or others (2); 0 if the row has no stream. */
let kind: u32 = 0;

/** Records the kind of stream of a row that has been read. */
@inline
export function keepKind(): void {
  bareStreams |= kind;
}

/** The slot of a stream of four characters; multiplying by 2^32 / golden ratio spreads texts that are similar. */
@inline
function knownSlot(text: u32): usize {
  return KNOWN + (text * 2654435769 >> 24) * KNOWN_BYTES;
}

/** Looks up a stream of four characters that has been read before by the same plan. */
@inline
export function takeKnown(from: usize, row: u32): bool {
  const text = load<u32>(from);
  const slot = knownSlot(text);
  const found = load<u32>(slot, 8);
  if (load<u32>(slot) != text || found == 0) return false;
  kind = found;
  store<u32>(STREAMS + (row << 2), load<u32>(slot, 4));
  return true;
}

/** Forgets the streams of another plan. */
export function forgetKnown(): void {
  memory.fill(KNOWN, 0, KNOWN_SLOTS * KNOWN_BYTES);
}

/** Resets the kinds of streams for a new scan. */
export function clearBare(): void {
  bareStreams = 0;
  kind = 0;
}

/** Reads a value. If the host's parser must read it and `row` is valid, it is recorded for that row. */
export function readValue(from: usize, to: usize, row: u32): bool {
  if (thousands != 0) {
    const plain = withoutThousands(from, to);
    if (plain != 0) {
      to = plain;
      from = SCRATCH;
    } else if (hasThousands) return false;
  }
  const kind = readNumber(from, to);
  if (kind == NO_NUMBER) return false;
  if (kind == SLOW_NUMBER) {
    if (decimal != 0x2e || from == SCRATCH || row == u32.MAX_VALUE || scale != 1 || offset != 0) return false;
    const entry = SLOW + slowValues++ * SLOW_BYTES;
    store<u32>(entry, row);
    store<u32>(entry, <u32>(from - WINDOW), 4);
    store<u32>(entry, <u32>(to - WINDOW), 8);
    result = 0;
    return true;
  }
  result = number;
  return true;
}

let hasThousands: bool = false;

/** Copies a number without its separators to SCRATCH. Returns its end, 0 if it has no separators or wrong ones. */
function withoutThousands(from: usize, to: usize): usize {
  hasThousands = false;
  for (let p = from; p < to; p++) {
    const code = <u32>load<u8>(p);
    if (code == thousands || code >= 0x80) {
      hasThousands = true;
      break;
    }
  }
  if (!hasThousands || to - from >= SCRATCH_BYTES) return 0;
  let at = from;
  let out = SCRATCH;
  const sign = load<u8>(at);
  if (sign == 0x2b || sign == 0x2d) store<u8>(out++, load<u8>(at++));
  let group: u32 = 0;
  let first = true;
  for (; at < to; at++) {
    const code = <u32>load<u8>(at);
    if (code - 48 <= 9) {
      if (++group > 3) return 0;
      store<u8>(out++, code);
    } else if (code == thousands) {
      if (first ? group == 0 : group != 3) return 0;
      first = false;
      group = 0;
    } else {
      break;
    }
  }
  if (first || group != 3) return 0;
  for (; at < to; at++) {
    const code = load<u8>(at);
    if (code == thousands) return 0;
    store<u8>(out++, code);
  }
  return out;
}

/** Reads a variable id, or a tag. */
export function readStream(from: usize, to: usize, row: u32): bool {
  const length = to - from;
  let found: u32;
  if (hasTags) {
    const slot = tagOf(from, <u32>length);
    if (slot == 0) return false;
    found = load<u32>(slot, 12);
    scale = load<f64>(slot, 16);
    offset = load<f64>(slot, 24);
    store<u8>(slot, 1, 32);
  } else if (length == 4 && ids < 2) {
    const text = load<u32>(from);
    begin(from, to);
    if (readGroups(32) != 0 || !atEnd()) return false;
    found = <u32>value;
    if (expectsStream && found != stream) return false;
    kind = ids == 0 && (text & 0x40404040) == 0 ? 1 : 2;
    const slot = knownSlot(text);
    store<u32>(slot, text);
    store<u32>(slot, found, 4);
    store<u32>(slot, kind, 8);
  } else if (length == 9 && canonicalPair(from)) {
    found = <u32>digits;
    kind = 2;
  } else if (ids == 2 && length <= 10) {
    let sum: u64 = 0;
    for (; from < to; from++) {
      const digit = <u32>load<u8>(from) - 48;
      if (digit > 9) return false;
      sum = sum * 10 + digit;
    }
    if (length == 0 || sum > 0xffffffff) return false;
    found = <u32>sum;
    kind = 2;
  } else {
    return false;
  }
  if (expectsStream && found != stream) return false;
  store<u32>(STREAMS + (row << 2), found);
  return true;
}

/** The slot of a tag; 0 if the tag is unknown. */
function tagOf(from: usize, length: u32): usize {
  let hash: u32 = 2166136261;
  for (let i: u32 = 0; i < length; i++) hash = (hash ^ load<u8>(from + i)) * 16777619;
  let index = hash & (TAG_SLOTS - 1);
  while (true) {
    const slot = TAGS + index * TAG_BYTES;
    index = (index + 1) & (TAG_SLOTS - 1);
    const size = load<u32>(slot, 8);
    if (size == 0) return 0;
    if (load<u32>(slot) == hash && size == length && memory.compare(TAG_TEXTS + load<u32>(slot, 4), from, length) == 0) {
      return slot;
    }
  }
}

/** Reads a device slug in its canonical layout. */
export function readDevice(from: usize, to: usize, row: u32): bool {
  const prefix = load<u32>(from) & 0xffffff;
  if (prefix != 0x2d2d64 && prefix != 0x2d2d6d) return false;
  from += 3;
  let found: u64;
  if (to - from == 19 && canonicalQuad(from)) found = digits;
  else {
    if (from >= to) return false;
    begin(from, to);
    if (readGroups(64) != 0 || !atEnd()) return false;
    found = value;
  }
  if (expectsDevice && found != device) return false;
  store<u64>(DEVICES + (row << 3), found);
  return true;
}

/** Reads a reading id: decimal digits, below 2^64. */
export function readId(from: usize, to: usize, row: u32): bool {
  let id: u64 = 0;
  if (from == to) return false;
  for (; from < to; from++) {
    const digit = <u64>load<u8>(from) - 48;
    if (digit > 9 || id > 1844674407370955161 || (id == 1844674407370955161 && digit > 5)) return false;
    id = id * 10 + digit;
  }
  store<u64>(IDS + (row << 3), id);
  return true;
}

/** The good quality that was read last, if it has up to eight characters, and its length. */
let goodText: u64 = 0;
let goodLength: u32 = 0;

export function forgetGood(): void {
  goodLength = 0;
}

/** Whether a quality is one of the good ones. Reads up to 8 bytes past the end. */
export function isGood(from: usize, to: usize): bool {
  const length = <u32>(to - from);
  const isShort = length - 1 < 8;
  const text = isShort ? load<u64>(from) << (<u64>(8 - length) << 3) : 0;
  if (isShort && length == goodLength && text == goodText) return true;
  for (let i: u32 = 0; i < good; i++) {
    const entry = GOOD + i * KEY_BYTES;
    if (load<u8>(entry) == length && memory.compare(entry + 1, from, length) == 0) {
      if (isShort) {
        goodText = text;
        goodLength = length;
      }
      return true;
    }
  }
  return false;
}

/** Applies the scale and offset of the row's tag to its value. */
@inline
export function applyTag(row: u32): void {
  if (!hasTags || (scale == 1 && offset == 0)) return;
  const at = VALUES + (row << 3);
  store<f64>(at, load<f64>(at) * scale + offset);
}
