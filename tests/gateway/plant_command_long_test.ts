/** `archfx gateway` with a queue on NATS: run with roles, status, queue. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "../../mod.ts";
import { archfx, spawn } from "../cli/_archfx.ts";
import { json, TestCloud } from "./_cloud.ts";
import { SPOOL, until, withFolder } from "./_gateway.ts";
import { NatsCluster, natsTest } from "./_nats_cluster.ts";

const LOGIN = { ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass" };

/** One machine of a plant: a folder with a configuration, and a gateway that runs. */
class Machine {
  readonly cwd: string;
  #child: Deno.ChildProcess | undefined;
  #log: Promise<string> | undefined;

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  static async make(cwd: string, config: Record<string, unknown>): Promise<Machine> {
    await Deno.mkdir(`${cwd}/spool`, { recursive: true });
    await Deno.writeTextFile(
      `${cwd}/gateway.json`,
      JSON.stringify({ confirmMs: 100, maxDelayMs: 0, retryHeldMs: 1000, ...config }),
    );
    return new Machine(cwd);
  }

  start(...more: string[]): void {
    this.#child = spawn(["gateway", "run", ...more], { cwd: this.cwd, env: LOGIN });
    this.#child.stdout.cancel();
    this.#log = new Response(this.#child.stderr).text();
  }

  async stop(): Promise<void> {
    this.#child?.kill("SIGTERM");
    const status = await this.#child?.status;
    const log = await this.#log;
    if (status && !status.success) throw new Error(log);
    this.#child = undefined;
  }

  /** A file with readings of one time each. */
  async file(name: string, ...values: number[]): Promise<void> {
    const rows = values.map((value) => `2026-03-02T06:00:00Z,${value}\n`).join("");
    await Deno.writeTextFile(`${this.cwd}/part`, `timestamp,value\n${rows}`);
    // A file must be complete when it comes into the folder.
    await Deno.rename(`${this.cwd}/part`, `${this.cwd}/spool/${name}`);
  }

  async queue(...args: string[]): Promise<string> {
    const { code, out, err } = await archfx(["gateway", "queue", ...args], {
      cwd: this.cwd,
      env: LOGIN,
    });
    assertEquals(code, 0, err);
    return out;
  }

  async status() {
    const { out, err } = await archfx(["gateway", "status", "--json"], { cwd: this.cwd });
    assert(out !== "", err);
    return JSON.parse(out);
  }
}

/** Two machines that share a queue on one server, and a cloud. */
async function withMachines(
  test: (given: { collector: Machine; sender: Machine; cloud: TestCloud }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await using cluster = await NatsCluster.start(folder, { servers: 1 });
    await using cloud = await TestCloud.start();
    const queue = cluster.url("PLANT");
    const source = { ...SPOOL, read: { stream: "0000-5090" } };
    // One configuration for both: the role is on the command line.
    const config = { queue, domain: cloud.url, sources: [source] };
    const collector = await Machine.make(`${folder}/collector`, config);
    const sender = await Machine.make(`${folder}/sender`, config);
    try {
      await test({ collector, sender, cloud });
    } finally {
      await collector.stop();
      await sender.stop();
    }
  });
}

natsTest(
  "archfx gateway status shows all gateways of a queue on NATS, from any machine",
  () =>
    withMachines(async ({ collector, sender, cloud }) => {
      const none = await archfx(["gateway", "status"], { cwd: collector.cwd });
      assertEquals(none.code, 1);
      assertStringIncludes(none.err, "the queue does not exist yet");
      collector.start("--role", "collector");
      await collector.file("a.csv", 1, 2, 3);
      await until("three readings wait", async () => {
        const { code, out } = await archfx(["gateway", "status", "--json"], { cwd: collector.cwd });
        return code === 0 && JSON.parse(out).depth.readings === 3;
      });
      const alone = await sender.status();
      assertEquals(alone.gateways.map(({ role }: { role: string }) => role), ["collector"]);
      assertEquals(alone.freeShards, 256);
      assertEquals(alone.lanes.length, 1);
      const { device, readings, gateway, oldest, streamer } = alone.lanes[0];
      assertEquals({ device, readings, gateway, streamer }, {
        device: "d--0000-0000-0000-0001",
        readings: 3,
        gateway: null,
        streamer: null,
      });
      assert(Math.abs(Date.parse(oldest) - Date.now()) < 60_000, oldest);
      assertMatch(await sender.queue("ls"), /^\d+\td--0000-0000-0000-0001\t\t3\t/);
      const [{ batch }] = JSON.parse(await sender.queue("ls", "--json"));
      const shown = JSON.parse(await sender.queue("show", String(batch)));
      assertEquals(shown.rows.map(({ value }: { value: number }) => value), [1, 2, 3]);
      assertEquals(await sender.queue("check"), "ok\n");

      sender.start("--role", "sender");
      await until("they are counted", async () => (await cloud.readings("d--1")).length === 3);
      await until("nothing waits", async () => (await sender.status()).depth.readings === 0);
      const both = await collector.status();
      assertEquals(
        both.gateways.map((it: { role: string; shards: number }) => [it.role, it.shards]).sort(),
        [["collector", 0], ["sender", 256]],
      );
      const text = (await archfx(["gateway", "status"], { cwd: sender.cwd })).out;
      assertMatch(text, /^queue {4}nats:\/\/127\.0\.0\.1:\d+\/PLANT\nstream {3}PLANT: /);
      assertMatch(
        text,
        /gateway {2}\S+: sender since \S+, heard \d+ s ago, sends 256 of 256 shards/,
      );
      await sender.stop();
      const left = await collector.status();
      assertEquals(left.gateways.length, 1);
    }),
);

