/** The readings of a run: the content of every report, and what the cloud must have at the end. */
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";

const START = 1_772_431_200_000_000n; // 2026-03-02T06:00:00Z

/** The value of a reading. */
export function valueOf(device: number, id: number): number {
  return device * 1000 + id / 8;
}

/** The report number `n` (from 0) of a device: `readings` readings with the ids that follow. */
export function reportOf(
  device: number,
  n: number,
  readings: number,
): ArchFXFlexibleDictionaryReport {
  const ids = Array.from({ length: readings }, (_, i) => n * readings + i + 1);
  return ArchFXFlexibleDictionaryReport.fromColumns({
    device,
    columns: {
      length: readings,
      streams: new Uint32Array(readings).fill(0x5051),
      readingIds: Float64Array.from(ids),
      timestamps: BigInt64Array.from(ids, (id) => START + BigInt(id) * 100_000n),
      values: Float64Array.from(ids, (id) => valueOf(device, id)),
    },
  });
}
