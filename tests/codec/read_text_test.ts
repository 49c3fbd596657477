/** Compares readText() with the decoder that rejects invalid UTF-8. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { anyText } from "../_any_text.ts";
import { readText } from "../../src/codec/read_text.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function expected(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Pieces of valid and invalid UTF-8: cut sequences, surrogates, overlong forms, the replacement character, marks. */
const piece = fc.oneof(
  anyText(8).map((text) => [...new TextEncoder().encode(text)]),
  fc.string({ maxLength: 60 }).map((text) => [...new TextEncoder().encode(text)]),
  fc.constantFrom(
    [0xef, 0xbf, 0xbd],
    [0xef, 0xbb, 0xbf],
    [0xed, 0xa0, 0x80],
    [0xc0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
    [0x80],
    [0xff],
    [0x00],
  ),
);

Deno.test("readText() reads valid UTF-8 of any length, and rejects invalid UTF-8", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(20), (pieces, shift) => {
      const bytes = Uint8Array.from(pieces.flat());
      const within = new Uint8Array(shift + bytes.length + 5).fill(0x41);
      within.set(bytes, shift);
      assertEquals(readText(within, shift, shift + bytes.length), expected(bytes));
    }),
    { numRuns: 20_000 },
  );
});
