import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Api,
  ArchFXFlexibleDictionaryReport,
  factoryMap,
  HttpAuthenticationError,
  HttpNotFoundError,
  HttpPermissionError,
  HttpValidationError,
  lastReadingId,
  type ReadingColumns,
  stream,
  type Tokens,
} from "../../mod.ts";
import { DatabaseSync } from "node:sqlite";
import { createEmulator, DEMO_API_KEY } from "../../src/emulator/mod.ts";
import { withCloud } from "./_with_cloud.ts";

const CREDENTIALS = { email: "user@example.com", password: "my.pass" };

const withEmulator: typeof withCloud = (task, options) =>
  withCloud(task, { seed: "demo", ...options });

/** Readings with ids from `first`, one a second. */
function columns(count: number, first: number): ReadingColumns {
  const index = Array.from({ length: count }, (_, i) => i);
  return {
    length: count,
    streams: new Uint32Array(count).fill(0x5051),
    readingIds: Float64Array.from(index, (i) => first + i),
    timestamps: BigInt64Array.from(index, (i) => BigInt(first + i) * 1_000_000n + 7n),
    values: Float64Array.from(index, (i) => (first + i) / 8),
  };
}

Deno.test("the example of the README: create, change, read and delete an organisation", () =>
  withEmulator(async (api) => {
    const made = await api.org.post({ name: "My new Org" });
    await api.org(made.slug).put({ about: "About Org" });
    await api.org(made.slug).patch({ about: "About new Org" });
    assertEquals((await api.org(made.slug).get()).about, "About new Org");
    assertEquals(await api.org(made.slug).delete(), true);
    await assertRejects(() => api.org(made.slug).get(), HttpNotFoundError, "Not found");
    const error = await assertRejects(() => api("org" as string).post({}), HttpValidationError);
    assertEquals(error.fields, { name: ["This field is required."] });
    await assertRejects(() => api.device("d--1").delete(), HttpPermissionError, "Contact Arch");
    const { results } = await api.machine.get();
    assert((await api.machine(results[0].slug).devices.get()).results.length > 0);
  }));

Deno.test("an upload is counted once, lastReadingId() shows it, and readings() returns the readings", () =>
  withEmulator(async (api) => {
    assertEquals(await lastReadingId(api, "d--1"), 0);
    const device = "d--0000-0000-0000-0001";
    const report = ArchFXFlexibleDictionaryReport.fromColumns({
      device,
      columns: columns(12_345, 1),
    });
    assertEquals([await report.upload(api), await report.upload(api)], [12_345, 0]);
    assertEquals(await lastReadingId(api, device), 12_345);
    const [{ slug }] = await api.stream.all({ device });
    const back: ReadingColumns[] = [];
    for await (const page of stream(api, slug).readings({ pageSize: 1000 })) back.push(page);
    assertEquals(back.length, 13);
    const expected = columns(12_345, 1);
    assertEquals(back.flatMap(({ values }) => [...values]), [...expected.values]);
    assertEquals(back.flatMap(({ timestamps }) => [...timestamps]), [...expected.timestamps]);
    assertEquals(
      back.flatMap(({ readingIds }) => [...readingIds].map(Number)),
      [...expected.readingIds].map(Number),
    );
    const part: ReadingColumns[] = [];
    const range = { start: 10_000_007n, end: new Date(20_000) };
    for await (const page of stream(api, slug).readings(range)) part.push(page);
    assertEquals([...part[0].values], Array.from({ length: 10 }, (_, i) => (10 + i) / 8));
  }));

Deno.test("reading ids beyond 2^53 are returned exactly", () =>
  withEmulator(async (api) => {
    const id = 2n ** 60n + 1n;
    const one = { ...columns(1, 1), readingIds: BigUint64Array.of(id) };
    await ArchFXFlexibleDictionaryReport.fromColumns({ device: 1, columns: one }).upload(api);
    assertEquals(await lastReadingId(api, 1), id);
    const [{ slug }] = await api.stream.all();
    for await (const { readingIds } of stream(api, slug).readings()) {
      assertEquals([...readingIds], [id]);
    }
  }));

Deno.test("an upload whose response is lost is sent again and counted once", () =>
  withEmulator(async (api, emulator) => {
    const report = ArchFXFlexibleDictionaryReport.fromColumns({
      device: 1,
      columns: columns(100, 1),
    });
    emulator.faults.add({ kind: "drop", phase: "after", path: "streamer/report", method: "POST" });
    assertEquals(await report.upload(api), 0); // The retry's count: the first attempt counted them.
    emulator.faults.add({ kind: "drop", phase: "during", path: "streamer/report", method: "POST" });
    const next = ArchFXFlexibleDictionaryReport.fromColumns({
      device: 1,
      columns: columns(50, 101),
    });
    assertEquals(await next.upload(api), 50);
    const [{ slug }] = await api.stream.all();
    assertEquals((await api.data.get({ filter: slug })).count, 150);
  }));

Deno.test("a report without ids, when allowed, is not sent again", () =>
  withEmulator(async (api, emulator) => {
    const bare = { ...columns(3, 1), readingIds: new Float64Array(3) };
    const report = ArchFXFlexibleDictionaryReport.fromColumns({ device: 1, columns: bare });
    await assertRejects(() => report.upload(api), Error);
    emulator.faults.add({ kind: "status", status: 503, path: "streamer/report", method: "POST" });
    await assertRejects(() => report.upload(api, { allowMissingIds: true }), Error, "503");
    assertEquals(await report.upload(api, { allowMissingIds: true }), 0);
  }));

