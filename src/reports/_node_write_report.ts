/**
 * The two files of writeReport: events, then header and events.
 *
 * @module
 */
import { type FileHandle, open, rm } from "node:fs/promises";
import { naming } from "../_file_error.ts";
import { DataError } from "../codec/data_error.ts";
import { EventEncoder } from "../codec/event_encoder.ts";
import { IdRange } from "../codec/id_range.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { abortable } from "./_abortable.ts";
import { checkColumns } from "./_columns.ts";
import { encodeHeader, type Header } from "./_header.ts";
import { writeAll, writeBeside } from "../_node_files.ts";
import { besideOf, fileTarget } from "../_node_target.ts";
import type { ReadingIds } from "./_reading_ids.ts";
import type { WrittenReport } from "./write_report.ts";

/** Bytes that are gathered before the file gets them, and that are copied at once. */
const BUFFER = 1 << 20;
const MOST_READINGS = 2 ** 32 - 1;

/** Gathers small pieces into large writes. */
class BufferedFile {
  /** How many bytes have been written. */
  bytes = 0;
  readonly #file: FileHandle;
  readonly #buffer = new Uint8Array(BUFFER);
  #used = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Whether a piece fits without writing to the file. */
  fits(piece: Uint8Array): boolean {
    return this.#used + piece.length <= BUFFER;
  }

  /** Puts a piece that fits into the buffer. */
  put(piece: Uint8Array): void {
    this.#buffer.set(piece, this.#used);
    this.#used += piece.length;
    this.bytes += piece.length;
  }

  async flush(): Promise<void> {
    await writeAll(this.#file, this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  /** Writes a piece that is larger than the buffer. */
  async large(piece: Uint8Array): Promise<void> {
    await writeAll(this.#file, piece);
    this.bytes += piece.length;
  }
}

/** Writes the report of `header` and the readings of `source`. */
export async function writeEvents(
  source: AsyncIterable<ReadingColumns> | Iterable<ReadingColumns>,
  path: string | URL,
  header: Header,
  { ids, signal, onProgress }: {
    ids?: ReadingIds;
    signal?: AbortSignal;
    onProgress?: (readings: number) => void;
  },
): Promise<WrittenReport> {
  const finalTarget = await naming("write", path, fileTarget(path));
  const eventsPath = besideOf(finalTarget);
  const events = await naming("write", path, open(eventsPath, "wx+"));
  try {
    const target = new BufferedFile(events);
    let readings = 0;
    const range = new IdRange();
    for await (const chunk of abortable(source, signal)) {
      const given = checkColumns(chunk);
      const columns = ids === undefined
        ? given
        : given.with({ ids: ids.fill(given.ids, given.length) });
      const encoder = new EventEncoder(columns, range);
      for (let piece = encoder.next(); piece !== undefined; piece = encoder.next()) {
        if (!target.fits(piece)) {
          // The piece may lie in linear memory, which others use while the file is being written.
          const copy = piece.slice();
          await target.flush();
          if (target.fits(copy)) target.put(copy);
          else await target.large(copy);
        } else {
          target.put(piece);
        }
      }
      readings += columns.length;
      if (readings > MOST_READINGS) {
        throw new DataError("Cannot write the report as it has more than 2^32-1 readings");
      }
      onProgress?.(readings);
    }
    await target.flush();
    signal?.throwIfAborted();
    header.lowestId = range.lowest;
    header.highestId = range.highest;
    const head = encodeHeader(header, readings).slice();
    await writeBeside(finalTarget, async (file) => {
      await writeAll(file, head);
      await copyAll(events, file, target.bytes, signal);
    });
    return { readings, bytes: head.length + target.bytes };
  } finally {
    await events.close();
    await rm(eventsPath, { force: true });
  }
}

async function copyAll(
  from: FileHandle,
  to: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = new Uint8Array(BUFFER);
  for (let at = 0; at < size;) {
    signal?.throwIfAborted();
    const { bytesRead } = await from.read(buffer, 0, Math.min(BUFFER, size - at), at);
    if (bytesRead === 0) throw new Error("Cannot join the report as its events have vanished");
    await writeAll(to, buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}
