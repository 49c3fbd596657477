/**
 * Waveforms: msgpack numbers in a row, in one loop over all types.
 *
 * @module
 */

/** Where the numbers that were read last end. */
export let numbersEnd = 0;

/** Whether it begins a float of 64 bits or an integer of up to 32. */
export function isNumber(byte: number): boolean {
  return byte < 0x80 || byte >= 0xe0 || byte >= 0xcb && byte <= 0xd2 && byte !== 0xcf;
}

/**
 * Reads floats of 64 bits and integers of up to 32 into `result`, from index `i` on, until there are `length`. It stops at anything
 * else, and nine bytes before the end, where the next one may be cut off.
 *
 * @returns The index after the last one; `numbersEnd` is where that ends.
 */
export function readNumbers(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  result: unknown[],
  i: number,
  length: number,
): number {
  const last = end - 9;
  for (; i < length && at <= last; i++) {
    const byte = bytes[at];
    if (byte === 0xcb) {
      result[i] = view.getFloat64(at + 1);
      at += 9;
    } else if (byte < 0x80) {
      result[i] = byte;
      at += 1;
    } else if (byte === 0xcd) {
      result[i] = view.getUint16(at + 1);
      at += 3;
    } else if (byte === 0xd1) {
      result[i] = view.getInt16(at + 1);
      at += 3;
    } else if (byte === 0xcc) {
      result[i] = bytes[at + 1];
      at += 2;
    } else if (byte >= 0xe0) {
      result[i] = byte - 0x100;
      at += 1;
    } else if (byte === 0xd0) {
      result[i] = view.getInt8(at + 1);
      at += 2;
    } else if (byte === 0xce) {
      result[i] = view.getUint32(at + 1);
      at += 5;
    } else if (byte === 0xd2) {
      result[i] = view.getInt32(at + 1);
      at += 5;
    } else break;
  }
  numbersEnd = at;
  return i;
}
