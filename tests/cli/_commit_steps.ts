/**
 * A process of commit_long_test.ts: reserves three ids, or logs in and refreshes tokens, and stops itself
 * with a real SIGSTOP before the step with a given number.
 *
 *     _commit_steps.ts ids PATH STOP        prints the first id that it got, or "lost"
 *     _commit_steps.ts login FOLDER CLOUD STOP
 *     _commit_steps.ts refresh FOLDER CLOUD STOP
 */
import process from "node:process";
import { withIdState } from "../../src/cli/_id_state.ts";
import { CredentialsStore } from "../../src/cli/credentials.ts";

const [what, path, ...rest] = process.argv.slice(2) as [string, string, ...string[]];
const stopAt = Number(rest.at(-1));
let count = 0;
const onStep = (step: string) => {
  if (++count !== stopAt) return;
  console.log(`stopped before ${step}`);
  process.kill(process.pid, "SIGSTOP");
};
// Short, so that another process takes over the lock while this one is paused.
const limits = { staleAfterMs: 250, timeoutMs: 60_000 };

if (what === "ids") {
  try {
    await withIdState(path, async (next, save) => {
      const first = next.get("t") ?? 1;
      next.set("t", first + 3);
      await save();
      console.log(`first ${first}`);
    }, { ...limits, onStep });
  } catch (error) {
    if (!(error as Error).message.includes("another run reserved the same ids")) throw error;
    console.log("lost");
  }
} else {
  const store = new CredentialsStore(path, { onStep });
  await store.update((file) => {
    const domain = `https://${rest[0]}.archfx.io`;
    const before = file.clouds[domain];
    file.clouds[domain] = {
      email: "a@b.c",
      type: "jwt",
      access: `${before?.access ?? ""}${what[0]}`,
      refresh: "r",
      savedAt: "2026-03-02T06:00:00Z",
    };
    if (what === "login") file.current = domain;
  }, limits);
}
console.log(`steps ${count}`);
