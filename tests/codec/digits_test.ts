/** Tests multipliers that replace divisions, each over its whole range. */
import { assert, assertEquals } from "@std/assert";
import { withTable } from "../../scripts/build_powers.ts";
import { Digits, Million, Powers } from "../../src/codec/wasm_constants.ts";

/** Products stay below 2^53, so that numbers are exact. */
function quotient(x: number, multiplier: bigint, shift: bigint): number {
  return Math.floor(x * Number(multiplier) / 2 ** Number(shift));
}

Deno.test("the multipliers divide by 10, 100 and 10^4", () => {
  for (let x = 0; x < 100; x++) {
    assertEquals(quotient(x, Digits.tenth, Digits.tenthShift), Math.floor(x / 10));
  }
  for (let x = 0; x < 10_000; x++) {
    assertEquals(quotient(x, Digits.hundredth, Digits.hundredthShift), Math.floor(x / 100));
  }
  // The result grows with x: if it is right at both ends of ten thousand numbers, it is right between them.
  for (let x = 0; x < 60_000_000; x += 10_000) {
    for (const end of [x, x + 9_999]) {
      assertEquals(quotient(end, Digits.tenThousandth, Digits.tenThousandthShift), x / 10_000);
    }
  }
});

Deno.test("products stay within the lanes", () => {
  assert(99n * Digits.tenth < 2n ** 16n);
  assert(9999n * Digits.hundredth < 2n ** 32n);
  assert(59_999_999n * Digits.tenThousandth < 2n ** 64n);
});

Deno.test("the splitting multipliers put tens and ones next to each other", () => {
  for (let x = 0n; x < 100n; x++) {
    assertEquals((x << 8n) - x / 10n * Digits.splitTen, (x % 10n << 8n) + x / 10n);
  }
  for (let x = 0n; x < 10_000n; x++) {
    assertEquals((x << 16n) - x / 100n * Digits.splitHundred, (x % 100n << 16n) + x / 100n);
  }
});

Deno.test("the inverse distinguishes multiples of a million from other numbers", () => {
  const inverse = BigInt.asUintN(64, Million.inverse);
  const limit = BigInt.asUintN(64, Million.limit);
  assertEquals(BigInt.asUintN(64, inverse * 5n ** 6n), 1n);
  assertEquals(limit, (2n ** 64n - 1n) / 1_000_000n);
  const divides = (x: bigint): boolean => {
    const product = BigInt.asUintN(64, x * inverse);
    const rotated = product >> Million.twos | product << 64n - Million.twos;
    return BigInt.asUintN(64, rotated) <= limit;
  };
  // Remainders from both ends of the times of the years 1 to 9999; the proof is in Hacker's Delight.
  for (const base of [0n, 315537897599n * 1_000_000n]) {
    for (let rest = 0n; rest < 1_000_000n; rest += rest < 1000n ? 1n : 37n) {
      if (divides(base + rest) !== (rest === 0n)) throw new Error(`${base + rest}`);
    }
  }
});

Deno.test("the multiplier of the exponent is right for every power of the table", () => {
  for (let q = Powers.least; q <= Powers.most; q++) {
    const exponent = q * Powers.log2Ten >> Powers.log2Shift;
    // 2^exponent <= 10^q < 2^(exponent + 1), computed with integers.
    const [ten, two] = [10n ** BigInt(Math.abs(q)), 2n ** BigInt(Math.abs(exponent))];
    if (q >= 0) assert(two <= ten && ten < 2n * two, `${q}`);
    else assert(ten <= two && two < 2n * ten, `${q}`);
  }
});

Deno.test("the table of powers is what scripts/build_powers.ts computes", async () => {
  const text = await Deno.readTextFile(new URL("../../wasm/float.ts", import.meta.url));
  assertEquals(withTable(text), text);
});
