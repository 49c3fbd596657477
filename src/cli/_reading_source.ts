/**
 * The readings of one file in any accepted format, by device.
 *
 * @module
 */
import { joinedBytes } from "../_joined_bytes.ts";
import { problemOf } from "../readings/problem.ts";
import { deviceOf } from "../slugs/device_of.ts";
import { tablesModule } from "./_arrow.ts";
import {
  type FoundColumns,
  type LeftOut,
  readCsv,
  type ReadingChunk,
  type ReadingColumns,
  type ReadingsReader,
  readNdjson,
  type ReadProblem,
  type ReadWarning,
  splitByDevice,
} from "../readings/mod.ts";
import { DeviceRows } from "../readings/device_rows.ts";
import { looksLikeJson } from "../readings/foreign.ts";
import { type TableOptions, TableReader } from "../readings/table_reader.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import type { Context } from "./_command.ts";
import { CommandError, fileError, systemReason } from "./_errors.ts";
import { type InputBytes, openInput } from "./_input_bytes.ts";
import type { InputFile } from "./_input_files.ts";
import { hintFlag, optionMessage } from "./_intake_flags.ts";
import { CSV_ONLY, type FileFormat, type IntakeOptions, optionsFor } from "./_intake_options.ts";

/** Rows of several devices that are gathered before they are split: so many that a device has some hundred of them. */
const GATHERED_ROWS = 1 << 18;

/** Readings of one device. */
interface DeviceReadings {
  /** The device's slug. */
  readonly device: string;
  /** Its readings. */
  readonly columns: ReadingColumns;
}

/** A source of readings. */
export interface ReadingSource {
  /** The format of the file. */
  readonly format: FileFormat;
  /** The readings, piece by piece; throws if they cannot be read. */
  readonly chunks: AsyncIterable<DeviceReadings>;
  /** The columns that are read; known after the first piece. */
  readonly found: FoundColumns | undefined;
  /** How many invalid rows were skipped so far. */
  readonly skippedRows: number;
  /** How many values were left out because of the options. */
  readonly leftOut: LeftOut;
  /** Warnings about the readings. */
  readonly warnings: readonly ReadWarning[];
  /** The SHA-256 of all that has been read, in hexadecimal; only if it was requested when the file was opened. */
  sha256(): string;
  /** Closes the file. */
  close(): void;
}

/** A file's name without the extension for its compression. */
export function unpackedName(path: string): string {
  return path.replace(/\.(?:gz|zst)$/i, "");
}

/** How to open a file. */
interface OpenOptions {
  /** Called with the number of bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Whether {@linkcode ReadingSource.sha256} will be called. */
  readonly hashed?: boolean;
}

/** Opens a file. */
export async function openReadings(
  context: Context,
  file: InputFile,
  intake: IntakeOptions,
  { onProgress = () => {}, hashed = false }: OpenOptions = {},
): Promise<ReadingSource> {
  const { path } = file;
  const opened = await openInput(context, path, hashed);
  try {
    const format = intake.format ?? formatOf(path, opened.head);
    const options = { ...intake.options };
    if (options.delimiter === undefined && /\.(?:tsv|tab)$/i.test(unpackedName(path))) {
      options.delimiter = "tab";
    }
    const reader = format === "parquet" || format === "arrow"
      ? await tableReader(format, file, opened, options, onProgress)
      : ofFile(path, () => {
        const own = { ...optionsFor(options, format), onProgress };
        return format === "ndjson" ? readNdjson(opened.bytes, own) : readCsv(opened.bytes, own);
      });
    const device = options.device === undefined ? undefined : deviceSlug(options.device, options);
    return {
      format,
      chunks: byDevice(format === "parquet" ? thenEnded(reader, opened) : reader, device, path),
      get found() {
        return reader.found;
      },
      get skippedRows() {
        return reader.skippedRows;
      },
      get leftOut() {
        return reader.leftOut;
      },
      get warnings() {
        return reader.warnings;
      },
      sha256: () => opened.sha256(),
      close: () => opened.close(),
    };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** Runs a check of options against the format of a file. */
function ofFile<T>(path: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw sourceError(path, error);
  }
}

/** The format of a file, from its name or otherwise from its first bytes. */
function formatOf(path: string, head: Uint8Array): FileFormat {
  const magic = String.fromCharCode(...head.subarray(0, 6));
  if (magic.startsWith("PAR1")) return "parquet";
  if (magic === "ARROW1") return "arrow";
  // Arrow's stream format begins with a continuation mark.
  if (head[0] === 0xff && head[1] === 0xff && head[2] === 0xff && head[3] === 0xff) return "arrow";
  const name = unpackedName(path);
  if (/\.(?:parquet|pq)$/i.test(name)) return "parquet";
  if (/\.(?:arrows?|feather|ipc)$/i.test(name)) return "arrow";
  if (/\.(?:ndjson|jsonl|json)$/i.test(name)) return "ndjson";
  if (/\.(?:csv|tsv|tab)$/i.test(name)) return "csv";
  return looksLikeJson(textHead(head)) ? "ndjson" : "csv";
}

/** The beginning of a text in any encoding. */
function textHead(head: Uint8Array): string {
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const text = String.fromCharCode(...head.subarray(0, 200));
  return isWide ? text.slice(2).replaceAll("\0", "") : text.replace(/^\xef\xbb\xbf/, "");
}

/** A device of the options as a slug; the reader has checked it. */
function deviceSlug(device: unknown, { ids }: Record<string, unknown>): string {
  const isDecimal = ids === "decimal" && /^\d+$/.test(String(device));
  return String(deviceOf(isDecimal ? BigInt(String(device)) : device));
}

/** Options that only text formats have. */
const TEXT_ONLY = ["encoding", ...CSV_ONLY];

/** Parquet and Arrow, whose libraries are loaded when they are needed. */
async function tableReader(
  format: "parquet" | "arrow",
  { path, size }: InputFile,
  opened: InputBytes,
  options: Record<string, unknown>,
  onProgress: (bytes: number) => void,
): Promise<ReadingsReader> {
  const wrong = TEXT_ONLY.find((name) => options[name] !== undefined);
  if (wrong !== undefined) {
    throw new CommandError(
      `Cannot read "${path}": ${optionMessage(`option ${wrong}`)} is for text, and the file is ${
        format === "arrow" ? "Arrow" : "Parquet"
      }`,
    );
  }
  const rule = opened.head.length === 0
    ? "it is empty"
    : /\.(?:gz|zst)$/i.test(path)
    ? "unpack it first: only text may be compressed"
    : undefined;
  if (rule !== undefined) throw new CommandError(`Cannot read "${path}": ${rule}`);
  const { openArrow, openParquet } = await tablesModule();
  const open = async () => {
    try {
      if (format === "arrow") return await openArrow(copies(opened.bytes, onProgress));
      // The index is at the end of the file, so input from a pipe is collected first.
      const source = opened.isFile ? path : await gathered(opened.bytes);
      return await openParquet(source, (part) => onProgress(part * size));
    } catch (error) {
      throw systemReason(error) === undefined ? error : fileError("read", path, error);
    }
  };
  return ofFile(path, () => new TableReader(open, options as TableOptions));
}

/** Copies pieces, so that they stay valid. */
async function* copies(
  pieces: AsyncIterable<Uint8Array>,
  onProgress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    yield piece.slice();
    onProgress(bytes += piece.length);
  }
}

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece.slice());
  return joinedBytes(parts);
}

