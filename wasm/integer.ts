// Reads msgpack integers that are not negative, in any form: shortest, longer than needed, signed.
import { swapBytes16, swapBytes32, swapBytes64 } from "./bytes";

/** The integer that `readInteger` read. */
export let integer: u64 = 0;

/** Reads a non-negative integer of any width; returns its end, 0 if it is not valid. */
export function readInteger(p: usize): usize {
  const b = <u32>load<u8>(p);
  if (b < 0x80) {
    integer = b;
    return p + 1;
  }
  if (b == 0xcd) {
    integer = swapBytes16(load<u16>(p, 1));
    return p + 3;
  }
  if (b == 0xce) {
    integer = swapBytes32(load<u32>(p, 1));
    return p + 5;
  }
  if (b == 0xcc) {
    integer = load<u8>(p, 1);
    return p + 2;
  }
  if (b == 0xcf) {
    integer = swapBytes64(load<u64>(p, 1));
    return p + 9;
  }
  if (b < 0xd0 || b > 0xd3) return 0;
  const bits = swapBytes64(load<u64>(p, 1));
  if (<i64>bits < 0) return 0;
  integer = bits >> (64 - (8 << (b & 3)));
  return p + 1 + (1 << (b & 3));
}
