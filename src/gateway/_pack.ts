/**
 * Packs columns of readings into few bytes, and back: the form in which a queue stores a batch, without ids.
 *
 * ```
 * u8 flags   u32 readings
 * streams    one stream: u32; otherwise u16 n, n × u32, then an index of 1 byte (n ≤ 256) or 4 per reading
 * times      two doubles (first, first difference), then differences of differences as varints; or i64
 * values     u8 decimals and differences as varints, if every value is a decimal number of up to 9
 *            digits after the point; the same, and then a byte per reading for its last bits, if every
 *            value is next to such a number, as sums are (0.1 + 0.2); otherwise the eight bytes of all
 *            doubles, byte by byte of the double
 * free-form  msgpack: summary and raw data of each reading
 * ```
 * Each part compresses well because equal bytes are neighbours; zstd or deflate compresses them.
 *
 * @module
 */
import { isMap } from "../_is_record.ts";
import { ValueReader } from "../codec/value_reader.ts";
import { ValueWriter } from "../codec/value_writer.ts";
import type { ReadingColumns, SummaryData } from "../readings/reading_columns.ts";

const ONE_STREAM = 1, FREE_FORM = 2, WIDE_TIMES = 4, DECIMALS = 8, WIDE_INDEX = 16, NEAR = 32;
/** Doubles up to this size represent every integer, even after a subtraction. */
const LARGEST = 2 ** 51;
/**
 * The most bits of the decimal number, and the most doubles between it and a value that is stored as "next to"
 * it.
 */
const NEAR_WHOLE = 2 ** 42, NEAR_BITS = 4;
const POWERS = Array.from({ length: 10 }, (_, digits) => 10 ** digits);

/** Columns without ids. */
export type BareColumns = Omit<ReadingColumns, "readingIds">;

let scratch = new Uint8Array(1 << 16);
let view = new DataView(scratch.buffer);
let at = 0;

function reserve(size: number): void {
  if (at + size <= scratch.length) return;
  const larger = new Uint8Array(Math.max(2 * scratch.length, at + size));
  larger.set(scratch.subarray(0, at));
  scratch = larger;
  view = new DataView(scratch.buffer);
}

/** Writes an integer of up to 53 bits, small ones of either sign in few bytes; returns the index after it. */
function putVarint(bytes: Uint8Array, to: number, value: number): number {
  let i = to;
  if (value >= -0x40000000 && value < 0x40000000) {
    let rest = value << 1 ^ value >> 31;
    while (rest >= 128) {
      bytes[i++] = rest & 127 | 128;
      rest >>>= 7;
    }
    bytes[i++] = rest;
    return i;
  }
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest >= 128) {
    bytes[i++] = rest % 128 | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[i++] = rest;
  return i;
}

/**
 * Packs rows of columns.
 *
 * @param columns The columns.
 * @param from The first row.
 * @param to The row after the last.
 * @returns The bytes, which the next call overwrites.
 */
export function packColumns(columns: BareColumns, from = 0, to = columns.length): Uint8Array {
  const length = to - from;
  at = 5;
  reserve(length * 32 + 64);
  let flags = putStreams(columns.streams, from, to);
  flags |= putTimes(columns.timestamps, from, to);
  flags |= putValues(columns.values, from, to);
  const { summaryData, rawData } = columns;
  if (hasAny(summaryData, from, to) || hasAny(rawData, from, to)) {
    flags |= FREE_FORM;
    const writer = new ValueWriter();
    for (let row = from; row < to; row++) {
      writer.write(summaryData?.[row] ?? null, 0);
      writer.write(rawData?.[row] ?? null, 0);
    }
    reserve(writer.length);
    scratch.set(writer.bytes.subarray(0, writer.length), at);
    at += writer.length;
  }
  scratch[0] = flags;
  view.setUint32(1, length, true);
  return scratch.subarray(0, at);
}

function hasAny(column: readonly unknown[] | undefined, from: number, to: number): boolean {
  if (column === undefined) return false;
  for (let row = from; row < to; row++) {
    if (column[row] !== undefined && column[row] !== null) return true;
  }
  return false;
}

