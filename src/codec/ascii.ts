/**
 * Short ASCII text, which most texts are.
 *
 * @module
 */

/** Writes the characters of a text at `at`; returns false if one of them is not ASCII. */
export function writeAscii(bytes: Uint8Array, at: number, text: string): boolean {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    bytes[at + i] = code;
  }
  return true;
}
