/**
 * Strings of any code points for property tests. `fc.string({ unit: "binary" })` has the same ones, and
 * needs a second of CPU time to make its list of them, in each file that asks for it.
 */
import fc from "fast-check";

const SURROGATES = 0x800;

/** One code point, without surrogates. */
const codePoint = fc.integer({ min: 0, max: 0x10ffff - SURROGATES })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + SURROGATES));

/** Strings of up to `maxLength` code points, the ASCII characters as often as all others. */
export function anyText(maxLength = 10): fc.Arbitrary<string> {
  const ascii = fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code));
  return fc.string({ unit: fc.oneof(codePoint, ascii), maxLength });
}
