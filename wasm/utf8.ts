// Strict UTF-8: no surrogates, no overlong forms, nothing above U+10FFFF.

/** Whether `length` bytes are UTF-8. Reads up to 15 bytes past the end. */
export function isUtf8Unsafe(p: usize, length: u32): bool {
  const end = p + length;
  while (p < end) {
    const high = <u32>i8x16.bitmask(v128.load(p));
    if (!high) {
      p += 16;
      continue;
    }
    p += ctz(high);
    // Reads multi-byte sequences while they follow one another.
    while (p < end) {
      const first = <u32>load<u8>(p);
      if (first < 0x80) break;
      const second = <u32>load<u8>(p, 1);
      let size: usize = 2;
      if (first < 0xc2) return false;
      if (first >= 0xe0) {
        if (first < 0xf0) {
          if (first == 0xe0 && second < 0xa0 || first == 0xed && second > 0x9f) return false;
          size = 3;
        } else {
          if (first > 0xf4 || first == 0xf0 && second < 0x90 || first == 0xf4 && second > 0x8f) return false;
          size = 4;
        }
      }
      if (p + size > end || (second & 0xc0) != 0x80) return false;
      if (size > 2 && (load<u8>(p, 2) & 0xc0) != 0x80) return false;
      if (size > 3 && (load<u8>(p, 3) & 0xc0) != 0x80) return false;
      p += size;
    }
  }
  return true;
}
