/**
 * A report's readings as CSV.
 *
 * @module
 */
import type { ReportColumns } from "./columns.ts";

/** Characters per piece: large enough to be fast, and small enough for the memory. */
const PIECE = 1 << 20;

/** Names of the columns, in order. */
const HEADER = "reading_id,timestamp,stream,value,extra_data,data";

/**
 * Write rows as CSV (RFC 4180: commas, CR LF, quotes doubled).
 *
 * Values are written in full, so that reading them back gives the same float64; data is JSON.
 *
 * @param columns the report
 * @param positions which readings, in which order
 */
export function* csvChunks(columns: ReportColumns, positions: Uint32Array): Generator<string> {
  const { readingIds, timestamps, streams, values } = columns;
  const clock = isoClock();
  let piece = `${HEADER}\r\n`;
  for (const at of positions) {
    const value = values[at];
    const { summary, raw } = columns.free(at);
    piece += `${readingIds[at]},${clock(timestamps[at])},${hex(streams[at])},` +
      `${Object.is(value, -0) ? "-0" : value},${quoted(summary)},${quoted(raw)}\r\n`;
    if (piece.length >= PIECE) {
      yield piece;
      piece = "";
    }
  }
  yield piece;
}

function quoted(json: string): string {
  return json === "" ? "" : `"${json.replaceAll('"', '""')}"`;
}

function hex(stream: number): string {
  const digits = stream.toString(16).padStart(8, "0");
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

/** ISO 8601 of µs since the Unix epoch. The text up to the second is reused, because many readings share it. */
function isoClock(): (micros: bigint) => string {
  let second = 1n << 62n;
  let text = "";
  return (micros) => {
    let left = micros - second * 1_000_000n;
    if (left < 0n || left >= 1_000_000n) {
      left = micros % 1_000_000n;
      if (left < 0n) left += 1_000_000n;
      second = (micros - left) / 1_000_000n;
      text = new Date(Number(second) * 1000).toISOString().slice(0, -5);
    }
    return left === 0n ? `${text}Z` : `${text}.${left.toString().padStart(6, "0")}Z`;
  };
}
