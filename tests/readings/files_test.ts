// Reads real files through the streams of the runtime, and makes reports.
import { assertEquals } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { createReadStream } from "node:fs";
import { ArchFXFlexibleDictionaryReport, readCsv, readNdjson } from "../../mod.ts";

/** Runs a function with a file of a content, which is removed afterwards. */
async function withFile(content: string, use: (path: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/readings`, content);
    await use(`${folder}/readings`);
  });
}

const ROWS = 50_000;
const START = 1611100800000000n;

Deno.test("readCsv() reads a file through the streams of Deno and of Node", async () => {
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const time = new Date(Number(START / 1000n) + i).toISOString();
    return `${time},${(0x5000 + i % 16).toString(16)},${i / 7}\n`;
  });
  await withFile(`timestamp,stream,value\n${lines.join("")}`, async (path) => {
    for (
      const source of [
        (await Deno.open(path)).readable,
        createReadStream(path, { highWaterMark: 999 }),
      ]
    ) {
      let row = 0;
      const reader = readCsv(source, { firstReadingId: 1, chunkReadings: 30_000 });
      for await (const { length, timestamps, streams, values, readingIds } of reader) {
        for (let i = 0; i < length; i++, row++) {
          if (values[i] !== row / 7 || timestamps[i] !== START + BigInt(row) * 1000n) {
            assertEquals([timestamps[i], values[i]], [START + BigInt(row) * 1000n, row / 7]);
          }
          if (readingIds[i] !== BigInt(row + 1) || streams[i] !== 0x5000 + row % 16) {
            assertEquals([streams[i], readingIds[i]], [0x5000 + row % 16, BigInt(row + 1)]);
          }
        }
      }
      assertEquals(row, ROWS);
    }
  });
});

Deno.test("readNdjson() reads a file whose readings make the same report as points", async () => {
  const readings = Array.from({ length: 100 }, (_, i) => ({
    timestamp: new Date(Number(START / 1000n) + i).toISOString(),
    stream: 0x5000 + i % 4,
    value: i / 3,
    readingId: i + 1,
    summaryData: i % 5 ? undefined : { foo: i, bar: "foobar" },
    rawData: i % 7 ? undefined : [i, "raw"],
  }));
  await withFile(readings.map((reading) => JSON.stringify(reading)).join("\n"), async (path) => {
    const data = readings.map((fields) => ({ ...fields }));
    const sentTimestamp = new Date(0);
    for await (const columns of readNdjson((await Deno.open(path)).readable)) {
      const report = ArchFXFlexibleDictionaryReport.fromColumns({
        device: "d--1",
        columns,
        sentTimestamp,
      });
      const points = ArchFXFlexibleDictionaryReport.fromReadings({
        device: "d--1",
        data,
        sentTimestamp,
      });
      assertEquals(report.encode(), points.encode());
    }
  });
});
