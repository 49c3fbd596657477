/**
 * Text of a source as batches: CSV or NDJSON, by the readers of this package.
 *
 * @module
 */
import {
  type BadRow,
  type ByteSource,
  type CsvOptions,
  type NdjsonOptions,
  readCsv,
  readNdjson,
  splitByDevice,
} from "../../readings/mod.ts";
import type { DeviceId } from "../../reports/report_options.ts";
import type { ReadingBatch } from "../types.ts";

/** How text is read. */
export interface TextOptions {
  /**
   * The format; without it, the name of a file or the content type says it: `.csv` and `.tsv` are CSV, `.ndjson`,
   * `.jsonl` and `.json` NDJSON.
   */
  readonly format?: "csv" | "ndjson";
  /** The device of every reading; without it, each row has one, in the column or key `device` unless `read` names another. */
  readonly device?: DeviceId;
  /** The streamer that sends the readings, outside the gateway's range. */
  readonly streamer?: number;
  /** Options of `readCsv` or `readNdjson`, such as `columns`, `stream`, `timeFormat`. */
  readonly read?: Omit<
    CsvOptions & NdjsonOptions,
    "firstReadingId" | "skipBadRows" | "onBadRow" | "onProgress"
  >;
}

/** What was read at a time. */
interface ParsedChunk {
  readonly batches: ReadingBatch[];
  readonly readings: number;
}

/** The format by the name of a file; undefined if it does not say. */
export function formatOfName(name: string): "csv" | "ndjson" | undefined {
  const plain = name.replace(/\.(?:gz|zst)$/i, "");
  if (/\.(?:csv|tsv|txt)$/i.test(plain)) return "csv";
  return /\.(?:ndjson|jsonl|json)$/i.test(plain) ? "ndjson" : undefined;
}

/** Reads text, a chunk at a time. Rows that are not readings go to `onBadRow`. */
export async function* parseText(
  source: ByteSource,
  options: TextOptions & { readonly format: "csv" | "ndjson" },
  onBadRow: (row: BadRow) => void,
): AsyncGenerator<ParsedChunk> {
  const { format, device, streamer, read = {} } = options;
  const common = { ...read, skipBadRows: true, onBadRow };
  const byRow = device === undefined;
  const reader = format === "csv"
    ? readCsv(source, {
      ...common,
      ...(byRow && { columns: { device: "device", ...read.columns } }),
    })
    : readNdjson(source, { ...common, ...(byRow && { keys: { device: "device", ...read.keys } }) });
  for await (const chunk of reader) {
    const more = streamer === undefined ? {} : { streamer };
    const { devices } = chunk;
    const batches: ReadingBatch[] = [];
    if (device !== undefined || !devices) {
      batches.push({ device: device ?? 0, columns: chunk, ...more });
    } else {
      for (const [id, columns] of splitByDevice(chunk)) {
        batches.push({ device: id, columns, ...more });
      }
    }
    yield { batches, readings: chunk.length };
  }
}

/** One line about a bad row. */
export function badRowText(row: BadRow): string {
  const where = row.column === undefined ? "" : `, column ${row.column}`;
  return `line ${row.line}${where}: ${row.message}`;
}
