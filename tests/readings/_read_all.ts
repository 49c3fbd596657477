/** Everything that a reader says about a text. */
import type { BadRow, ReadingsReader } from "../../src/readings/read_options.ts";

/** Reads to the end, or to an error. */
export async function readAll(make: (onBadRow: (row: BadRow) => void) => ReadingsReader) {
  const rows: unknown[] = [];
  const bad: BadRow[] = [];
  const reader = make((row) => void bad.push(row));
  let error = "";
  try {
    for await (const chunk of reader) {
      for (let i = 0; i < chunk.length; i++) {
        rows.push([
          chunk.timestamps[i],
          chunk.values[i],
          chunk.streams[i],
          chunk.readingIds[i],
          chunk.devices?.[i],
          chunk.summaryData?.[i],
          chunk.rawData?.[i],
        ]);
      }
    }
  } catch (cause) {
    error = (cause as Error).message;
  }
  return { rows, bad, error, left: reader.leftOut, warnings: reader.warnings };
}
