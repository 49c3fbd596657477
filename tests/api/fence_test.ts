/**
 * The fence: after a failure no report of the streamer with higher ids is sent, and with `confirm` none is
 * sent before the one ahead of it was counted. The cloud must have every reading up to its `last_id`.
 */
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { configure, reset } from "@logtape/logtape";
import {
  Api,
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  DataError,
  HttpServerError,
  type Id,
  lastReadingId,
  ReportEncoderStream,
  RestBaseException,
} from "../../mod.ts";
import { Fence } from "../../src/api/_fence.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/mod.ts";
import { json, serve } from "./_server.ts";
import { withCloud as withClient } from "./_with_cloud.ts";

const START = Date.UTC(2026, 0, 1);
const DEVICE = "d--0000-0000-0000-0001";

function point(readingId: number): ArchFXDataPoint {
  return new ArchFXDataPoint({
    timestamp: START + readingId,
    stream: 0x5051,
    value: readingId,
    readingId,
  });
}

/** A report of readings with the ids from `first` to `last`. */
function reportOf(first: number, last: number): ArchFXFlexibleDictionaryReport {
  const data = Array.from({ length: last - first + 1 }, (_, i) => point(first + i));
  return ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data });
}

/** A client that retries nothing. */
const withCloud = (
  task: (api: Api, emulator: Emulator) => Promise<void>,
  options: EmulatorOptions = {},
) => withClient(task, options, { retries: 0 });

/** Every id up to `last_id` is stored once, with its own value; returns `last_id`. */
async function checkWhole(api: Api): Promise<Id> {
  const last = await lastReadingId(api, 1);
  const rows = await api.data.all({ filter: DEVICE }) as {
    streamer_local_id: number;
    value: number;
  }[];
  const ids = rows.map((row) => row.streamer_local_id).sort((a, b) => a - b);
  assertEquals(ids, Array.from({ length: Number(last) }, (_, i) => i + 1));
  assert(rows.every((row) => row.value === row.streamer_local_id));
  return last;
}

// deno-lint-ignore no-explicit-any
type ErrorClass = new (...args: any[]) => Error;

const uploads = (emulator: Emulator) =>
  emulator.events.requests.filter(({ method }) => method === "POST")
    .filter(({ path }) => path.endsWith("/streamer/report/")).length;

Deno.test("report.upload() after a failed report of its streamer is rejected unsent, until that one is counted", () =>
  withCloud(async (api, emulator) => {
    emulator.faults.add({ kind: "status", status: 503, path: "streamer/report/" });
    const [r1, r2, r3] = [reportOf(1, 5), reportOf(6, 10), reportOf(11, 15)];
    const failed = await assertRejects(() => r1.upload(api), HttpServerError);
    for (const report of [r2, r3, r2]) {
      const unsent = await assertRejects(() => report.upload(api), RestBaseException);
      assertEquals(unsent.cause, failed);
      assertMatch(unsent.message, /the ids 1 to \d+ failed before it.*skipFailed/);
    }
    assertEquals(uploads(emulator), 1);
    assertEquals(await r1.upload(api), 5);
    // r2 was rejected, so its readings must be counted first.
    const unsent = await assertRejects(() => r3.upload(api), RestBaseException);
    assertEquals(unsent.cause, failed);
    assertEquals([await r2.upload(api), await r3.upload(api)], [5, 5]);
    assertEquals(await checkWhole(api), 15);
  }));

Deno.test("five uploads in flight from ReportEncoderStream lose nothing when the third fails", () =>
  withCloud(async (api, emulator) => {
    emulator.faults.add({ kind: "drop", phase: "during", path: "streamer/report/", after: 2 });
    const points = Array.from({ length: 222 }, (_, i) => point(i + 1));
    const stream = ReadableStream.from(points).pipeThrough(
      new ReportEncoderStream({ device: 1, maxPoints: 37 }),
    );
    const failed: ArchFXFlexibleDictionaryReport[] = [];
    const flying = new Set<Promise<unknown>>();
    for await (const report of stream) {
      const upload = report.upload(api).catch(() => failed.push(report));
      flying.add(upload);
      upload.finally(() => flying.delete(upload));
      if (flying.size >= 5) await Promise.race(flying);
    }
    await Promise.all(flying);
    assertEquals(failed.length, 4);
    assertEquals(await checkWhole(api), 74);
    failed.sort((a, b) => Number(a.lowestId) - Number(b.lowestId));
    for (const report of failed) assertEquals(await report.upload(api), 37);
    assertEquals(await checkWhole(api), 222);
  }));

