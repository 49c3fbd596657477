/**
 * The suite that every consumer runs: what the package must be able to do in a runtime.
 *
 * @module
 */
import {
  Api,
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  DataError,
  HttpNotFoundError,
  readCsv,
} from "@archfx/cloud";
import * as all from "@archfx/cloud";
import * as reports from "@archfx/cloud/reports";
import * as slugs from "@archfx/cloud/slugs";
import { ArchFxDeviceSlug, ArchFxStreamSlug, parseSlugs, SlugError } from "@archfx/cloud/slugs";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { casesJudged } from "../../golden/golden.ts";
import { type Outcome, runTests, test } from "./harness.ts";

/** Where the suite runs. */
export interface Environment {
  /** The address of an emulator with the demo seed. */
  cloud: string;
  /** The streamer that belongs to this run: no two runs upload to the same one. */
  streamer: number;
}

let environment: Environment;

const START = Date.UTC(2026, 2, 2, 6);

/** A report of readings every half second, with ids from 1. */
function report(length: number): ArchFXFlexibleDictionaryReport {
  const data = Array.from({ length }, (_, i) =>
    new ArchFXDataPoint({
      timestamp: START + i * 500,
      stream: 0x5051,
      value: i / 4,
      readingId: i + 1,
      ...(i === 0 && { summaryData: { operator: "Ana", batch: 7 } }),
    }));
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: 3,
    data,
    streamer: environment.streamer,
    sentTimestamp: START,
  });
}

/** A session of the demo account, ended by `logout`. */
async function session(): Promise<Api> {
  const api = new Api(environment.cloud, { retries: 0 });
  assertEquals(await api.login({ email: "user@example.com", password: "my.pass" }), true);
  return api;
}

test("slugs are parsed one by one and in bulk", () => {
  assertEquals(String(new ArchFxDeviceSlug("d--1234")), "d--0000-0000-0000-1234");
  assertEquals([...parseSlugs("d--1\nd--2\n").devices], [1n, 2n]);
  assertThrows(() => new ArchFxDeviceSlug("d--xyz"), SlugError, "d--xyz");
});

test("a class is the same class from every entry point", () => {
  let shared = 0;
  for (const part of [reports, slugs] as Record<string, unknown>[]) {
    for (const [name, value] of Object.entries(part)) {
      if (!(name in all) || name === "default") continue; // a bundle adds its own default export
      assertStrictEquals((all as Record<string, unknown>)[name], value, name);
      shared++;
    }
  }
  assertEquals(shared > 30, true);
});

test("a report keeps its readings through bytes", () => {
  const bytes = report(1000).encode();
  const decoded = ArchFXFlexibleDictionaryReport.decode(bytes);
  assertEquals(decoded.length, 1000);
  assertEquals(decoded.visibleData[999]!.value, 999 / 4);
  assertEquals(decoded.visibleData[0]!.summaryData, { operator: "Ana", batch: 7 });
  assertEquals(decoded.encode(), bytes);
  assertThrows(() => ArchFXFlexibleDictionaryReport.decode(bytes.subarray(0, 50)), DataError);
});

test("CSV becomes columns", async () => {
  const text =
    "timestamp,stream,value\n2026-03-02T06:00:00Z,5051,1.5\n2026-03-02T06:00:01Z,5051,2\n";
  const values: number[] = [];
  for await (const columns of readCsv(new TextEncoder().encode(text), {})) {
    values.push(...columns.values.subarray(0, columns.length));
  }
  assertEquals(values, [1.5, 2]);
});

test("a wrong password is rejected and a correct one is accepted", async () => {
  const stranger = new Api(environment.cloud, { retries: 0 });
  assertEquals(await stranger.login({ email: "user@example.com", password: "no" }), false);
  const api = await session();
  assertEquals(api.username, "user");
  await api.logout();
});

test("resources are listed page by page and read, and missing ones are a typed error", async () => {
  const api = await session();
  const found: string[] = [];
  for await (const device of api.device.list({ page_size: 4 })) found.push(String(device.slug));
  assertEquals(new Set(found).size, found.length);
  assertEquals(found.includes("d--0000-0000-0000-1234"), true);
  const device = await api.device("d--0000-0000-0000-1234").get() as { slug: string };
  assertEquals(device.slug, "d--0000-0000-0000-1234");
  await assertRejects(() => api.org("no-such-org").get(), HttpNotFoundError, "404");
  await api.logout();
});

test("a report is uploaded, counted once, and read back", async () => {
  const api = await session();
  const sent = report(250);
  assertEquals(await sent.upload(api), 250);
  assertEquals(await sent.upload(api), 0);
  const device = new ArchFxDeviceSlug(3);
  const streamer = `t--${device.formattedId()}--${
    environment.streamer.toString(16).padStart(4, "0")
  }`;
  const row = await api.streamer(streamer).get() as { last_id: number };
  assertEquals(row.last_id, 250);
  await api.logout();
});

test("a large upload reports its progress", async () => {
  const api = await session();
  const data = report(20_000).encode();
  let last = 0;
  const answer = await api("streamer/report").uploadFp({ name: "report.mp", data }, {
    params: { timestamp: "2026-03-02T06:00:00Z" },
    onProgress: ({ sent }) => {
      last = sent;
    },
  }) as { count: number };
  assertEquals(answer.count, 19_750); // 250 of them were counted before
  assertEquals(last > 0, true);
  await api.logout();
});

test("a stream slug keeps its parts", () => {
  const slug = ArchFxStreamSlug.fromParts({ device: 3, variable: "0000-5051" });
  assertEquals(String(new ArchFxStreamSlug(String(slug))), String(slug));
});

/** Runs the suite and the golden tests. */
export function runSuite(where: Environment): Promise<Outcome> {
  environment = where;
  return runTests(casesJudged);
}