function putStreams(streams: Uint32Array, from: number, to: number): number {
  if (isSame(streams, from, to)) {
    view.setUint32(at, streams[from] ?? 0, true);
    at += 4;
    return ONE_STREAM;
  }
  const indexes = new Map<number, number>();
  for (let row = from; row < to; row++) {
    if (!indexes.has(streams[row]!)) indexes.set(streams[row]!, indexes.size);
  }
  const wide = indexes.size > 256;
  reserve((to - from) * 36 + 4 * indexes.size + 64);
  view.setUint32(at, indexes.size, true);
  at += 4;
  for (const stream of indexes.keys()) {
    view.setUint32(at, stream, true);
    at += 4;
  }
  for (let row = from; row < to; row++) {
    const index = indexes.get(streams[row]!)!;
    if (wide) view.setUint32(at, index, true);
    else scratch[at] = index;
    at += wide ? 4 : 1;
  }
  return wide ? WIDE_INDEX : 0;
}

function isSame(streams: Uint32Array, from: number, to: number): boolean {
  const first = streams[from];
  for (let row = from + 1; row < to; row++) if (streams[row] !== first) return false;
  return true;
}

/** Times are read as 32-bit halves: a bigint for each of them would cost more than everything else. */
function putTimes(times: BigInt64Array, from: number, to: number): number {
  const halves = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
  const bytes = scratch;
  let i = at;
  let last = 0;
  let step = 0;
  for (let row = from; row < to; row++) {
    const time = halves[2 * row + 1]! * 2 ** 32 + (halves[2 * row]! >>> 0);
    if (!(Math.abs(time) < LARGEST)) {
      for (let row = from; row < to; row++, at += 8) view.setBigInt64(at, times[row]!, true);
      return WIDE_TIMES;
    }
    const difference = time - last;
    const change = difference - step;
    if (change === 0) bytes[i++] = 0;
    else i = putVarint(bytes, i, change);
    step = row === from ? 0 : difference;
    last = time;
  }
  at = i;
  return 0;
}

function putValues(values: Float64Array, from: number, to: number): number {
  let flags = DECIMALS;
  let digits = digitsOf(values, from, to, isDecimal);
  if (digits < 0) {
    flags |= NEAR;
    digits = digitsOf(values, from, to, isNear);
  }
  const bytes = scratch;
  if (digits < 0) {
    putBytes(bytes, values, from, to);
    return 0;
  }
  let i = at;
  bytes[i++] = digits;
  const power = POWERS[digits]!;
  let last = 0;
  for (let row = from; row < to; row++) {
    const value = Math.round(values[row]! * power);
    i = putVarint(bytes, i, value - last);
    last = value;
  }
  if (flags & NEAR) {
    for (let row = from; row < to; row++) {
      const value = values[row]!;
      bytes[i++] = NEAR_BITS + distance(value, Math.round(value * power) / power);
    }
  }
  at = i;
  return flags;
}

/**
 * All doubles, transposed: first the first byte of each, then the second and so on. One pass over them takes a
 * third of the time of one pass for each byte.
 */
function putBytes(bytes: Uint8Array, values: Float64Array, from: number, to: number): void {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const length = to - from;
  let i = at;
  for (let row = from; row < to; row++, i++) {
    const low = halves[2 * row]!;
    const high = halves[2 * row + 1]!;
    bytes[i] = low;
    bytes[i + length] = low >> 8;
    bytes[i + 2 * length] = low >> 16;
    bytes[i + 3 * length] = low >> 24;
    bytes[i + 4 * length] = high;
    bytes[i + 5 * length] = high >> 8;
    bytes[i + 6 * length] = high >> 16;
    bytes[i + 7 * length] = high >> 24;
  }
  at += 8 * length;
}