Deno.test("a report that is rejected locally, or aborted, also holds back the later ones", () =>
  withCloud(async (api, emulator) => {
    const columns = {
      length: 2,
      streams: Uint32Array.of(0x5051, 0x5051),
      readingIds: Uint32Array.of(1, 2),
      timestamps: BigInt64Array.of(0n, 2n ** 62n),
      values: Float64Array.of(1, 2),
    };
    const broken = ArchFXFlexibleDictionaryReport.fromColumns({ device: 1, columns });
    const missing = ArchFXFlexibleDictionaryReport.fromReadings({
      device: 1,
      data: [point(1), new ArchFXDataPoint({ timestamp: START, stream: 0x5051, value: 0 })],
    });
    const cases: [() => Promise<unknown>, ErrorClass, string][] = [
      [() => broken.upload(api), DataError, "Cannot encode reading 1"],
      [() => missing.upload(api), DataError, "has no id"],
      [() => reportOf(1, 2).upload(api, { sginal: 1 } as never), TypeError, '"sginal"'],
      [() => reportOf(1, 2).upload(api, { signal: 1 } as never), TypeError, '"signal"'],
      [() => reportOf(1, 2).upload(api, { confirm: "yes" } as never), TypeError, '"confirm"'],
      [
        () =>
          reportOf(1, 2).upload(api, {
            onProgress: () => {
              throw new Error("my own");
            },
          }),
        Error,
        "my own",
      ],
      [
        () => reportOf(1, 2).upload(api, { signal: AbortSignal.abort() }),
        DOMException,
        "abort",
      ],
      [
        () =>
          api("streamer/report").uploadFp(
            { name: "report.mp", data: reportOf(1, 2).encode() },
            { params: { timestamp: {} as never } },
          ),
        TypeError,
        "timestamp",
      ],
    ];
    for (const [call, Wrong, says] of cases) {
      const failure = await assertRejects(call, Wrong, says);
      const unsent = await assertRejects(() => reportOf(3, 4).upload(api), RestBaseException);
      assertEquals(unsent.cause, failure);
      assertEquals(await reportOf(1, 2).upload(api), uploads(emulator) === 1 ? 2 : 0);
      await reportOf(3, 4).upload(api);
    }
    assertEquals(await checkWhole(api), 4);
  }));

Deno.test("a response that does not count the report's readings holds back the later ones", async () => {
  let reply: unknown;
  const server = serve(() => json(reply, 201));
  for (reply of [{}, null, [], { count: -1 }, { count: 1.5 }, { count: 1e9 }, { count: "2" }]) {
    const api = new Api(server.url);
    const failure = await assertRejects(() => reportOf(1, 2).upload(api), RestBaseException);
    assertMatch(failure.message, /count/);
    const unsent = await assertRejects(() => reportOf(3, 4).upload(api), RestBaseException);
    assertEquals(unsent.cause, failure);
  }
  await server.close();
});

