/**
 * Blocks of CSV into events: the work of a worker of `archfx report encode`.
 *
 * A block is read first and encoded when its ids are known, which depend on how many readings the blocks before it have.
 * Meanwhile the next block may be read.
 *
 * @module
 */
import { encodeRows, mostEventBytes } from "../codec/encoded_events.ts";
import { EventColumns } from "../codec/event_columns.ts";
import { type BlockCounts, CsvBlockReader, type CsvProgress } from "../readings/csv_blocks.ts";
import type { CsvOptions } from "../readings/csv_options.ts";
import type { ReadingChunk } from "../readings/read_options.ts";
import { splitByDevice } from "../readings/split_by_device.ts";

/** How many readings of a device a block has; without a device where the options say it. */
export interface DeviceCount {
  readonly device: bigint | undefined;
  readonly readings: number;
}

/** The events of one device in the bytes of a block. */
interface DeviceEvents extends DeviceCount {
  readonly from: number;
  readonly to: number;
  readonly lowest: number | bigint;
  readonly highest: number | bigint;
}

/** What is to be done. */
export type BlockRequest =
  | {
    readonly kind: "init";
    readonly codec: WebAssembly.Module;
    readonly options: CsvOptions;
    readonly progress: CsvProgress;
  }
  | { readonly kind: "read"; readonly bytes: Uint8Array<ArrayBuffer>; readonly last: boolean }
  | {
    readonly kind: "encode";
    /** The first id of each device of the block that was read first and is not encoded; or none, as its readings have ids. */
    readonly firstIds: readonly (number | undefined)[];
    /** Memory that may be used again. */
    readonly spare: ArrayBuffer | undefined;
  };

/** What was done. */
export interface BlockReply {
  /** What the block has, in order of the devices; undefined where it is not plain. */
  readonly read?: { readonly devices: readonly DeviceCount[]; readonly counts: BlockCounts };
  /** The memory of the text. */
  readonly text?: ArrayBuffer;
  readonly events?: { readonly bytes: Uint8Array<ArrayBuffer>; readonly parts: DeviceEvents[] };
}

/** Reads and encodes blocks. */
export class BlockEncoder {
  readonly #reader: CsvBlockReader;
  /** What was read and not encoded yet. */
  readonly #waiting: Map<bigint | undefined, EventColumns[]>[] = [];

  constructor(options: CsvOptions, progress: CsvProgress) {
    this.#reader = new CsvBlockReader(options, progress);
  }

  /** Reads a block. */
  read(bytes: Uint8Array<ArrayBuffer>, last: boolean): BlockReply {
    const found = this.#reader.read({ bytes, last });
    const text = bytes.buffer;
    if (!found) return { text };
    const devices = byDevice(found.chunks);
    this.#waiting.push(devices);
    return {
      text,
      read: {
        devices: [...devices].map(([device, rows]) => ({ device, readings: lengthOf(rows) })),
        counts: found.counts,
      },
    };
  }

  /** Encodes the block that was read first. */
  encode(firstIds: readonly (number | undefined)[], spare: ArrayBuffer | undefined): BlockReply {
    const devices = [...this.#waiting.shift()!];
    const room = mostEventBytes(devices.reduce((sum, [, rows]) => sum + lengthOf(rows), 0));
    const bytes = new Uint8Array(
      spare && spare.byteLength >= room ? spare : new ArrayBuffer(room),
    );
    let from = 0;
    const parts = devices.map(([device, rows], i): DeviceEvents => {
      const { size, ids } = encodeRows(withIds(rows, firstIds[i]), bytes.subarray(from));
      const { lowest, highest } = ids;
      const to = from + size;
      const part = { device, readings: lengthOf(rows), from, to, lowest, highest };
      from = to;
      return part;
    });
    return { events: { bytes, parts } };
  }
}

function byDevice(chunks: readonly ReadingChunk[]): Map<bigint | undefined, EventColumns[]> {
  const all = new Map<bigint | undefined, EventColumns[]>();
  const add = (device: bigint | undefined, chunk: ReadingChunk) => {
    const { length, streams, readingIds, timestamps, values } = chunk;
    const columns = new EventColumns(length, streams, readingIds, timestamps, values);
    const known = all.get(device);
    if (known) known.push(columns);
    else all.set(device, [columns]);
  };
  for (const chunk of chunks) {
    if (!chunk.devices) add(undefined, chunk);
    else for (const [device, theirs] of splitByDevice(chunk)) add(device, theirs);
  }
  return all;
}

function lengthOf(rows: readonly EventColumns[]): number {
  return rows.reduce((sum, { length }) => sum + length, 0);
}

/** The same readings with ids in sequence, where there is a first one. */
function withIds(rows: readonly EventColumns[], first: number | undefined): EventColumns[] {
  if (first === undefined) return [...rows];
  let next = first;
  return rows.map((columns) => {
    const ids = new Float64Array(columns.length);
    for (let row = 0; row < ids.length; row++) ids[row] = next++;
    return columns.with({ ids });
  });
}
