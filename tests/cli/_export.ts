/** Readings to export, and what an export wrote. */
import { assertEquals } from "@std/assert";
import { readParquet } from "../../src/arrow/mod.ts";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { archfx } from "./_archfx.ts";

const DAY = 86_400_000_000n;
const START = BigInt(Date.parse("2026-03-01T12:00:00Z")) * 1000n;

/** Uploads readings of four streams of a device, spread over three days. */
export async function fill(
  cwd: string,
  env: Record<string, string>,
  readings: number,
): Promise<void> {
  const step = 2n * DAY / BigInt(readings);
  const report = ArchFXFlexibleDictionaryReport.fromColumns({
    device: "d--1",
    columns: {
      length: readings,
      streams: Uint32Array.from({ length: readings }, (_, i) => 0x15090 + i % 4),
      readingIds: BigUint64Array.from({ length: readings }, (_, i) => BigInt(i + 1)),
      timestamps: BigInt64Array.from({ length: readings }, (_, i) => START + step * BigInt(i)),
      values: Float64Array.from({ length: readings }, (_, i) => i),
    },
  });
  await report.save(`${cwd}/all.mp`);
  const { code, err } = await archfx(["report", "upload", "all.mp"], { cwd, env });
  assertEquals(code, 0, err);
}

/** The values in all files of an export, by their stream and day. */
export async function exported(folder: string): Promise<{ files: string[]; values: number[] }> {
  const files: string[] = [];
  const values: number[] = [];
  for (const { name: stream, isDirectory } of Deno.readDirSync(folder)) {
    if (!isDirectory) continue;
    for (const { name } of Deno.readDirSync(`${folder}/${stream}`)) {
      files.push(`${stream}/${name}`);
      for await (const chunk of readParquet(`${folder}/${stream}/${name}`)) {
        assertEquals(chunk.devices?.[0], 1n);
        values.push(...chunk.values);
      }
    }
  }
  return { files: files.sort(), values: values.sort((a, b) => a - b) };
}