Deno.test("skipFailed gives up the reports below the report's lowest id, and a warning names them", () =>
  withCloud(async (api, emulator) => {
    const warnings: string[] = [];
    await configure({
      sinks: {
        list: ({ level, message }) => {
          if (level === "warning") warnings.push(message.join(""));
        },
      },
      loggers: [
        { category: ["archfx"], sinks: ["list"], lowestLevel: "warning" },
        { category: ["logtape", "meta"], sinks: [] },
      ],
      reset: true,
    });
    emulator.faults.add({ kind: "status", status: 400, body: ["no"], path: "streamer/report/" });
    await assertRejects(() => reportOf(1, 5).upload(api));
    await assertRejects(() => reportOf(8, 9).upload(api), RestBaseException, "ids 1 to 5");
    await assertRejects(
      () => reportOf(20, 30).upload(api),
      RestBaseException,
      "ids 1 to 5, 8 to 9",
    );
    assertEquals(await reportOf(10, 12).upload(api, { skipFailed: true }), 3);
    assertEquals(warnings.map((text) => text.replaceAll("'", "").replaceAll('"', "")), [
      "Readings of t--0000-0000-0000-0001--0100 with the ids 1 to 5, 8 to 9 are given " +
      "up: they failed, and 10 follows",
    ]);
    // Reports above it are not given up.
    await assertRejects(() => reportOf(31, 32).upload(api), RestBaseException, "ids 20 to 30");
    assertEquals(await reportOf(20, 30).upload(api), 11);
    assertEquals(await reportOf(31, 32).upload(api), 2);
    await reset();
  }));

Deno.test("uploads of bytes and of files are fenced by the ids in their header", () =>
  withCloud(async (api, emulator) => {
    const reports = api("streamer/report");
    const params = { timestamp: new Date() };
    const folder = await Deno.makeTempDir();
    await reportOf(3, 4).write(`${folder}/late.mp`);
    emulator.faults.add({ kind: "drop", phase: "before", path: "streamer/report/" });
    const first = {
      name: "report.mp",
      data: new Blob([reportOf(1, 2).encode() as Uint8Array<ArrayBuffer>]),
    };
    const failure = await assertRejects(() => reports.uploadFp(first, { params }));
    const unsent = await assertRejects(
      () => reports.uploadFile(`${folder}/late.mp`, { params }),
      RestBaseException,
    );
    assertEquals(unsent.cause, failure);
    assertEquals(await reports.uploadFp(first, { params }), { count: 2 });
    assertEquals(await reports.uploadFile(`${folder}/late.mp`, { params }), { count: 2 });
    assertEquals(await checkWhole(api), 4);
    await Deno.remove(folder, { recursive: true });
  }));

Deno.test("upload({ confirm }) in order loses nothing if two workers count later; without it, readings are lost", async () => {
  for (const confirm of [true, false]) {
    await withCloud(async (api, emulator) => {
      await Promise.all(
        Array.from(
          { length: 30 },
          (_, i) =>
            reportOf(10 * i + 1, 10 * i + 10).upload(api, { confirm }).then((count) =>
              assertEquals(count, 10)
            ),
        ),
      );
      await emulator.counting.idle();
      const stored = (await api.data.get({ filter: DEVICE })).count;
      if (confirm) assertEquals(await checkWhole(api), 300);
      else assert(stored < 300, "nothing was lost: the test shows nothing");
      // Without the proof, the workers must be slower than the uploads, even on a busy machine.
    }, { counting: { workers: 2, delayMs: [0, confirm ? 8 : 200], seed: 3 } });
  }
});

Deno.test("upload({ confirm }) rejects a report whose worker failed, and the later ones with it", () =>
  withCloud(async (api, emulator) => {
    emulator.faults.add({ kind: "worker-fails", path: "streamer/report/", after: 1 });
    const confirm = { timeoutMs: 1500 };
    const results = await Promise.allSettled(
      [1, 11, 21].map((first) => reportOf(first, first + 9).upload(api, { confirm })),
    );
    assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
    const [, failed, unsent] = results as PromiseRejectedResult[];
    assertInstanceOf(failed!.reason, RestBaseException);
    assertMatch(failed!.reason.message, /did not count it within 1500 ms. Upload it again/);
    assertEquals(unsent!.reason.cause, failed!.reason);
    for (const first of [11, 21]) {
      assertEquals(await reportOf(first, first + 9).upload(api, { confirm: true }), 10);
    }
    assertEquals(await checkWhole(api), 30);
  }, { counting: { workers: 2, delayMs: [0, 8] } }));

