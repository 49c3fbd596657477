/**
 * Makes readings for tests from a seed.
 *
 * @module
 */
import { ArchFXDataPoint, type ReadingColumns } from "../../src/reports/mod.ts";
import { random } from "../_random.ts";

export { random };

/** Columns of `length` readings with ids from `firstId` on, 0 for none. */
export function columnsOf(length: number, firstId = 1): ReadingColumns {
  const next = random(length);
  return {
    length,
    streams: Uint32Array.from({ length }, () => 0x5000 + Math.floor(next() * 4)),
    readingIds: Float64Array.from({ length }, (_, i) => firstId === 0 ? 0 : firstId + i),
    timestamps: BigInt64Array.from({ length }, (_, i) => 1611100800000000n + BigInt(i) * 250_000n),
    values: Float64Array.from({ length }, () => next() * 100),
  };
}

/** A point with random fields. */
export function pointAt(
  row: number,
  fields: Partial<ConstructorParameters<typeof ArchFXDataPoint>[0]> = {},
): ArchFXDataPoint {
  return new ArchFXDataPoint({
    timestamp: 1611100800000 + row * 1000,
    stream: 0x5001,
    value: row,
    readingId: row + 1,
    ...fields,
  });
}
