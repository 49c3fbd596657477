/**
 * Reads waveforms: consecutive msgpack numbers, in one loop over all types.
 *
 * @module
 */

/** The end of the numbers that were read last. */
export let numbersEnd = 0;

/** Whether a float of 64 bits or an integer of up to 32 begins with this byte. */
export function isNumber(byte: number): boolean {
  return byte < 0x80 || byte >= 0xe0 || byte >= 0xcb && byte <= 0xd2 && byte !== 0xcf;
}

/**
 * Reads floats of 64 bits and integers of up to 32 into `result`, from index `i` on, until it has `length` elements. It
 * stops at any other value, and nine bytes before the end, where the next number may be cut off.
 *
 * @returns The index after the last number; `numbersEnd` is the end of its bytes.
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
