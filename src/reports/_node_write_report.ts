/**
 * Writes the file of writeReport.
 *
 * A report begins with counts and ids that are known only at its end. So the events are written behind room
 * for the header, which is written last; if the header is longer or shorter than that room, the events are moved.
 *
 * @module
 */
import { type FileHandle, open, rm } from "node:fs/promises";
import { naming } from "../_file_error.ts";
import { namingFull, writeAll, writeBeside } from "../_node_files.ts";
import { removeOnSignal } from "../_node_parts.ts";
import { besideOf, fileTarget } from "../_node_target.ts";
import { DataError } from "../codec/data_error.ts";
import { EventWriter } from "../codec/event_writer.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { abortable } from "./_abortable.ts";
import { checkColumns } from "./_columns.ts";
import { encodeHeader, type Header } from "./_header.ts";
import type { ReadingIds } from "./_reading_ids.ts";
import type { WrittenReport } from "./_written_report.ts";

/** Bytes that are gathered before they are written to the file, and bytes that are moved at a time. */
const BUFFER = 1 << 20;
/** Bytes that are gathered at first: a shorter report is written together with its header. */
const FIRST_BUFFER = 8 << 20;
/** After this many bytes, the system is asked to begin writing them to the disk. */
const SYNC_EVERY = 32 << 20;
const MOST_READINGS = 2 ** 32 - 1;
/** The lowest number that takes five bytes. Most ids and counts of long reports take five. */
const FIVE_BYTES = 0x10000;

/** The arguments of `writeReport` besides the readings. */
interface Settings {
  readonly ids?: ReadingIds;
  readonly signal?: AbortSignal;
  readonly onProgress?: (readings: number) => void;
  /** The maximum number of bytes to gather at the moment. */
  readonly mostGathered: () => number;
}

type Readings = AsyncIterable<ReadingColumns> | Iterable<ReadingColumns>;

/** Writes the report of `header` and the readings of `source`. */
export async function writeEvents(
  source: Readings,
  path: string | URL,
  header: Header,
  settings: Settings,
): Promise<WrittenReport> {
  const target = await naming("write", path, fileTarget(path));
  if (!target.writtenThrough) {
    return await writeBeside(target, (file) => writeInto(file, source, header, settings));
  }
  // It is not possible to seek in a pipe or a terminal: the report is written elsewhere and then copied.
  const whole = besideOf(target);
  // Only this user may read it, since others may have access to the folder of temporary files.
  const file = await naming("write", whole, open(whole, "wx+", 0o600));
  const finished = removeOnSignal(whole);
  try {
    const written = await namingFull(whole, writeInto(file, source, header, settings));
    await writeBeside(target, (to) => copyAll(file, to, written.bytes, settings.signal));
    return written;
  } finally {
    await file.close();
    await rm(whole, { force: true });
    finished();
  }
}

async function writeInto(
  file: FileHandle,
  source: Readings,
  header: Header,
  { ids, signal, onProgress, mostGathered }: Settings,
): Promise<WrittenReport> {
  const writer = new EventWriter();
  let readings = 0;
  /** Start and end of the events in the file; both are 0 until the first event is written. */
  let start = 0;
  let end = 0;
  const syncs = new EarlySyncs(file);
  /** Writes the gathered events. */
  const flush = async () => {
    if (start === 0) start = end = likelyLength(header, writer.ids);
    await writeAt(file, writer.events, end);
    end += writer.size;
    syncs.note(writer.size);
    writer.clear();
  };
  for await (const chunk of abortable(source, signal)) {
    readings += chunk.length;
    if (readings > MOST_READINGS) {
      throw new DataError("Cannot write the report: it has more than 2^32-1 readings");
    }
    const given = checkColumns(chunk);
    writer.write(
      ids === undefined ? given : given.with({ ids: ids.fill(given.ids, given.length) }),
    );
    const most = Math.min(start === 0 ? FIRST_BUFFER : BUFFER, mostGathered());
    if (writer.size >= most) await flush();
    onProgress?.(readings);
  }
  signal?.throwIfAborted();
  await syncs.finish();
  header.lowestId = writer.ids.lowest;
  header.highestId = writer.ids.highest;
  if (start === 0) {
    const { bytes } = writer.finish(() => encodeHeader(header, readings));
    await writeAll(file, bytes);
    return { readings, bytes: bytes.length };
  }
  await writeAt(file, writer.events, end);
  end += writer.size;
  const head = encodeHeader(header, readings).slice();
  if (head.length !== start) {
    await moveAll(file, start, end, head.length, signal);
    end += head.length - start;
  }
  await writeAt(file, head, 0);
  return { readings, bytes: end };
}

/**
 * Makes the disk start to write while encoding continues. Otherwise the sync before the file gets its name would have
 * to wait for the whole file.
 */
class EarlySyncs {
  readonly #file: FileHandle;
  #unsynced = 0;
  #running: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Counts bytes that were written. */
  note(bytes: number): void {
    this.#unsynced += bytes;
    if (this.#running || this.#unsynced < SYNC_EVERY) return;
    this.#unsynced = 0;
    this.#running = this.#file.datasync().catch((error) => {
      this.#failure = { error };
    }).finally(() => this.#running = undefined);
  }

  /** Waits until the file is not in use. */
  async finish(): Promise<void> {
    await this.#running;
    if (this.#failure) throw this.#failure.error;
  }
}

/** The likely length of the header of a long report, estimated from the first ids. */
function likelyLength(header: Header, { lowest, highest }: EventWriter["ids"]): number {
  const likely = {
    ...header,
    lowestId: lowest,
    highestId: highest !== 0 && highest < FIVE_BYTES ? FIVE_BYTES : highest,
  };
  return encodeHeader(likely, FIVE_BYTES).length;
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

async function readAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at);
    if (bytesRead === 0) {
      throw new Error("Cannot write the report: its events are missing from the file");
    }
    at += bytesRead;
  }
}

/** Moves bytes `from` to `end` of a file so that they begin at `to`. */
async function moveAll(
  file: FileHandle,
  from: number,
  end: number,
  to: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = new Uint8Array(Math.min(BUFFER, end - from));
  const count = Math.ceil((end - from) / BUFFER);
  for (let i = 0; i < count; i++) {
    signal?.throwIfAborted();
    // If the bytes move back, the last part moves first, so that no part is overwritten before it is read.
    const at = from + BUFFER * (to > from ? count - 1 - i : i);
    const part = buffer.subarray(0, Math.min(BUFFER, end - at));
    await readAt(file, part, at);
    await writeAt(file, part, at + to - from);
  }
  await file.truncate(end + to - from);
}

async function copyAll(
  from: FileHandle,
  to: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = new Uint8Array(Math.min(BUFFER, size));
  for (let at = 0; at < size; at += BUFFER) {
    signal?.throwIfAborted();
    const part = buffer.subarray(0, Math.min(BUFFER, size - at));
    await readAt(from, part, at);
    await writeAll(to, part);
  }
}
