/**
 * The readings of several streams as one source, in order of time.
 *
 * @module
 */
import { type ResampleOptions, Resampler } from "../readings/resample.ts";
import type { ReadingChunk, ReadingColumns } from "../readings/mod.ts";

/** Readings in a chunk that is merged. */
const CHUNK = 8192;

/** One stream, read page by page. */
interface StreamSource {
  /** Its device, for the column of devices. */
  readonly device: bigint;
  /** Its readings, in order of time. */
  readonly chunks: AsyncIterable<ReadingColumns>;
}

/**
 * Merges streams by time. Readings with the same time keep the order of the streams. One page of each stream is
 * in memory.
 *
 * @param sources The streams.
 * @returns Chunks that say the device of each reading.
 */
export async function* mergeByTime(
  sources: readonly StreamSource[],
): AsyncGenerator<ReadingChunk, void, undefined> {
  const cursors = await Promise.all(sources.map((source) => Cursor.open(source)));
  try {
    let open = cursors.filter((cursor) => !cursor.done);
    while (open.length > 0) {
      const rows: Place[] = [];
      while (rows.length < CHUNK) {
        let first = open[0]!;
        for (const cursor of open) if (cursor.time < first.time) first = cursor;
        rows.push(first.place());
        if (first.step()) continue;
        await first.fill();
        open = open.filter((cursor) => !cursor.done);
        if (open.length === 0) break;
      }
      yield gathered(rows);
    }
  } finally {
    await Promise.all(cursors.map((cursor) => cursor.close()));
  }
}

/** A row of a page. */
interface Place {
  readonly columns: ReadingColumns;
  readonly row: number;
  readonly device: bigint;
}

/** The position in one stream. */
class Cursor {
  done = false;
  time = 0n;
  readonly #device: bigint;
  readonly #pages: AsyncIterator<ReadingColumns>;
  #columns: ReadingColumns | undefined;
  #row = 0;

  private constructor(source: StreamSource) {
    this.#device = source.device;
    this.#pages = source.chunks[Symbol.asyncIterator]();
  }

  static async open(source: StreamSource): Promise<Cursor> {
    const cursor = new Cursor(source);
    await cursor.fill();
    return cursor;
  }

  place(): Place {
    return { columns: this.#columns!, row: this.#row, device: this.#device };
  }

  /** Goes to the next row; false at the end of the page. */
  step(): boolean {
    this.#row++;
    if (this.#row >= this.#columns!.length) return false;
    this.time = this.#columns!.timestamps[this.#row]!;
    return true;
  }

  /** Reads the next page that has rows. */
  async fill(): Promise<void> {
    do {
      const next = await this.#pages.next();
      if (next.done) {
        this.done = true;
        return;
      }
      this.#columns = next.value;
    } while (this.#columns.length === 0);
    this.#row = 0;
    this.time = this.#columns.timestamps[0]!;
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}

function gathered(rows: readonly Place[]): ReadingChunk {
  const { length } = rows;
  const readingIds = new BigUint64Array(length);
  const devices = new BigUint64Array(length);
  const timestamps = new BigInt64Array(length);
  const streams = new Uint32Array(length);
  const values = new Float64Array(length);
  rows.forEach(({ columns, row, device }, at) => {
    devices[at] = device;
    readingIds[at] = BigInt(columns.readingIds[row]!);
    timestamps[at] = columns.timestamps[row]!;
    streams[at] = columns.streams[row]!;
    values[at] = columns.values[row]!;
  });
  const cells = (name: "summaryData" | "rawData") =>
    rows.some(({ columns }) => columns[name]) &&
    { [name]: rows.map(({ columns, row }) => columns[name]?.[row] ?? null) };
  return {
    length,
    devices,
    readingIds,
    timestamps,
    streams,
    values,
    ...cells("summaryData"),
    ...cells("rawData"),
  };
}

/** The resampled readings of one stream. All its pages are read first, and one row per interval is kept. */
export async function* resampled(
  chunks: AsyncIterable<ReadingColumns>,
  options: ResampleOptions,
): AsyncGenerator<ReadingColumns, void, undefined> {
  const resampler = new Resampler(options);
  for await (const columns of chunks) resampler.add(columns);
  yield resampler.columns();
}
