/** A gateway on a queue in which 1 GB waits: what it reads to begin, and the memory that it takes. */
import { assert, assertEquals } from "@std/assert";
import { withFolder } from "./_gateway.ts";
import { unitEnvironment } from "./_unit.ts";
import { fillQueue } from "./_waiting.ts";
import { DENO_RUN } from "../_deno_run.ts";

const MIB = 1024;

Deno.test({
  name: "Gateway needs 150 MB while 1 GB waits, and reads little of it before the first upload",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/queue.sqlite`;
      const { readings } = fillQueue(path, 1e9);
      const cloud = new Deno.Command(Deno.execPath(), {
        args: [...DENO_RUN, new URL("_null_cloud.ts", import.meta.url).pathname],
        stdout: "piped",
      }).spawn();
      try {
        const lines = cloud.stdout.pipeThrough(new TextDecoderStream()).getReader();
        const url = (await lines.read()).value!.trim();
        await lines.cancel();
        const run = async (...args: string[]) => {
          const program = new URL("_waiting_process.ts", import.meta.url).pathname;
          const { code, stdout } = await new Deno.Command(Deno.execPath(), {
            args: [...DENO_RUN, program, path, url, ...args],
            env: unitEnvironment(),
            stdout: "piped",
            stderr: "inherit",
          }).output();
          assertEquals(code, 0);
          return JSON.parse(new TextDecoder().decode(stdout));
        };
        const draining = await run("8", "0");
        const both = await run("8", "50");
        for (const { peakKiB, bytesRead, sent } of [draining, both]) {
          assert(peakKiB < 150 * MIB, `the most memory was ${Math.round(peakKiB / MIB)} MB`);
          assert(bytesRead < 16e6, `${bytesRead} bytes were read before the first upload`);
          assert(sent > 0 && sent < readings / 2, `${sent} of ${readings} readings were sent`);
        }
        assert(both.pushed > 0);
      } finally {
        cloud.kill();
        await cloud.status;
      }
    }),
});
