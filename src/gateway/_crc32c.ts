/**
 * CRC32C (Castagnoli), with eight tables. Every stored record ends with it.
 *
 * @module
 */

/** The polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const T = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  T[byte] = crc;
}
for (let i = 256; i < T.length; i++) T[i] = (T[i - 256]! >>> 8) ^ T[T[i - 256]! & 0xff]!;

/**
 * The CRC32C of bytes.
 *
 * @param bytes The bytes.
 * @param from The index of the first byte.
 * @returns An unsigned number of 32 bits.
 */
export function crc32c(bytes: Uint8Array, from = 0): number {
  let crc = -1;
  let i = from;
  for (const end = bytes.length - 7; i < end; i += 8) {
    crc ^= bytes[i]! | bytes[i + 1]! << 8 | bytes[i + 2]! << 16 | bytes[i + 3]! << 24;
    crc = T[1792 + (crc & 0xff)]! ^ T[1536 + (crc >>> 8 & 0xff)]! ^
      T[1280 + (crc >>> 16 & 0xff)]! ^ T[1024 + (crc >>> 24)]! ^
      T[768 + bytes[i + 4]!]! ^ T[512 + bytes[i + 5]!]! ^ T[256 + bytes[i + 6]!]! ^
      T[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ T[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}
