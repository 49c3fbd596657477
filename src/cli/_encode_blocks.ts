/**
 * The readings of a CSV file, read and encoded by workers, a block each in turn.
 *
 * The result is the same as without workers: blocks get their ids in order, and their events are written in order. If a
 * block is not plain, nothing is kept, and the caller reads the file again without workers.
 *
 * @module
 */
import { type RunningWorker, startWorker } from "../_start_worker.ts";
import { EncodedEvents } from "../codec/encoded_events.ts";
import { codecModule } from "../codec/instance.ts";
import { type CsvBlocks, NotPlain } from "../readings/csv_blocks.ts";
import type { CsvOptions } from "../readings/csv_options.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import { splitByDevice } from "../readings/split_by_device.ts";
import type { BlockReply, BlockRequest, DeviceCount } from "./_block_encoder.ts";

/** Blocks of a worker that may be on their way: so that it has something to read while it waits for ids. */
const OPEN = 3;

/** Where the readings go. */
interface BlockTarget {
  /** Adds readings, whose ids it gives itself. */
  add(device: bigint | undefined, columns: ReadingColumns): Promise<void>;
  /** Takes ids for readings that are going to be added: the first one, or none where they have ids. */
  reserve(device: bigint | undefined, readings: number): Promise<number | undefined>;
  /** Adds readings for which ids were taken. */
  addEncoded(device: bigint | undefined, events: EncodedEvents): Promise<void>;
}

/**
 * Reads and encodes all of a text.
 *
 * @param source The text.
 * @param options Its options, which must be such as can be cloned.
 * @param target Where the readings go; nothing of it may be kept if this throws.
 * @param run How many workers read and encode, and what ends them.
 * @throws {NotPlain} If the text cannot be read in blocks, has a row that is not a reading, or there are no workers.
 */
export async function encodeBlocks(
  source: CsvBlocks,
  options: CsvOptions,
  target: BlockTarget,
  { workers, signal }: { readonly workers: number; readonly signal: AbortSignal },
): Promise<void> {
  const { chunks, progress } = await source.first();
  for (const chunk of chunks) {
    if (!chunk.devices) await target.add(undefined, chunk);
    else for (const [device, theirs] of splitByDevice(chunk)) await target.add(device, theirs);
  }
  if (!progress) return;
  const seats = await startWorkers(workers, { options, progress });
  try {
    await new Run(source, target, seats).all(signal);
  } finally {
    await Promise.all(seats.map((seat) => seat.close()));
    await source.stop();
  }
}

type Seat = RunningWorker<BlockRequest, BlockReply>;

async function startWorkers(
  count: number,
  settings: Pick<BlockRequest & { kind: "init" }, "options" | "progress">,
): Promise<Seat[]> {
  const { WORKER_CODE } = await import("./_worker_code.ts");
  const codec = codecModule();
  const started = await Promise.allSettled(Array.from({ length: count }, async (_, i) => {
    const seat: Seat = await startWorker(WORKER_CODE, { name: `archfx-report-encode-${i + 1}` });
    await seat.call({ kind: "init", codec, ...settings });
    return seat;
  }));
  const seats = started.flatMap((it) => it.status === "fulfilled" ? [it.value] : []);
  const failed = started.find((it) => it.status === "rejected");
  if (!failed) return seats;
  await Promise.all(seats.map((seat) => seat.close()));
  throw new NotPlain("Cannot read in blocks: a worker does not start", { cause: failed.reason });
}

class Run {
  readonly #source: CsvBlocks;
  readonly #target: BlockTarget;
  readonly #seats: readonly Seat[];
  /** Memory of events that have been written. */
  readonly #spare: ArrayBuffer[] = [];
  /** Ids are given to one block after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(source: CsvBlocks, target: BlockTarget, seats: readonly Seat[]) {
    this.#source = source;
    this.#target = target;
    this.#seats = seats;
  }

  async all(signal: AbortSignal): Promise<void> {
    const open: Promise<BlockReply>[] = [];
    let count = 0;
    for await (const { bytes, last } of this.#source.blocks()) {
      signal.throwIfAborted();
      const seat = this.#seats[count++ % this.#seats.length];
      const done = this.#encode(seat, seat.call({ kind: "read", bytes, last }, [bytes.buffer]));
      // It is looked at in its turn.
      done.catch(() => {});
      open.push(done);
      if (open.length > OPEN * this.#seats.length) await this.#write(await open.shift()!);
    }
    while (open.length > 0) {
      signal.throwIfAborted();
      await this.#write(await open.shift()!);
    }
  }

  #encode(seat: Seat, reading: Promise<BlockReply>): Promise<BlockReply> {
    const ids = Promise.all([reading, this.#turn]).then(async ([{ read, text }]) => {
      if (text) this.#source.reuse(text);
      if (!read) throw new NotPlain("Cannot read in blocks: one of them is not plain");
      this.#source.add(read.counts);
      return await this.#reserve(read.devices);
    });
    this.#turn = ids;
    return ids.then((firstIds) => {
      const spare = this.#spare.pop();
      return seat.call({ kind: "encode", firstIds, spare }, spare ? [spare] : []);
    });
  }

  async #reserve(devices: readonly DeviceCount[]): Promise<(number | undefined)[]> {
    const firstIds = [];
    for (const { device, readings } of devices) {
      const first = await this.#target.reserve(device, readings);
      if (first !== undefined && first + readings > Number.MAX_SAFE_INTEGER) {
        throw new NotPlain("Cannot read in blocks: the ids are too high");
      }
      firstIds.push(first);
    }
    return firstIds;
  }

  async #write({ events }: BlockReply): Promise<void> {
    const { bytes, parts } = events!;
    let left = parts.length;
    for (const { device, readings, from, to, ...ids } of parts) {
      const release = () => {
        if (--left === 0) this.#spare.push(bytes.buffer);
      };
      const own = new EncodedEvents(readings, bytes.subarray(from, to), ids, release);
      await this.#target.addEncoded(device, own);
    }
  }
}