Deno.test("upload({ confirm }) of a report that was counted before compares its readings, and sends nothing", () =>
  withCloud(async (api, emulator) => {
    emulator.faults.add({ kind: "drop", phase: "after", path: "streamer/report/" });
    const report = reportOf(1, 10);
    await assertRejects(() => report.upload(api, { confirm: true }));
    assertEquals(await report.upload(api, { confirm: true }), 0);
    assertEquals(uploads(emulator), 1);
    // Half of it is counted: the rest is sent.
    assertEquals(await reportOf(6, 20).upload(api, { confirm: true }), 10);
    assertEquals(uploads(emulator), 2);
    assertEquals(await checkWhole(api), 20);
    // Other readings under the same ids were never counted.
    const other = ArchFXFlexibleDictionaryReport.fromReadings({
      device: 1,
      data: [new ArchFXDataPoint({ timestamp: START + 1, stream: 0x5051, value: 7, readingId: 1 })],
    });
    await assertRejects(
      () => other.upload(api, { confirm: true }),
      DataError,
      "its ids are too low. last_id of the streamer is already 20",
    );
    await assertRejects(() => reportOf(21, 22).upload(api, { confirm: true }), RestBaseException);
    assertEquals(await reportOf(21, 22).upload(api, { confirm: true, skipFailed: true }), 2);
    assertEquals(await checkWhole(api), 22);
  }));

Deno.test("upload({ confirm }) accepts last_id alone if the account may not read data/, and only the highest id", () =>
  withCloud(async (api, emulator) => {
    await reportOf(1, 10).upload(api);
    emulator.faults.add({
      kind: "status",
      status: 403,
      body: { detail: "no" },
      path: "data/",
      times: "always",
    });
    assertEquals(await reportOf(6, 10).upload(api, { confirm: true }), 0);
    await assertRejects(
      () => reportOf(6, 9).upload(api, { confirm: true }),
      DataError,
      "its data/ cannot be read",
    );
  }));

Deno.test("upload({ confirm }) does not treat a report as counted when readings of another sender have replaced it", async () => {
  // The request reaches the cloud after another one with the same ids and other values.
  await using emulator = await createEmulator();
  const { url } = await emulator.listen();
  const other = new Api(url);
  await other.login({ email: "user@example.com", password: "my.pass" });
  let overtaken = false;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (init?.method === "POST" && String(input).includes("streamer/report") && !overtaken) {
      overtaken = true;
      const data = [1, 2].map((readingId) =>
        new ArchFXDataPoint({ timestamp: START, stream: 0x5052, value: -1, readingId })
      );
      await ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data }).upload(other);
    }
    return await globalThis.fetch(input, init);
  };
  const api = new Api(url, { fetch });
  api.setToken(other.token!);
  await assertRejects(
    () => reportOf(1, 2).upload(api, { confirm: { timeoutMs: 200 } }),
    DataError,
    "the cloud has other readings with these ids",
  );
});

Deno.test("Fence keeps spans in order, joins those in sequence, and removes those that are counted or given up", () => {
  const fence = new Fence();
  fence.add({ lowest: 5, highest: 9 }, "second");
  fence.add({ lowest: 1, highest: 3 }, "first");
  assertEquals([String(fence), fence.before(4)?.cause], ["1 to 3, 5 to 9", "first"]);
  assertEquals([fence.before(1), fence.before(0)], [undefined, undefined]);
  fence.add({ lowest: 4, highest: 4 }, "third");
  assertEquals(String(fence), "1 to 9");
  fence.add({ lowest: 2n ** 60n, highest: 2n ** 60n + 1n }, "far");
  fence.countedTo(6);
  assertEquals([String(fence), fence.before(8)?.cause], [
    "7 to 9, 1152921504606846976 to 1152921504606846977",
    "first",
  ]);
  assertEquals(fence.giveUpBelow(9), [{ lowest: 7, highest: 8 }]);
  assertEquals(fence.giveUpBelow(9), []);
  assertEquals(String(fence), "9, 1152921504606846976 to 1152921504606846977");
  fence.countedTo(2n ** 61n);
  assertEquals(fence.isEmpty, true);
});
