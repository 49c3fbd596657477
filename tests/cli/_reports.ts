/** Report files for tests. */
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";

/** The time of the first reading: 2026-03-02T06:00:00Z. */
export const START = 1772431200000000n;

/** Writes a report of one stream, a reading every half second, ids in sequence. */
export async function writeReportFile(
  path: string,
  { device = 1, firstId = 1, readings = 100, stream = 0x15090, streamer = 0x100 } = {},
): Promise<Uint8Array> {
  const index = Array.from({ length: readings }, (_, row) => row);
  const report = ArchFXFlexibleDictionaryReport.fromColumns({
    device,
    streamer,
    columns: {
      length: readings,
      streams: new Uint32Array(readings).fill(stream),
      readingIds: Float64Array.from(index, (row) => firstId + row),
      timestamps: BigInt64Array.from(index, (row) => START + BigInt(row) * 500_000n),
      values: Float64Array.from(index, (row) => 20 + (row % 10)),
    },
  });
  const bytes = report.encode();
  await Deno.writeFile(path, bytes);
  return bytes;
}
