/**
 * Kills the emulator a hundred times during uploads and checks the remaining data.
 *
 * `deno run -A scripts/soak_emulator.ts [ROUNDS] [SEED]`
 */
import { killWhileUploading } from "../tests/emulator/_crash.ts";

/** Runs the soak and prints the results. Throws if something was lost, duplicated or incomplete. */
export async function soakEmulator(rounds = 100, seed = Date.now() >>> 0): Promise<void> {
  console.log(`emulator: ${rounds} kills, seed ${seed}`);
  const dir = await Deno.makeTempDir();
  try {
    const summary = await killWhileUploading(dir, rounds, seed);
    console.log(
      `emulator: ${summary.reports} reports acknowledged over ${summary.rounds} kills; of those in flight ` +
        `${summary.committedUnanswered} were whole and ${summary.lostWhole} not there at all`,
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

if (import.meta.main) {
  const [rounds, seed] = Deno.args.map(Number);
  await soakEmulator(rounds || undefined, seed || undefined);
}
