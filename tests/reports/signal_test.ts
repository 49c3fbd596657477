/** Files of writeReport() after a signal ends the process, and who may read them meanwhile. Unix only. */
import { assertEquals } from "@std/assert";
import { DENO_RUN } from "../_deno_run.ts";

const SCRIPT = new URL("./_slow_report.ts", import.meta.url).pathname;
const ignore = Deno.build.os === "windows";

/** Starts to write, checks the part, sends a signal; returns how the process ended and the remaining files. */
async function interrupted(
  signal: Deno.Signal,
  more: string[] = [],
): Promise<{ ended: Deno.CommandOutput; out: string; left: string[]; modes: number[] }> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/secret.mp`, "before", { mode: 0o600 });
    const child = new Deno.Command(Deno.execPath(), {
      args: [...DENO_RUN, SCRIPT, `${folder}/secret.mp`, ...more],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let out = "";
    let modes: number[] = [];
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      out += text;
      if (!out.endsWith("began\n")) continue;
      modes = [...Deno.readDirSync(folder)].map((it) =>
        Deno.statSync(`${folder}/${it.name}`).mode! & 0o777
      );
      child.kill(signal);
    }
    const ended = await child.status;
    const left = [...Deno.readDirSync(folder)].map((it) => it.name);
    assertEquals(await Deno.readTextFile(`${folder}/secret.mp`), "before");
    return { ended: ended as Deno.CommandOutput, out, left, modes };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  Deno.test({
    name: `writeReport() leaves no part behind when ${signal} ends the process`,
    ignore,
    async fn() {
      const { ended, left, modes } = await interrupted(signal);
      assertEquals([ended.signal, left], [signal, ["secret.mp"]]);
      assertEquals(
        modes,
        [0o600, 0o600],
        "the events are as private as the report that they replace",
      );
    },
  });
}

Deno.test({
  name: "writeReport() leaves a signal to the program that handles it",
  ignore,
  async fn() {
    const { ended, out, left } = await interrupted("SIGTERM", ["handler"]);
    assertEquals([ended.code, out, left.length], [7, "began\nhandled\n", 2]);
  },
});
