/**
 * State and credentials with processes that are paused (SIGSTOP) at every step of a commit, that run in other pid
 * namespaces, and whose clocks are wrong. Unix only: Windows has no SIGSTOP.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { withLock } from "../../src/_node_file_lock.ts";
import { withIdState } from "../../src/cli/_id_state.ts";
import { CredentialsStore } from "../../src/cli/credentials.ts";
import { withFolder } from "./_archfx.ts";
import { DENO_RUN } from "../_deno_run.ts";

const STEPS = new URL("./_commit_steps.ts", import.meta.url).pathname;
const ignore = Deno.build.os === "windows";

interface Started {
  process: Deno.ChildProcess;
  /** Resolves with the step before which it stopped, or `undefined` if it ended. */
  stopped: Promise<string | undefined>;
  /** All its output. */
  output: Promise<string>;
}

function start(args: string[], prefix: string[] = []): Started {
  const [program, ...rest] = [
    ...prefix,
    Deno.execPath(),
    ...DENO_RUN,
    STEPS,
    ...args,
  ];
  const child = new Deno.Command(program!, { args: rest, stdout: "piped", stderr: "inherit" });
  const process = child.spawn();
  let text = "";
  let stopped: (step: string | undefined) => void = () => {};
  const result = new Promise<string | undefined>((resolve) => stopped = resolve);
  const output = (async () => {
    for await (const piece of process.stdout.pipeThrough(new TextDecoderStream())) {
      text += piece;
      const match = /stopped before (.*)\n/.exec(text);
      if (match) stopped(match[1]);
    }
    stopped(undefined);
    assertEquals((await process.status).code, 0, text);
    return text;
  })();
  return { process, stopped: result, output };
}

async function run(args: string[], prefix?: string[]): Promise<string> {
  return await start(args, prefix).output;
}

