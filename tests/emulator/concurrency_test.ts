/** Many clients at the same time: the counted readings are the stored ones, each once. */
import { assert, assertEquals } from "@std/assert";
import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { type Client, serving } from "./_client.ts";
import { random } from "../_random.ts";

const USER = "user@example.com";
const STREAM = "sl--0000-0001--0000-0000-0000-0001--0000-5051";
const CLIENTS = 8;
const EACH = 6;

interface Range {
  readonly seqid: number;
  readonly from: number;
  readonly to: number;
}

function encode({ seqid, from, to }: Range): Uint8Array {
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: "d--1",
    reportId: seqid,
    sentTimestamp: new Date(0),
    data: Array.from({ length: to - from + 1 }, (_, i) =>
      new ArchFXDataPoint({
        timestamp: new Date(1e12 + (from + i) * 1000),
        stream: "5051",
        value: from + i,
        readingId: from + i,
      })),
  }).encode();
}

/** Uploads all ranges, `CLIENTS` at a time, and returns the counts by seqid. */
async function uploadAll(client: Client, ranges: readonly Range[]): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  const queue = [...ranges];
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    const user = await client.login(USER);
    for (let range = queue.shift(); range; range = queue.shift()) {
      const { status, body } = await user.upload(encode(range));
      assertEquals(status, 201);
      counts.set(range.seqid, body.count);
    }
  }));
  return counts;
}

async function storedIds(client: Client): Promise<number[]> {
  const user = await client.login(USER);
  const { body } = await user.get(`data/?filter=${STREAM}&page_size=10000`);
  assertEquals(body.count, body.results.length);
  return body.results.map((row: { streamer_local_id: number }) => row.streamer_local_id);
}

Deno.test("8 clients upload overlapping reports of one streamer: each id is stored once, and each response is the number that its transaction added", () =>
  serving(async (client) => {
    const seed = Date.now() >>> 0;
    console.log(`seed ${seed}`);
    const next = random(seed);
    const ranges = Array.from({ length: CLIENTS * EACH }, (_, i) => {
      const from = 1 + Math.floor(next() * 2000);
      return { seqid: i + 1, from, to: from + Math.floor(next() * 400) };
    });
    const counts = await uploadAll(client, ranges);
    const stored = await storedIds(client);
    assertEquals(new Set(stored).size, stored.length);
    assertEquals([...counts.values()].reduce((sum, n) => sum + n, 0), stored.length);
    // The order in which the reports were committed decides what each must have added.
    const user = await client.login(USER);
    const reports = (await user.get("streamer/report/")).body.results;
    assertEquals(reports.length, ranges.length);
    let mark = 0;
    for (const { incremental_id: seqid } of reports) {
      const { from, to } = ranges[seqid - 1];
      assertEquals(
        counts.get(seqid),
        Math.max(0, to - Math.max(from - 1, mark)),
        `report ${seqid}`,
      );
      mark = Math.max(mark, to);
    }
  }));

Deno.test("8 clients upload reports that start at the same id: the counts add up to the distinct ids", () =>
  serving(async (client) => {
    const ranges = Array.from(
      { length: CLIENTS * EACH },
      (_, i) => ({ seqid: i + 1, from: 1, to: 10 + ((i * 37) % 500) }),
    );
    const counts = await uploadAll(client, ranges);
    const highest = Math.max(...ranges.map(({ to }) => to));
    assertEquals([...counts.values()].reduce((sum, n) => sum + n, 0), highest);
    assertEquals(await storedIds(client), Array.from({ length: highest }, (_, i) => i + 1));
    assert([...counts.values()].some((n) => n === 0));
  }));
