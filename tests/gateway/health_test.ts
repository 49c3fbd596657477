/** `/health` and `/metrics`: what is wrong is named until it is mended, and the metrics are OpenMetrics. */
import { assert, assertEquals } from "@std/assert";
import { problemsOf, serveStatus } from "../../src/gateway/_status_server.ts";
import type { ReadingSource } from "../../src/gateway/mod.ts";
import { json, TestCloud } from "./_cloud.ts";
import { batch, startGateway, testQueue, until, withFolder } from "./_gateway.ts";

/** The samples of an OpenMetrics text, by name with labels. Throws where a line is not of the format. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split("\n");
  assertEquals(lines.splice(-2), ["# EOF", ""]);
  const samples = new Map<string, number>();
  const families = new Set<string>();
  let [family, type, helped] = ["", "", ""];
  for (const line of lines) {
    const head = /^# (TYPE|HELP) ([a-z_]+) (.+)$/.exec(line);
    if (head?.[1] === "TYPE") {
      [, , family, type] = head as unknown as [string, string, string, string];
      assert(/^(gauge|counter)$/.test(type), line);
      assert(!families.has(family), `${family} is there twice`);
      families.add(family);
    } else if (head) {
      helped = head[2]!;
      assertEquals(helped, family);
    } else {
      const label = '[a-z]+="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
      const sample = new RegExp(`^([a-z_]+)((?:\\{${label}(?:,${label})*\\})?) (\\S+)$`).exec(line);
      assert(sample, line);
      assertEquals(sample[1], type === "counter" ? `${family}_total` : family);
      assertEquals(helped, family);
      const value = Number(sample[3]);
      assert(Number.isFinite(value) && value >= 0, line);
      assert(!samples.has(sample[1]! + sample[2]), line);
      samples.set(sample[1]! + sample[2], value);
    }
  }
  return samples;
}

Deno.test("/health reports problems until they are solved, and /metrics counts them", () =>
  withFolder(async (folder) => {
    await using cloud = await TestCloud.start();
    const path = `${folder}/queue.sqlite`;
    const queue = await testQueue(path);
    let [fails, runs] = [false, 0];
    const source: ReadingSource = {
      name: 'line "7"\\',
      async run(sink, signal) {
        if (runs++ === 0) await sink.push([batch("d--1", 0, 5)]);
        sink.bad("two rows are nonsense", 2);
        while (!signal.aborted) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (fails) throw new Error("the cable is unplugged");
        }
      },
    };
    const { gateway, stop } = await startGateway(cloud, queue, { sources: [source] });
    const server = await serveStatus(gateway, "127.0.0.1:0");
    const get = async (page: string) => {
      const response = await fetch(`http://127.0.0.1:${server.port}${page}`);
      return { status: response.status, text: await response.text() };
    };
    const health = (status: number, part: RegExp) =>
      until(`health is ${status}, ${part}`, async () => {
        const got = await get("/health");
        return got.status === status && part.test(got.text);
      });
    try {
      // The queue is empty before the source has begun, too.
      const arrived = async () => (await cloud.readings("d--1")).length === 5;
      await until("the readings of the source are counted", arrived);
      await queue.flush();
      await health(200, /^ok\n$/);
      fails = true;
      await health(503, /^source line "7"\\ failed: the cable is unplugged\n$/);
      fails = false;
      await health(200, /^ok\n$/);

      cloud.onReport = () => json(403, { detail: "not yours" });
      await queue.push(batch("d--2", 0, 7));
      await health(503, /^d--0000-0000-0000-0002, streamer 256, is held: .*403: not yours\n$/);
      const samples = samplesOf((await get("/metrics")).text);
      const value = (name: string) => samples.get(`archfx_gateway_${name}`);
      assertEquals(value("held_streamers"), 1);
      assertEquals(value("queue_readings"), 7);
      assertEquals(value('lag_readings{device="d--0000-0000-0000-0002",streamer="256"}'), 7);
      assert(value('source_bad_total{source="line \\"7\\"\\\\"}')! >= 2);
      for (
        const name of [
          "queue_bytes",
          "oldest_seconds",
          "dead_letters",
          "readings_in_total",
          "readings_out_total",
          "readings_dropped_total",
          "readings_dead_total",
          "attempts_total",
          "failures_total",
          "intake_stopped",
          "pushes_blocked",
          "reserve_bytes",
          "commits_total",
          "commit_seconds_total",
          "slowest_commit_seconds",
        ]
      ) assert(value(name) !== undefined, name);
      assert(value("readings_in_total")! >= 12 && value("readings_out_total")! >= 5);
      cloud.onReport = ({ forward }) => forward();
      await health(200, /^ok\n$/);

      await Deno.rename(path, `${path}.away`);
      await health(503, /intake has stopped: .* the file of the queue was removed/);
      await Deno.rename(`${path}.away`, path);
      await health(200, /^ok\n$/);
      assertEquals((await get("/")).status, 404);
    } finally {
      await server.close();
      await stop();
      await queue.close();
    }
  }));

Deno.test("/health reports readings that wait for a long time, and a gateway that is not running", () => {
  const status = {
    running: false,
    depth: { readings: 1, bytes: 1, oldest: new Date(Date.now() - 16 * 60_000), dead: 0, held: 0 },
    sources: [],
    lanes: [],
    counts: { attempts: 0, sent: 0, dead: 0, failures: 0 },
    events: [],
  };
  const [first, second, ...more] = problemsOf(status, { full: false });
  assertEquals([first, more], ["the gateway is not running", []]);
  assert(second!.startsWith("the oldest reading has waited since "), second);
  const young = { ...status.depth, oldest: new Date() };
  assertEquals(problemsOf({ ...status, running: true, depth: young }, { full: false }), []);
});