natsTest(
  "archfx gateway queue retries and drops dead letters of a queue on NATS",
  () =>
    withMachines(async ({ collector, sender, cloud }) => {
      let rejects = true;
      cloud.onReport = ({ report, forward }) =>
        rejects && report.columns().values.includes(13) ? json(400, ["unlucky"]) : forward();
      collector.start("--role", "collector");
      sender.start("--role", "sender");
      await collector.file("a.csv", 1, 13, 2);
      await until("one is dead", async () => {
        const { code, out } = await archfx(["gateway", "status", "--json"], { cwd: sender.cwd });
        return code === 0 && JSON.parse(out).depth.dead === 1;
      });
      const letters = JSON.parse(await collector.queue("ls", "--dead", "--json"));
      assertEquals(letters.length, 1);
      assertEquals(letters[0].device, "d--0000-0000-0000-0001");
      assertEquals(letters[0].body, '["unlucky"]');
      const id = String(letters[0].letter);
      const shown = JSON.parse(await collector.queue("show", id, "--dead"));
      assertEquals(shown.rows.map(({ value }: { value: number }) => value), [13]);
      rejects = false;
      assertEquals(
        await collector.queue("retry", id),
        "1 dead letter, 1 reading in the queue again\n",
      );
      await until("it is counted", async () => (await cloud.readings("d--1")).length === 3);
      assertEquals((await sender.status()).depth.dead, 0);
      // It was dealt with: a second time there is nothing to do.
      const again = await archfx(["gateway", "queue", "retry", id], { cwd: sender.cwd });
      assertEquals(again.code, 1);
      assertStringIncludes(again.err, `Cannot find dead letter ${id}`);

      rejects = true;
      await collector.file("b.csv", 3, 13, 4);
      await until("another is dead", async () => (await sender.status()).depth.dead === 1);
      assertEquals(await sender.queue("drop", "--all"), "1 dead letter deleted\n");
      assertEquals((await sender.status()).depth.dead, 0);
      assertEquals(await sender.queue("check"), "ok\n");
    }),
);

natsTest(
  "archfx gateway queue take-over continues above last_id, and gives up the given batches",
  () =>
    withMachines(async ({ collector, sender, cloud }) => {
      collector.start("--role", "collector");
      sender.start("--role", "sender");
      await collector.file("a.csv", 1);
      await until("the first is counted", async () => (await cloud.readings("d--1")).length === 1);
      // Another writer.
      const other = ArchFXFlexibleDictionaryReport.fromReadings({
        device: "d--1",
        streamer: 256,
        data: [new ArchFXDataPoint({ timestamp: 0, stream: 0x5090, value: 7, readingId: 50 })],
      });
      await other.upload(await cloud.direct());
      await collector.file("b.csv", 2);
      await until("it is held", async () => (await sender.status()).depth.held === 1);
      await collector.file("c.csv", 3);
      await collector.file("d.csv", 4);
      await until("three wait", async () => (await sender.status()).depth.readings === 3);
      const { hold, gateway } = (await collector.status()).lanes[0];
      assertEquals(hold.kind, "conflict");
      assert(gateway !== null);
      const streamer = "t--0000-0000-0000-0001--0100";
      const sides = await collector.queue("take-over", streamer);
      assertMatch(sides, /held {7}last_id is 50, 1 was confirmed last/);
      assertMatch(sides, /cloud {6}last_id 50\nthis side {2}confirmed 1/);
      const batches = JSON.parse(await sender.queue("ls", "--json"));
      const values = await Promise.all(batches.map(async ({ batch }: { batch: number }) => {
        const { rows } = JSON.parse(await sender.queue("show", String(batch)));
        return [rows[0].value, batch];
      }));
      const dropped = values.find(([value]) => value === 3)![1];
      const done = await collector.queue("take-over", streamer, "--yes", "--drop", String(dropped));
      assertEquals(done, "Taken over at last_id 50; 1 reading given up\n");
      await until("it goes on", async () => (await cloud.readings("d--1")).length === 4);
      const counted = (await cloud.readings("d--1")).map(({ value }) => value).sort();
      assertEquals(counted, [1, 2, 4, 7]);
      await until("nothing waits", async () => (await sender.status()).depth.readings === 0);
      assertEquals(await sender.queue("check"), "ok\n");
    }),
);
