/** Rows of bench/results/gateway.md, and shared code of its parts. */
import { random } from "../tests/_random.ts";

/** The name, the result, the target, and a comparison. */
export type Row = readonly [what: string, measured: string, target: string, beside: string];

/** A number with thousands separators. */
export const count = (n: number): string => Math.round(n).toLocaleString("en-US");

/** Options that switch off limits during a measurement. */
export const NO_LIMITS = {
  minFreeBytes: 0,
  reserveBytes: 0,
  maxBytes: Number.MAX_SAFE_INTEGER,
} as const;

/** Readings of a sensor with noise in its last digits, the same in each run. */
export function columns(length: number) {
  const next = random(1);
  return {
    length,
    streams: new Uint32Array(length).fill(0x5090),
    timestamps: BigInt64Array.from(
      { length },
      (_, i) => 1_767_225_600_000_000n + BigInt(i) * 1_000_000n,
    ),
    values: Float64Array.from({ length }, (_, i) => 20 + Math.sin(i / 50) + next() / 10),
  };
}

/** A program in a separate process, which prints its address first. */
export async function startServer(
  file: string,
  args: readonly string[] = [],
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL(file, import.meta.url).pathname, ...args],
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const url = (await lines.read()).value!.trim();
  await lines.cancel();
  return {
    url,
    async stop() {
      child.kill();
      await child.status;
    },
  };
}
