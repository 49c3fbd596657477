/** The order of system calls, by strace: what is acknowledged was written and synced before. */
import { assert, assertEquals } from "@std/assert";
import { withFolder } from "./_gateway.ts";
import { DENO_RUN } from "../_deno_run.ts";

const STRACE = "/usr/bin/strace";

async function hasStrace(): Promise<boolean> {
  const probe = new Deno.Command(STRACE, { args: ["true"], stdout: "null", stderr: "null" });
  return await probe.output().then(({ success }) => success, () => false);
}

Deno.test("push() and seal() sync the log after its last write, before they are acknowledged", () =>
  withFolder(async (folder) => {
    if (!await hasStrace()) {
      console.log("SKIPPED: strace is not installed, or may not trace here");
      return;
    }
    const trace = `${folder}/trace.txt`;
    const program = new URL("_fsync_process.ts", import.meta.url).pathname;
    const { success } = await new Deno.Command(STRACE, {
      args: [
        ...["-f", "-y", "-s", "64", "-o", trace, "-e", "trace=pwrite64,fsync,fdatasync,write"],
        ...[Deno.execPath(), ...DENO_RUN, program, folder],
      ],
      stdout: "null",
      stderr: "null",
    }).output();
    assert(success);
    const calls: string[] = [];
    for (const line of (await Deno.readTextFile(trace)).split("\n")) {
      if (/pwrite64\(\d+<[^>]*queue\.sqlite-wal>/.test(line)) calls.push("write");
      else if (/f(?:data)?sync\(\d+<[^>]*queue\.sqlite-wal>/.test(line)) calls.push("sync");
      else {
        const said = /write\(1<[^>]*>, "((?:begin|acknowledged) \w+)/.exec(line)?.[1];
        if (said !== undefined) calls.push(said);
      }
    }
    const points = calls.filter((it) => it.startsWith("acknowledged"));
    assertEquals(points.length, 11);
    for (const point of points) {
      const what = point.split(" ")[1]!;
      const begin = calls.indexOf(`begin ${what}`);
      const between = calls.slice(begin + 1, calls.indexOf(point));
      const last = between.lastIndexOf("write");
      assert(last >= 0, `${point}: nothing was written (${between})`);
      assert(between.slice(last).includes("sync"), `${point}: not synced (${between})`);
    }
  }));
