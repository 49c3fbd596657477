/**
 * Compares the numbers of the CSV reader with `Number()`, millions of them:
 * `deno run scripts/soak_numbers.ts [millions] [seed]`. The tests do the same with a few thousand.
 *
 * @module
 */
import { readCsv } from "../src/readings/csv.ts";

const millions = Number(Deno.args[0] ?? 10);
const seed = Number(Deno.args[1] ?? Date.now() % 2 ** 32);
console.log(`${millions} million numbers, seed ${seed}`);

let state = seed >>> 0;
/** 32 random bits (mulberry32). */
function bits(): number {
  state = state + 0x6d2b79f5 >>> 0;
  let t = Math.imul(state ^ state >>> 15, state | 1);
  t ^= t + Math.imul(t ^ t >>> 7, t | 61);
  return (t ^ t >>> 14) >>> 0;
}

const view = new DataView(new ArrayBuffer(8));

/** A random finite float64. */
function anyFloat(): number {
  view.setUint32(0, bits());
  view.setUint32(4, bits());
  const value = view.getFloat64(0);
  return Number.isFinite(value) ? value : anyFloat();
}

/** Random decimal digits, at most `most`, not all of them 0. */
function digits(most: number): string {
  let text = String(1 + bits() % 9);
  for (let left = bits() % most; left > 0; left--) text += bits() % 10;
  return text;
}

/** The midpoint between a float of 53 bits and the next one, which rounds to the even one; sometimes slightly off. */
function half(): string {
  const mantissa = (BigInt(bits()) << 22n | BigInt(bits() >>> 10)) | 1n << 53n | 1n;
  const exponent = BigInt(bits() % 80) - 30n;
  const off = BigInt(bits() % 3) - 1n;
  if (exponent >= 0n) return String((mantissa << exponent) + off);
  // mantissa / 2^n is mantissa * 5^n / 10^n.
  return `${mantissa * 5n ** -exponent + off}e${exponent}`;
}

const KINDS: (() => string)[] = [
  () => String(anyFloat()),
  () => String((bits() - 2 ** 31) / (bits() + 1)),
  () => ((bits() - 2 ** 31) / 1000).toFixed(bits() % 12),
  () => `${digits(19)}e${bits() % 100 - 50}`,
  () => `-${digits(12)}.${digits(10)}`,
  () => `${digits(40)}.${digits(20)}e${bits() % 60 - 30}`,
  half,
];

const CHUNK = 50_000;
const encoder = new TextEncoder();
for (let done = 0; done < millions * 1e6; done += CHUNK) {
  const texts = Array.from({ length: CHUNK }, () => KINDS[bits() % KINDS.length]());
  const csv = encoder.encode(texts.map((text) => `2021-01-20 00:00:00,${text}\n`).join(""));
  let row = 0;
  for await (const { values } of readCsv(csv, { header: false, stream: 1 })) {
    for (const value of values) {
      const text = texts[row++];
      if (!Object.is(value, Number(text))) {
        console.error(`"${text}" was read as ${value} instead of ${Number(text)}`);
        Deno.exit(1);
      }
    }
  }
  if (row !== CHUNK) throw new Error(`Cannot continue: only ${row} of ${CHUNK} rows were read`);
}
console.log("all the same");