/** Waits until the kernel reports that a process is stopped: its output comes before the signal. */
async function isStopped({ process }: Started): Promise<void> {
  if (Deno.build.os !== "linux") return await new Promise((resolve) => setTimeout(resolve, 300));
  for (let tries = 0; tries < 2_000; tries++) {
    const status = await Deno.readTextFile(`/proc/${process.pid}/stat`);
    if (status.slice(status.lastIndexOf(")")).startsWith(") T")) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("the process did not stop");
}

/** The first ids that processes got; each took three. */
function firstIds(...outputs: string[]): number[] {
  return outputs.flatMap((text) =>
    [...text.matchAll(/^first (\d+)$/gm)].map((it) => Number(it[1]))
  );
}

Deno.test({
  name: "withIdState() never assigns an id twice, whichever step a process is stopped before",
  ignore,
  async fn() {
    const seen: string[] = [];
    // One commit takes the number that the stopped process wants; a second one removes it again.
    for (let stop = 1, commits = 1;; stop += commits - 1, commits = 3 - commits) {
      let more = true;
      await withFolder(async (folder) => {
        const path = `${folder}/ids.json`;
        assertEquals(firstIds(await run(["ids", path, "0"])), [1]);
        const slow = start(["ids", path, String(stop)]);
        const step = await slow.stopped;
        if (step === undefined) {
          more = false;
          await slow.output;
          return;
        }
        await isStopped(slow);
        seen.push(step);
        const others: string[] = [];
        while (others.length < commits) others.push(await run(["ids", path, "0"]));
        slow.process.kill("SIGCONT");
        const late = await slow.output;
        const after = await run(["ids", path, "0"]);
        const all = firstIds(...others, late, after).sort((a, b) => a - b);
        assertEquals(
          new Set(all).size,
          all.length,
          `ids twice, stopped before ${step}: ${all}`,
        );
        assert(all.every((first) => (first - 1) % 3 === 0), String(all));
        assertEquals(late.includes("lost"), firstIds(late).length === 0);
        const text = await Deno.readTextFile(path);
        assertEquals(
          JSON.parse(text).next.t,
          all.at(-1)! + 3,
          "the copy is that of the last commit",
        );
      });
      if (!more) break;
    }
    for (const step of ["read", "draft", "write", "commit", "look again", "clean", "publish"]) {
      assert(seen.includes(step), `no process was stopped before ${step}: ${seen}`);
    }
  },
});

Deno.test({
  name: "update() keeps what two processes saved, whichever step one of them is stopped before",
  ignore,
  async fn() {
    for (const change of ["login", "refresh"]) {
      for (let stop = 1;; stop++) {
        let more = true;
        await withFolder(async (folder) => {
          await run(["login", folder, "acme", "0"]);
          const slow = start([change, folder, "acme", String(stop)]);
          if (await slow.stopped === undefined) {
            more = false;
            await slow.output;
            return;
          }
          await isStopped(slow);
          await run(["login", folder, "arch", "0"]);
          await run(["refresh", folder, "arch", "0"]);
          slow.process.kill("SIGCONT");
          await slow.output;
          const { clouds } = await new CredentialsStore(folder).read();
          assertEquals(
            clouds["https://arch.archfx.io"]?.access,
            "lr",
            "the others' change is lost",
          );
          assertEquals(clouds["https://acme.archfx.io"]?.access, `l${change[0]}`);
        });
        if (!more) break;
      }
    }
  },
});

Deno.test({
  name: "withIdState() waits for a process of another pid namespace that has the same host name",
  // Namespaces need root, or a kernel that allows them to all users.
  ignore: ignore || !canUnshare(),
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/ids.json`;
      let inside: Started | undefined;
      const first = await withIdState(path, async (next, save) => {
        const id = next.get("t") ?? 1;
        inside = start(["ids", path, "0"], ["unshare", "--pid", "--fork", "--mount-proc"]);
        // The id of this process has no meaning for the other one. If it took over the lock, the lock would be
        // missing.
        const lock = `${path}.lock`;
        const owner = await Deno.readTextFile(lock);
        for (let round = 0; round < 60; round++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          const now = new Date();
          await Deno.utime(lock, now, now);
          assertEquals(
            await Deno.readTextFile(lock),
            owner,
            "the lock was taken from a live process",
          );
        }
        next.set("t", id + 3);
        await save();
        return id;
      });
      assertEquals([first, ...firstIds(await inside!.output)], [1, 4]);
    }),
});

function canUnshare(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    const args = ["--pid", "--fork", "--mount-proc", "true"];
    return new Deno.Command("unshare", { args, stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

for (const [when, seconds] of [["in the future", 86_400], ["in the past", -86_400]] as const) {
  Deno.test(`withLock() takes over an untouched lock whose time is ${when}, of a live process id`, () =>
    withFolder(async (folder) => {
      const lock = `${folder}/lock`;
      await Deno.writeTextFile(lock, `${Deno.pid} other-machine 0000`);
      const time = new Date(Date.now() + seconds * 1000);
      await Deno.utime(lock, time, time);
      const options = { staleAfterMs: 100, timeoutMs: 30_000 };
      assertEquals(await withLock(lock, () => Promise.resolve("ran"), options), "ran");
    }));

  Deno.test(`withLock() does not take over a lock that is touched by a clock ${when}`, () =>
    withFolder(async (folder) => {
      const lock = `${folder}/lock`;
      await Deno.writeTextFile(lock, `${Deno.pid} other-machine 0000`);
      let tick = 0;
      const touch = () => {
        const time = new Date(Date.now() + seconds * 1000 + ++tick * 1000);
        Deno.utimeSync(lock, time, time);
      };
      touch();
      const touching = setInterval(touch, 20);
      try {
        const options = { staleAfterMs: 2_000, timeoutMs: 5_000 };
        await assertRejects(
          () => withLock(lock, () => Promise.resolve(), options),
          Error,
          "Cannot lock",
        );
      } finally {
        clearInterval(touching);
      }
    }));
}

Deno.test("withIdState() uses the higher of the committed id and the id that a person wrote", () =>
  withFolder(async (folder) => {
    const path = `${folder}/ids.json`;
    const take = () =>
      withIdState(path, async (next, save) => {
        const first = next.get("t") ?? 1;
        next.set("t", first + 3);
        await save();
        return first;
      });
    await Deno.writeTextFile(path, '{"version":1,"next":{"t":100}}');
    assertEquals([await take(), await take()], [100, 103]);
    await Deno.writeTextFile(path, '{"version":1,"next":{"t":7}}');
    assertEquals(await take(), 106);
    await Deno.writeTextFile(path, '{"version":1,"next":{"t":500}}');
    assertEquals([await take(), await take()], [500, 503]);
    await Deno.remove(path);
    assertEquals(await take(), 506);
    // Only the content and its copy are left.
    assertEquals([...Deno.readDirSync(`${path}.commits`)].length, 1);
  }));

Deno.test("read() of the credentials says that the user is logged out after the file is removed", () =>
  withFolder(async (folder) => {
    await run(["login", folder, "acme", "0"]);
    const store = new CredentialsStore(folder);
    await Deno.remove(store.path);
    assertEquals(await store.read(), { version: 1, clouds: {} });
    await run(["login", folder, "arch", "0"]);
    assertEquals(Object.keys((await store.read()).clouds), ["https://arch.archfx.io"]);
  }));