Deno.test("tokens that expire are refreshed during calls, with rotation, without a failed call", () => {
  let now = Date.now();
  return withEmulator(async (api, _, url) => {
    const stored: Tokens[] = [];
    const mine = new Api(url, { onTokens: (tokens) => void stored.push(tokens) });
    await mine.login(CREDENTIALS);
    for (let round = 0; round < 5; round++) {
      now += 61_000;
      const calls = Array.from({ length: 20 }, () => mine.site.get());
      assertEquals((await Promise.all(calls)).length, 20);
    }
    assertEquals(stored.length, 6);
    // Another process can continue with the tokens that were stored last.
    const other = new Api(url);
    other.setToken(stored.at(-1)!);
    await other.site.get();
    now += 61_000;
    api.setToken(api.token!);
    await assertRejects(() => api.site.get(), HttpAuthenticationError);
  }, { accessTokenSeconds: 60, now: () => now });
});

Deno.test("a refresh token that another process has used fails with a clear error", () =>
  withEmulator(async (_, __, url) => {
    const stored: Tokens[] = [];
    const first = new Api(url, { onTokens: (tokens) => void stored.push(tokens) });
    await first.login(CREDENTIALS);
    const second = new Api(url);
    second.setToken(stored[0]);
    assertEquals(await second.refreshToken(), true);
    assertEquals(await first.refreshToken(), false);
    await assertRejects(() => first.org.get(), HttpAuthenticationError);
  }));

Deno.test("any value that a report may have is stored and read back unchanged, and encodes to the same bytes", () =>
  withEmulator(async (api) => {
    const all = [
      NaN,
      Infinity,
      -Infinity,
      -0,
      0,
      5e-324,
      -1.7976931348623157e308,
      0.1,
      2 ** 53 + 2,
    ];
    const length = all.length;
    const summaries = [
      null,
      { big: 9007199254740993n, least: -(2n ** 63n), safe: 9007199254740991 },
      { list: [18446744073709551615n, -0, 1.5, "9007199254740993", true, null] },
      { streamer_local_id: 9007199254740993n, nested: { streamer_local_id: "9007199254740993" } },
      ...new Array(length - 4).fill(null),
    ];
    const sent: ReadingColumns = {
      length,
      streams: new Uint32Array(length).fill(0x5051),
      readingIds: BigUint64Array.from(all, (_, at) => 2n ** 62n + BigInt(at)),
      timestamps: BigInt64Array.from(all, (_, at) => 1_700_000_000_000_001n + BigInt(at) * 1000n),
      values: Float64Array.from(all),
      summaryData: summaries,
      rawData: [...summaries].reverse(),
    };
    const report = (columns: ReadingColumns) =>
      ArchFXFlexibleDictionaryReport.fromColumns({ device: "d--1", columns, reportId: 7 });
    assertEquals(await report(sent).upload(api), length);
    const [got] = await Array.fromAsync(
      stream(api, "sl--0000-0001--0000-0000-0000-0001--0000-5051").readings(),
    );
    assertEquals(got.length, length);
    for (let at = 0; at < length; at++) {
      assert(Object.is(got.values[at], all[at]), `${got.values[at]} is not ${all[at]}`);
    }
    assertEquals(got.readingIds, sent.readingIds);
    assertEquals(got.timestamps, sent.timestamps);
    assertEquals(got.summaryData, sent.summaryData);
    assertEquals(got.rawData, sent.rawData);
    assert(Object.is((got.summaryData![2] as { list: unknown[] }).list[1], -0));
    assertEquals(report(got).encode(), report(sent).encode());
    const decoded = ArchFXFlexibleDictionaryReport.decode(report(got).encode()).columns();
    assert(Object.is(decoded.values[3], -0) && Number.isNaN(decoded.values[0]));
  }));

Deno.test("each account of the emulator has an API key, which works for every feature", () =>
  withEmulator(async (_, emulator, url) => {
    const api = new Api(url);
    api.setToken(DEMO_API_KEY, "Api-Key");
    assertEquals((await api.org.all()).map(({ slug }) => slug), ["acme"]);
    const report = ArchFXFlexibleDictionaryReport.fromColumns({
      device: "d--1",
      columns: columns(5, 1),
    });
    assertEquals(await report.upload(api, { confirm: true }), 5);
    assertEquals(await lastReadingId(api, "d--1"), 5);
    const read = await Array.fromAsync(
      stream(api, "sl--0000-0001--0000-0000-0000-0001--0000-5051").readings(),
    );
    assertEquals(read[0].length, 5);
    assert((await factoryMap(api, { org: "acme" })).complete);
    assertEquals(emulator.events.requests.filter(({ path }) => path.includes("refresh")), []);
    api.setToken("wrong.key", "Api-Key");
    const error = await assertRejects(() => api.org.get(), HttpAuthenticationError);
    assertEquals(error.message.includes("Invalid API key; the server rejected the API key"), true);
    assertEquals(JSON.stringify(error).includes("wrong.key"), false);
  }));

Deno.test("an emulator store from before the API keys is opened with keys", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/old.sqlite`;
  const first = await createEmulator({ seed: "demo", db: path });
  await first.close();
  const db = new DatabaseSync(path);
  db.exec(
    "DROP INDEX account_api_key; ALTER TABLE account DROP COLUMN api_key; PRAGMA user_version = 1",
  );
  db.close();
  const again = await createEmulator({ db: path });
  const after = new DatabaseSync(path);
  const keys = after.prepare("SELECT api_key FROM account ORDER BY id").all().map((row) =>
    String(row.api_key)
  );
  after.close();
  assertEquals(new Set(keys).size, 4);
  const response = await again.fetch("http://127.0.0.1/api/v1/org/", {
    headers: { authorization: `Api-Key ${keys[0]}` },
  });
  assertEquals((await response.json()).results[0].slug, "acme");
  await again.close();
  await Deno.remove(folder, { recursive: true });
});
