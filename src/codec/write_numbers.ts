/**
 * Writes arrays of numbers as msgpack: typed arrays, and runs of numbers in ordinary arrays.
 *
 * @module
 */
import { arena } from "./arena.ts";
import type { ValueSink } from "./value_sink.ts";

/** Arrays of at least this many floats are encoded in linear memory. */
const MANY_FLOATS = 32;
/** The number of array elements that are gathered at a time. */
const GATHERED = 1024;

/**
 * A buffer for numbers before they are copied to linear memory. Reading an array may run the caller's code (a proxy, or
 * getters), which may encode another report, so all numbers are read before linear memory is written.
 */
let idle: Float64Array | undefined;

/** Writes a typed array: floats as floats, whatever their value, integers as integers. */
export function writeNumbers(writer: ValueSink, numbers: ArrayLike<number | bigint>): void {
  const { length } = numbers;
  writer.head(0x90, 0xdc, length);
  writer.reserve(9 * length);
  if (
    length >= MANY_FLOATS && (numbers instanceof Float64Array || numbers instanceof Float32Array)
  ) return writeFloats(writer, numbers);
  const isFloat = Object.prototype.toString.call(numbers).startsWith("[object Float");
  for (let i = 0; i < length; i++) {
    const number = numbers[i];
    if (typeof number === "bigint") writer.bigint(number);
    else if (isFloat) writer.float(number);
    else writer.integer(number);
  }
}

/** Writes floats by way of linear memory, where the bytes of two at a time are reversed. */
function writeFloats(writer: ValueSink, floats: Float64Array | Float32Array): void {
  const { kernel, values, out, chunk } = arena();
  for (let from = 0; from < floats.length; from += chunk) {
    const part = floats.subarray(from, from + chunk);
    values.set(part);
    kernel.encodeFloats(part.length);
    writer.bytes.set(out.subarray(0, 9 * part.length), writer.length);
    writer.length += 9 * part.length;
  }
}

/**
 * Writes the elements of an array from `from` on, as long as they are numbers: safe integers as integers, all others as
 * floats.
 *
 * @returns The index of the first element that is not a number, or the length.
 */
export function writeNumberRun(
  writer: ValueSink,
  value: readonly unknown[],
  from: number,
): number {
  const gathered = idle ?? new Float64Array(GATHERED);
  idle = undefined;
  const { length } = value;
  let i = from;
  for (let isNumber = true; isNumber && i < length;) {
    let count = 0;
    const most = Math.min(GATHERED, length - i);
    for (; count < most; count++) {
      const item = value[i + count];
      if (typeof item !== "number") {
        isNumber = false;
        break;
      }
      gathered[count] = item;
    }
    if (count > 0) {
      const { kernel, values, out } = arena();
      values.set(count === GATHERED ? gathered : gathered.subarray(0, count));
      const size = kernel.encodeNumbers(count);
      writer.reserve(size);
      writer.bytes.set(out.subarray(0, size), writer.length);
      writer.length += size;
      i += count;
    }
  }
  idle = gathered;
  return i;
}
