/** The search for a boundary, compared with a simple search, on similar bytes. */
import { assertEquals, assertThrows } from "@std/assert";
import { ByteSearch } from "../../src/emulator/http/find_bytes.ts";

Deno.test("ByteSearch.indexIn() finds the same as a simple search, in random bytes of few values", () => {
  let seed = Date.now() >>> 0;
  console.log(`seed ${seed}`);
  const next = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(seed / 2 ** 32 * below);
  };
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from({ length: next(60) }, () => next(3));
    const needle = Uint8Array.from({ length: 1 + next(6) }, () => next(3));
    const from = next(10);
    assertEquals(new ByteSearch(needle).indexIn(bytes, from), plainly(bytes, needle, from));
  }
});

function plainly(bytes: Uint8Array, needle: Uint8Array, from: number): number {
  for (let at = from; at + needle.length <= bytes.length; at++) {
    if (needle.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

Deno.test("ByteSearch rejects a needle that it cannot search for", () => {
  assertThrows(() => new ByteSearch(new Uint8Array()), RangeError, "0 bytes");
  assertThrows(() => new ByteSearch(new Uint8Array(256)), RangeError, "256 bytes");
});
