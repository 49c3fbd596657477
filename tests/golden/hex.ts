/**
 * Hexadecimal text and bytes: `Uint8Array.fromHex` and `toHex` are not on every runtime that runs the
 * golden tests.
 *
 * @module
 */

/** The bytes of a text of two digits each. */
export function bytesFromHex(hex: string): Uint8Array<ArrayBuffer> {
  // The longest cases have 14 million digits: parseInt() of each pair would take most of the time of all cases.
  const digit = (at: number): number => {
    const code = hex.charCodeAt(at);
    return (code & 15) + (code > 57 ? 9 : 0);
  };
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = digit(2 * i) << 4 | digit(2 * i + 1);
  return bytes;
}

/** The text of bytes, two digits each. */
export function hexFromBytes(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}
