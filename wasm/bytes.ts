// Big-endian numbers, as msgpack has them, on a little-endian machine.

/** Reverses the order of eight bytes. */
export function swapBytes64(x: u64): u64 {
  const v = i64x2.splat(x);
  return i64x2.extract_lane(
    v128.shuffle<u8>(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0),
    0,
  );
}

/** Copies eight bytes in reverse order, without moving them through an integer register. */
@inline
export function copySwapped(to: usize, from: usize): void {
  const v = v128.load_splat<u64>(from);
  v128.store_lane<u64>(to, v128.shuffle<u8>(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0), 0);
}

/** Reverses the order of four bytes. */
@inline
export function swapBytes32(x: u32): u32 {
  return rotl<u32>(x & 0xff00ff00, 8) | rotr<u32>(x & 0x00ff00ff, 8);
}

/** Reverses the order of two bytes. */
@inline
export function swapBytes16(x: u32): u32 {
  return (x >> 8 | x << 8) & 0xffff;
}

/** The number of bytes of the shortest form of an unsigned 32-bit integer. */
@inline
export function sizeOfInt32(value: u32): u32 {
  return 1 + u32(value > 0x7f) + u32(value > 0xff) + 2 * u32(value > 0xffff);
}
