/** A million readings in one upload of 103 MB, and the growth of the process. */
import { assertEquals, assertLess } from "@std/assert";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { startServer } from "./_crash.ts";
import { Client } from "./_client.ts";

const READINGS = 1_000_000;
const MB = 1024 * 1024;

/** Peak of the memory of a process, in bytes. */
async function peakMemory(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

Deno.test({
  name: "A million readings in one upload are counted once, with at most 400 MB more memory",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const report = ArchFXFlexibleDictionaryReport.fromColumns({
      device: "d--1",
      sentTimestamp: new Date(0),
      columns: {
        length: READINGS,
        streams: new Uint32Array(READINGS).map((_, i) => 0x5000 + i % 8),
        readingIds: new Float64Array(READINGS).map((_, i) => i + 1),
        timestamps: new BigInt64Array(READINGS).map((_, i) =>
          1_767_225_600_000_000n + BigInt(i) * 1000n
        ),
        values: new Float64Array(READINGS).map((_, i) => i / 8),
      },
    }).encode();
    const dir = await Deno.makeTempDir();
    const server = await startServer(`${dir}/store.sqlite`);
    try {
      const user = await new Client(server.url).login("user@example.com");
      const before = await peakMemory(server.pid);
      const { status, body } = await user.upload(report);
      assertEquals([status, body], [201, { count: READINGS }]);
      const grown = (await peakMemory(server.pid)) - before;
      console.log(`${report.length / 1e6} MB sent, ${Math.round(grown / MB)} MB more memory`);
      assertLess(grown, 400 * MB);
      assertEquals((await user.upload(report)).body, { count: 0 });
      const stream = "sl--1--1--5003";
      assertEquals((await user.get(`data/?filter=${stream}`)).body.count, READINGS / 8);
      assertLess((await peakMemory(server.pid)) - before, 400 * MB);
    } finally {
      await server.kill();
      await Deno.remove(dir, { recursive: true });
    }
  },
});
