/**
 * Typed arrays to msgpack: arrays of numbers.
 *
 * @module
 */
import { arena } from "./arena.ts";
import type { ValueSink } from "./value_sink.ts";

/** From this length on, floats go through linear memory. */
const MANY_FLOATS = 32;

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

/** Floats through linear memory, where the bytes of two at a time are reversed. */
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
