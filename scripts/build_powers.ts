/**
 * Writes the table of powers of five in `wasm/float.ts`, between `LEAST` and `MOST`.
 *
 * `--check` writes nothing and fails if the table differs.
 *
 * @module
 */

const file = new URL("../wasm/float.ts", import.meta.url);

/** Down to this power, an exact product can end in zeros, which only a reciprocal that is rounded up shows. */
const FIRST_ROUNDED_UP = -27;

/**
 * 5^q as 128 bits whose top bit is set, in the form that Lemire's algorithm needs: truncated, but rounded up from
 * 5^-27 to 5^-1, where the algorithm looks for exact halves.
 */
export function powerOfFive(q: number): bigint {
  const power = 5n ** BigInt(Math.abs(q));
  const bits = BigInt(power.toString(2).length);
  if (q >= 0) return bits <= 128n ? power << 128n - bits : power >> bits - 128n;
  // 1 / power lies between 2^-bits and 2^-(bits - 1).
  const dividend = 1n << 127n + bits;
  return q < FIRST_ROUNDED_UP ? dividend / power : dividend / power + 1n;
}

/** The lines of the table. */
export function powerLines(least: number, most: number): string[] {
  const lines: string[] = [];
  for (let q = least; q <= most; q++) {
    const power = powerOfFive(q);
    const half = (bits: bigint) => `0x${bits.toString(16).padStart(16, "0")}`;
    lines.push(`  ${half(power >> 64n)}, ${half(power & (1n << 64n) - 1n)},`);
  }
  return lines;
}

/** The text of `wasm/float.ts` with the correct table. */
export function withTable(text: string): string {
  const limit = (name: string) =>
    Number(text.match(new RegExp(`const ${name}: i32 = (-?\\d+);`))![1]);
  const lines = powerLines(limit("LEAST"), limit("MOST"));
  return text.replace(
    /(const FIVES: usize = memory\.data<u64>\(\[\n)[^\]]*(\]\);)/,
    (_, before, after) => `${before}${lines.join("\n")}\n${after}`,
  );
}

if (import.meta.main) {
  const text = await Deno.readTextFile(file);
  const expected = withTable(text);
  if (text === expected) {
    console.error("the table of powers in wasm/float.ts is up to date");
  } else if (Deno.args.includes("--check")) {
    console.error(
      "the table of powers in wasm/float.ts differs: run deno run -A scripts/build_powers.ts",
    );
    Deno.exit(1);
  } else {
    await Deno.writeTextFile(file, expected);
    console.error("wrote the table of powers in wasm/float.ts: run deno task build:wasm");
  }
}
