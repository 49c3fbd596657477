/**
 * Writes numbers as msgpack, at a place with room for nine bytes. Each function returns the end of what it wrote.
 *
 * @module
 */

/** A safe integer as an integer, any other number as a float. */
export function putNumber(view: DataView, at: number, value: number): number {
  // This recognises most integers; 0 may be -0, which is a float.
  if ((value | 0) === value && value !== 0) return putInteger(view, at, value);
  return Number.isSafeInteger(value) && !Object.is(value, -0)
    ? putInteger(view, at, value)
    : putFloat(view, at, value);
}

/** A float of 64 bits. */
export function putFloat(view: DataView, at: number, value: number): number {
  view.setUint8(at, 0xcb);
  view.setFloat64(at + 1, value);
  return at + 9;
}

/** A safe integer in its shortest form. */
export function putInteger(view: DataView, at: number, value: number): number {
  if (value >= 0) {
    if (value < 0x80) {
      view.setUint8(at, value);
      return at + 1;
    }
    if (value < 0x100) {
      view.setUint16(at, 0xcc00 | value);
      return at + 2;
    }
    if (value < 0x10000) {
      view.setUint8(at, 0xcd);
      view.setUint16(at + 1, value);
      return at + 3;
    }
    if (value < 0x100000000) {
      view.setUint8(at, 0xce);
      view.setUint32(at + 1, value);
      return at + 5;
    }
    view.setUint8(at, 0xcf);
  } else {
    if (value >= -0x20) {
      view.setUint8(at, value);
      return at + 1;
    }
    if (value >= -0x80) {
      view.setUint16(at, 0xd000 | value & 0xff);
      return at + 2;
    }
    if (value >= -0x8000) {
      view.setUint8(at, 0xd1);
      view.setInt16(at + 1, value);
      return at + 3;
    }
    if (value >= -0x80000000) {
      view.setUint8(at, 0xd2);
      view.setInt32(at + 1, value);
      return at + 5;
    }
    view.setUint8(at, 0xd3);
  }
  view.setUint32(at + 1, Math.floor(value / 0x100000000));
  view.setUint32(at + 5, value);
  return at + 9;
}
