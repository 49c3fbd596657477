// Every number of a CSV is the same as Number() of its text.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readCsv } from "../../src/readings/csv.ts";

const SEED = 20210120;

/** The values of texts that are read as CSV. */
async function read(texts: string[]): Promise<number[]> {
  const text = texts.map((value) => `2021-01-20 00:00:00,${value}\n`).join("");
  const options = { header: false, stream: 1, chunkReadings: texts.length };
  for await (const { values } of readCsv(new TextEncoder().encode(text), options)) {
    return Array.from(values);
  }
  return [];
}

async function check(texts: string[]): Promise<void> {
  const values = await read(texts);
  assertEquals(values.length, texts.length);
  texts.forEach((text, i) => {
    if (!Object.is(values[i], Number(text))) assertEquals(values[i], Number(text), text);
  });
}

Deno.test("readCsv() rounds numbers that are at or next to the middle between two floats", async () => {
  const texts = [
    ...["0", "-0", "+1", ".5", "5.", "-.5e1", "1E5", "1e+5", "00012", "0.1", "123456789012345678"],
    ...["9007199254740991", "9007199254740992", "9007199254740993", "9007199254740995"],
    ...["9007199254740993.0000000000000001", "9007199254740992.9999999999999999"],
    ...["1.00000000000000011102230246251565", "1.00000000000000011102230246251566"],
    ...["5e-324", "2.5e-324", "2.4e-324", "2.2250738585072011e-308", "2.2250738585072014e-308"],
    ...[
      "1.7976931348623157e308",
      "1.797693134862315807e308",
      "1.7976931348623158e308",
      "-1.797693134862315708145274e308",
    ],
    ...["1e22", "1e23", "1e-22", "1e-23", "8.41e21", "9.5e-3", "3518437208883201171875e-14"],
    ...["0.000000000000000000000000000000000000000000000000000000000000000000000000000000001"],
    ...["100000000000000000000000000000000000000000000000000000000000000000000000000000000"],
    ...["0e999999999999", "0.0000e-99999", "1e-99999", "6.62607015e-34", "6.02214076e23"],
  ];
  // Exact halves between neighbouring floats, and the numbers next to them.
  for (let bits = 0; bits < 63; bits++) {
    for (const mantissa of [2n ** 53n + 1n, 2n ** 54n - 1n, 2n ** 53n + 3n]) {
      const half = mantissa << BigInt(bits);
      texts.push(`${half}`, `${half - 1n}`, `${half + 1n}`);
    }
  }
  await check(texts);
});

Deno.test("readCsv() rounds random numbers like Number()", async () => {
  const random = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map(String),
    fc.tuple(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.nat(20))
      .map(([value, digits]) => value.toFixed(digits)),
    fc.tuple(fc.stringMatching(/^-?[0-9]{1,19}$/), fc.integer({ min: -60, max: 60 }))
      .map(([digits, exponent]) => `${digits}e${exponent}`),
    fc.stringMatching(/^[0-9]{1,12}\.[0-9]{0,12}$/),
    fc.stringMatching(/^[0-9]{15,40}(\.[0-9]{1,30})?(e-?[0-9]{1,2})?$/),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(random, { minLength: 500, maxLength: 2000, size: "max" }), check),
    { seed: SEED, numRuns: 30 },
  );
});

Deno.test("readCsv() keeps growing an exponent that is longer than any float, and reads what Number() rounds down to the largest", async () => {
  await check([
    `0.${"0".repeat(129_998)}1e130008`,
    `0.${"0".repeat(129_998)}1e129999`,
    "1.7976931348623158079e308",
    "-1.7976931348623158079e308",
  ]);
  // Number() returns Infinity for it, which is not a valid reading by default.
  const text = `0.${"0".repeat(129_998)}1e1300000`;
  const bytes = new TextEncoder().encode(`2021-01-20 00:00:00,${text}\n`);
  const found: string[] = [];
  const options = {
    columns: { timestamp: 0, value: 1 },
    header: false,
    stream: 1,
    skipBadRows: true,
    onBadRow: ({ message }: { message: string }) => void found.push(message),
  } as const;
  for await (const { values } of readCsv(bytes, options)) assertEquals([...values], []);
  assertEquals(found.length, 1);
});