/** Chunks of a file that its library reads by path, not through the opened bytes. */
async function* thenEnded(
  reader: ReadingsReader,
  opened: InputBytes,
): AsyncGenerator<ReadingChunk> {
  yield* reader;
  if (opened.isFile) await opened.end();
}

async function* byDevice(
  reader: AsyncIterable<ReadingChunk>,
  device: string | undefined,
  path: string,
): AsyncGenerator<DeviceReadings> {
  const slugs = new Map<bigint, string>();
  const named = ([id, columns]: readonly [bigint, ReadingColumns]): DeviceReadings => {
    let name = slugs.get(id);
    if (name === undefined) slugs.set(id, name = String(new ArchFxDeviceSlug(id)));
    return { device: name, columns };
  };
  let rows: DeviceRows | undefined;
  const gathered = () => rows?.length ? splitByDevice(rows.take()) : [];
  try {
    for await (const chunk of reader) {
      if (chunk.length === 0) continue;
      if (device !== undefined) {
        yield { device, columns: chunk };
        continue;
      }
      const { devices, length } = chunk;
      if (!devices) {
        throw new CommandError(
          `Cannot encode "${path}": it does not say the device of its readings; use --device, or --device-column for a column of devices`,
        );
      }
      const first = devices[0];
      const isOne = devices.subarray(0, length).every((id) => id === first);
      if (isOne || chunk.summaryData !== undefined || chunk.rawData !== undefined) {
        for (const group of gathered()) yield named(group);
        for (const group of isOne ? [[first, chunk] as const] : splitByDevice(chunk)) {
          yield named(group);
        }
        continue;
      }
      rows ??= new DeviceRows(GATHERED_ROWS);
      for (let row = 0; row < length;) {
        row = rows.add(chunk, devices, row);
        if (rows.isFull) { for (const group of gathered()) yield named(group); }
      }
    }
    for (const group of gathered()) yield named(group);
  } catch (error) {
    throw sourceError(path, error);
  }
}

/** The error of a reader for the command: file, line, problem, and the flag that may help. */
export function sourceError(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "DataError") {
    const problem = problemOf(error);
    const message = problem
      ? problemLine(path, problem)
      : `Cannot read "${path}": ${optionMessage(error.message.replace(/^Cannot read /, ""))}`;
    return new CommandError(message, 1, { cause: error });
  }
  if (/^Cannot read with option/.test(error.message)) {
    return new CommandError(`Cannot read "${path}": ${optionMessage(error.message)}`, 1, {
      cause: error,
    });
  }
  return error;
}

/** One line about a problem. */
export function problemLine(path: string, problem: ReadProblem): string {
  const place = problem.line === undefined
    ? ""
    : `, ${problem.isRow ? "row" : "line"} ${problem.line}`;
  const hints = (problem.hints ?? []).map(hintFlag);
  const message = problem.message.replace(
    /\boption (stream|device|delimiter|firstReadingId|timeFormat)\b/g,
    (text) => optionMessage(text),
  );
  // A missing column often means that the user does not know the file yet, and that more options are needed.
  const isUnknown = problem.line !== undefined && path !== "-" &&
    message.startsWith("there is no column");
  const advice = [...hints, ...(isUnknown ? ["archfx profile"] : [])];
  return `Cannot read "${path}"${place}: ${message}${
    advice.length > 0 ? `; try ${advice.join(" or ")}` : ""
  }`;
}
