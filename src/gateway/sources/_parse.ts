/**
 * Turns the text of a source into batches: CSV or NDJSON, with the readers of this package.
 *
 * @module
 */
import { errorMessage } from "../../_error_fields.ts";
import {
  type BadRow,
  type ByteSource,
  type CsvOptions,
  type NdjsonOptions,
  readCsv,
  type ReadingChunk,
  readNdjson,
  splitByDevice,
} from "../../readings/mod.ts";
import { shown } from "../../_shown.ts";
import { problemOf } from "../../readings/problem.ts";
import { deviceOf } from "../../slugs/device_of.ts";
import type { DeviceId } from "../../reports/report_options.ts";
import type { ReadingBatch } from "../types.ts";

/** How text is read. */
export interface TextOptions {
  /**
   * The format; without it, it depends on the name of the file or the content type: `.csv` and `.tsv` are CSV,
   * `.ndjson`, `.jsonl` and `.json` are NDJSON.
   */
  readonly format?: "csv" | "ndjson";
  /**
   * The device of every reading; without it, each row has a device in the column or key `device`, or in another
   * one that `read` sets.
   */
  readonly device?: DeviceId;
  /** The streamer that sends the readings, outside the gateway's range. */
  readonly streamer?: number;
  /** Options of `readCsv` or `readNdjson`, such as `columns`, `stream`, `timeFormat`. */
  readonly read?: Omit<
    CsvOptions & NdjsonOptions,
    "firstReadingId" | "skipBadRows" | "onBadRow" | "onProgress"
  >;
}

/** One chunk that was read. */
interface ParsedChunk {
  readonly batches: ReadingBatch[];
  readonly readings: number;
}

/** The format according to the name of a file; undefined if it is unclear. */
export function formatOfName(name: string): "csv" | "ndjson" | undefined {
  const plain = name.replace(/\.(?:gz|zst)$/i, "");
  if (/\.(?:csv|tsv|txt)$/i.test(plain)) return "csv";
  return /\.(?:ndjson|jsonl|json)$/i.test(plain) ? "ndjson" : undefined;
}

/** The reader for a format; it rejects options at once. */
function readerOf(
  source: ByteSource,
  { format, device, read = {} }: TextOptions & { readonly format: "csv" | "ndjson" },
  onBadRow: (row: BadRow) => void,
) {
  const common = { ...read, skipBadRows: true, onBadRow };
  const byRow = device === undefined;
  return format === "csv"
    ? readCsv(source, {
      ...common,
      ...(byRow && { columns: { device: "device", ...read.columns } }),
    })
    : readNdjson(source, { ...common, ...(byRow && { keys: { device: "device", ...read.keys } }) });
}

/**
 * Checks options before anything is read: otherwise an invalid option would be noticed only when readings get lost.
 *
 * @throws {TypeError} If the device, the streamer or an option of the reader is not valid.
 */
export function checkTextOptions(
  options: TextOptions,
  { format }: Pick<TextOptions, "format"> = options,
): void {
  const { device, streamer } = options;
  if (format !== undefined && format !== "csv" && format !== "ndjson") {
    throw new TypeError(`Cannot use ${shown(format)} as "format": it must be "csv" or "ndjson"`);
  }
  if (device !== undefined) {
    try {
      deviceOf(device);
    } catch (error) {
      throw new TypeError(
        `Cannot use ${shown(device)} as "device": ${errorMessage(error)}`,
        { cause: error },
      );
    }
  }
  if (
    streamer !== undefined && !(Number.isInteger(streamer) && streamer >= 0 && streamer <= 0xffff)
  ) {
    throw new TypeError(`Cannot use ${shown(streamer)} as "streamer": it must be from 0 to 65535`);
  }
  const problems: unknown[] = [];
  const formats = format === undefined ? ["csv", "ndjson"] as const : [format];
  for (const one of formats) {
    try {
      readerOf(new Uint8Array(0), { ...options, format: one }, () => {});
      return;
    } catch (error) {
      problems.push(error);
    }
  }
  throw new TypeError(`Cannot use "read": ${(problems[0] as Error).message}`, {
    cause: problems[0],
  });
}

/** Reads text, a chunk at a time. Rows that are not readings go to `onBadRow`. */
export async function* parseText(
  source: ByteSource,
  options: TextOptions & { readonly format: "csv" | "ndjson" },
  onBadRow: (row: BadRow) => void,
): AsyncGenerator<ParsedChunk> {
  const { device, streamer } = options;
  for await (const chunk of withoutUnused(readerOf(source, options, onBadRow))) {
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

/**
 * Chunks without the error for keys that do not occur: a message or a new part of a file does not have to contain
 * all of them.
 */
async function* withoutUnused(
  chunks: AsyncIterable<ReadingChunk>,
): AsyncGenerator<ReadingChunk> {
  try {
    yield* chunks;
  } catch (error) {
    if (problemOf(error)?.unused === undefined) throw error;
  }
}

/** One line about a bad row. */
export function badRowText(row: BadRow): string {
  const where = row.column === undefined ? "" : `, column ${row.column}`;
  return `line ${row.line}${where}: ${row.message}`;
}
