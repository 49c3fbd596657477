/**
 * The readings that a command is given: a file or standard input, CSV or NDJSON, by device.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { ArgumentError, type Arguments } from "../main/argument_parser.ts";
import {
  type CsvColumns,
  type NdjsonKeys,
  readCsv,
  type ReadingColumns,
  type ReadingsReader,
  readNdjson,
  splitByDevice,
} from "../readings/mod.ts";
import { ArchFxDeviceSlug, ArchFxVariableID } from "../slugs/mod.ts";
import type { Context } from "./_command.ts";
import { CommandError, fileError } from "./_errors.ts";
import { type Progress, showProgress } from "./_progress.ts";

/** Readings of one device. */
export interface DeviceReadings {
  /** The device's slug. */
  readonly device: string;
  /** Its readings. */
  readonly columns: ReadingColumns;
}

/** Readings as they come. */
export interface ReadingSource {
  /** A piece at a time; throws where they cannot be read. */
  readonly chunks: AsyncIterable<DeviceReadings>;
  /** Whether a column says the device. */
  readonly severalDevices: boolean;
  /** Whether the readings have ids of their own. */
  readonly hasIds: boolean;
  /** How many rows were left out so far. */
  skippedRows(): number;
  /** Lets go of the file. */
  close(): void;
}

/** Opens what the arguments of `report encode` name. */
export async function openReadings(context: Context, args: Arguments): Promise<ReadingSource> {
  const path: string = args.file;
  const isNdjson =
    (args.format ?? (/\.(?:nd)?jsonl?$/i.test(path) ? "ndjson" : "csv")) === "ndjson";
  const file = await openFile(context, path);
  try {
    return await readOpened(context, args, file, isNdjson);
  } catch (error) {
    file.close();
    throw error;
  }
}

async function readOpened(
  context: Context,
  args: Arguments,
  file: OpenFile,
  isNdjson: boolean,
): Promise<ReadingSource> {
  const header = isNdjson || args.headerless ? [] : headerNames(file.head, args.delimiter ?? ",");
  const firstKeys = isNdjson ? keysOf(file.head) : header;
  const columns = chooseColumns(args, header, firstKeys, isNdjson);
  const bars: Progress = await showProgress(context, "encoding", file.size);
  const shared = {
    ...(args.stream === undefined ? {} : { stream: variable(args.stream) }),
    skipBadRows: args.skipBadRows === true,
    onProgress: (bytes: number) => bars.update(bytes),
  };
  const reader: ReadingsReader = isNdjson
    ? readNdjson(file.bytes, { ...shared, keys: columns as NdjsonKeys })
    : readCsv(file.bytes, {
      ...shared,
      columns,
      header: !args.headerless,
      ...(args.delimiter === undefined ? {} : { delimiter: args.delimiter }),
    });
  return {
    chunks: byDevice(reader, args.device, args.file),
    severalDevices: columns.device !== undefined,
    hasIds: columns.readingId !== undefined,
    skippedRows: () => reader.skippedRows,
    close() {
      bars.stop();
      file.close();
    },
  };
}

interface OpenFile {
  /** What it begins with. */
  head: Uint8Array;
  /** All of it. */
  bytes: AsyncIterable<Uint8Array>;
  /** Its size, 0 where that is not known. */
  size: number;
  close(): void;
}

async function openFile(context: Context, path: string): Promise<OpenFile> {
  let size = 0;
  let source: AsyncIterable<Uint8Array>;
  let close = () => {};
  if (path === "-") source = context.io.input();
  else {
    try {
      const found = await stat(path);
      if (found.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
      size = found.size;
    } catch (error) {
      throw fileError("read", path, error);
    }
    const stream = createReadStream(path, { highWaterMark: 1 << 20 });
    source = stream as AsyncIterable<Uint8Array>;
    close = () => stream.destroy();
  }
  const iterator = source[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array>;
  try {
    first = await iterator.next();
  } catch (error) {
    throw fileError("read", path, error);
  }
  const head = first.done ? new Uint8Array() : first.value;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    if (first.done) return;
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      context.signal.throwIfAborted();
      yield next.value;
    }
  }
  return { head, bytes: bytes(), size, close };
}

/** The names of the columns, as far as they are needed to see which there are. */
function headerNames(head: Uint8Array, delimiter: string): string[] {
  const line = new TextDecoder().decode(head).split(/\r?\n/, 1)[0] ?? "";
  return line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
}

/** The keys of the first object. */
function keysOf(head: Uint8Array): string[] {
  const line = new TextDecoder().decode(head).split("\n").find((it) => it.trim() !== "") ?? "";
  try {
    return Object.keys(JSON.parse(line));
  } catch {
    return []; // The reader says what is wrong, and on which line.
  }
}

function chooseColumns(
  args: Arguments,
  header: readonly string[],
  keys: readonly string[],
  isNdjson: boolean,
): CsvColumns {
  const given = (name: string): string | number | undefined => {
    const text: string | undefined = args[`${name}Column`];
    if (text === undefined) return undefined;
    return !isNdjson && /^\d+$/.test(text) && !header.includes(text) ? Number(text) : text;
  };
  for (const name of ["device", "stream"]) {
    if (args[name] !== undefined && args[`${name}Column`] !== undefined) {
      throw new ArgumentError(`Cannot take "--${name}" and "--${name}-column" together`);
    }
  }
  const present = (...names: string[]) => names.find((name) => keys.includes(name));
  const device = args.device === undefined ? given("device") ?? present("device") : undefined;
  if (device === undefined && args.device === undefined) {
    throw new ArgumentError(
      "Cannot encode without a device: there is no column of that name, use --device or --device-column",
    );
  }
  const readingId = given("id") ?? present("reading_id", "readingId", "dev_seqid", "id");
  if (readingId !== undefined && (args.firstId !== undefined || args.state !== undefined)) {
    throw new ArgumentError(
      `Cannot take "--${
        args.state === undefined ? "first-id" : "state"
      }" as the readings have ids of their own`,
    );
  }
  const columns: CsvColumns = {};
  const [timestamp, value, stream] = [given("time"), given("value"), given("stream")];
  if (timestamp !== undefined) columns.timestamp = timestamp;
  if (value !== undefined) columns.value = value;
  if (stream !== undefined) columns.stream = stream;
  if (device !== undefined) columns.device = device;
  if (readingId !== undefined) columns.readingId = readingId;
  return columns;
}

function variable(text: string): ArchFxVariableID {
  try {
    return new ArchFxVariableID(text);
  } catch (error) {
    throw new ArgumentError((error as Error).message);
  }
}

async function* byDevice(
  reader: ReadingsReader,
  device: string | undefined,
  path: string,
): AsyncGenerator<DeviceReadings> {
  let slug: string | undefined;
  try {
    slug = device === undefined ? undefined : String(new ArchFxDeviceSlug(device));
  } catch (error) {
    throw new ArgumentError((error as Error).message);
  }
  const slugs = new Map<bigint, string>();
  try {
    for await (const chunk of reader) {
      if (chunk.length === 0) continue;
      if (slug !== undefined) yield { device: slug, columns: chunk };
      else {
        for (const [id, columns] of splitByDevice(chunk)) {
          let name = slugs.get(id);
          if (name === undefined) slugs.set(id, name = String(new ArchFxDeviceSlug(id)));
          yield { device: name, columns };
        }
      }
    }
  } catch (error) {
    if (error instanceof Error && error.name === "DataError") {
      throw new CommandError(`"${path}": ${error.message}`, 1, { cause: error });
    }
    throw error;
  }
}