/** How many digits after the point are enough for every value; −1 if no number is. */
function digitsOf(
  values: Float64Array,
  from: number,
  to: number,
  fits: (value: number, power: number) => boolean,
): number {
  let digits = 0;
  /** The rows before this one were checked with fewer digits. */
  let checked = from;
  for (let row = from; row < to; row++) {
    while (!fits(values[row]!, POWERS[digits]!)) {
      if (++digits === POWERS.length) return -1;
      checked = row;
    }
  }
  const power = POWERS[digits]!;
  for (let row = from; row < checked; row++) if (!fits(values[row]!, power)) return -1;
  return digits;
}

function isDecimal(value: number, power: number): boolean {
  const whole = Math.round(value * power);
  return Math.abs(whole) < LARGEST / 2 && whole / power === value && !Object.is(whole, -0);
}

function isNear(value: number, power: number): boolean {
  const whole = Math.round(value * power);
  return Math.abs(whole) < NEAR_WHOLE && !Object.is(whole, -0) &&
    Math.abs(distance(value, whole / power)) <= NEAR_BITS;
}

const pair = new Float64Array(2);
const pairHalves = new Int32Array(pair.buffer);

/** How many doubles `value` is after `base`; a number above the limit if they are far apart. */
function distance(value: number, base: number): number {
  pair[0] = value;
  pair[1] = base;
  return pairHalves[1] === pairHalves[3] ? pairHalves[0]! - pairHalves[2]! : Infinity;
}

/**
 * Reads what `packColumns` wrote. The caller has checked its CRC.
 *
 * @param bytes The bytes.
 * @returns The columns.
 */
export function unpackColumns(bytes: Uint8Array): BareColumns {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = bytes[0]!;
  const length = data.getUint32(1, true);
  let i = 5;
  const varint = (): number => {
    let factor = 1;
    let result = 0;
    for (;; factor *= 128) {
      const byte = bytes[i++]!;
      result += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
  };

  const streams = new Uint32Array(length);
  if (flags & ONE_STREAM) {
    streams.fill(data.getUint32(i, true));
    i += 4;
  } else {
    const table = new Uint32Array(data.getUint32(i, true));
    i += 4;
    for (let n = 0; n < table.length; n++, i += 4) table[n] = data.getUint32(i, true);
    for (let row = 0; row < length; row++) {
      streams[row] = table[flags & WIDE_INDEX ? data.getUint32(i, true) : bytes[i]!]!;
      i += flags & WIDE_INDEX ? 4 : 1;
    }
  }

  const timestamps = new BigInt64Array(length);
  if (flags & WIDE_TIMES) {
    for (let row = 0; row < length; row++, i += 8) timestamps[row] = data.getBigInt64(i, true);
  } else {
    const halves = new Int32Array(timestamps.buffer);
    let time = 0;
    let step = 0;
    for (let row = 0; row < length; row++) {
      const difference = varint() + step;
      time += difference;
      step = row === 0 ? 0 : difference;
      const high = Math.floor(time / 2 ** 32);
      halves[2 * row] = time - high * 2 ** 32;
      halves[2 * row + 1] = high;
    }
  }

  const values = new Float64Array(length);
  if (flags & DECIMALS) {
    const power = POWERS[bytes[i++]!]!;
    let whole = 0;
    for (let row = 0; row < length; row++) values[row] = (whole += varint()) / power;
    if (flags & NEAR) {
      const halves = new Int32Array(values.buffer);
      for (let row = 0; row < length; row++) halves[2 * row]! += bytes[i++]! - NEAR_BITS;
    }
  } else {
    const target = new Uint8Array(values.buffer);
    for (let byte = 0; byte < 8; byte++) {
      for (let n = byte; n < 8 * length; n += 8) target[n] = bytes[i++]!;
    }
  }

  if (!(flags & FREE_FORM)) return { length, streams, timestamps, values };
  const reader = new ValueReader(bytes, { offset: i });
  const summaryData: (SummaryData | null)[] = [];
  const rawData: unknown[] = [];
  for (let row = 0; row < length; row++) {
    const summary = reader.read();
    summaryData.push(isMap(summary) ? summary : null);
    rawData.push(reader.read());
  }
  return { length, streams, timestamps, values, summaryData, rawData };
}
