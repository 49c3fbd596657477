/**
 * The file that moves a queue from one place to another: `archfx gateway queue export` writes it and `import`
 * reads it, for any kind of queue.
 *
 * ```
 * file     "archfx queue 1\n"  entry…  the last one is "end": without it the file is incomplete
 * entry    u32 CRC32C of the rest  u32 length of JSON  u32 length of the frame  JSON  frame or nothing
 * ```
 *
 * Integers are big-endian. The `kind` in the JSON is the type of the entry; the kinds are in the order of
 * {@linkcode QueueEntry}: one "queue", then streamers, positions and keys, then batches, then dead letters, then
 * "end". A frame is a batch as in `_frames.ts`; its id and its age have no meaning here.
 *
 * Invariants:
 * 1. The numbers of batches increase, and the number of a batch never changes within its queue: a queue that has
 *    imported number n has imported everything up to n.
 * 2. No attempt is open: no id above `confirmed` was sent, or the export waited and it was not counted.
 * 3. Assigned ids have no gaps: the first id of a streamer is above its `confirmed`, and each batch begins where
 *    the previous one ended.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises";
import { errorMessage } from "../_error_fields.ts";
import { crc32c } from "./_crc32c.ts";
import { QueueError } from "./errors.ts";
import type { Hold } from "./outbox.ts";

/** The first entry. */
export interface QueueHead {
  readonly kind: "queue";
  /** The id of the queue: a UUID that never changes. */
  readonly queue: string;
  /** The id of the move: a UUID that stays the same if the export is repeated. */
  readonly move: string;
  /** When it was exported, ISO 8601. */
  readonly at: string;
}

/** The state of one streamer. */
export interface StreamerEntry {
  readonly kind: "streamer";
  /** The slug of the device. */
  readonly device: string;
  readonly streamer: number;
  /** The `last_id` that was confirmed last. */
  readonly confirmed: number;
  /** The id of the next reading without an id, unless `last_id` is higher. */
  readonly next: number;
  /** The `sent_timestamp` of its last report, in ms since the Unix epoch: it never decreases. */
  readonly sent: number;
  /** The largest number of readings that fits into a request, if it is known. */
  readonly fits?: number;
  /** A conflict; a person has to decide. */
  readonly hold?: Hold;
}

/** Where a source resumes. */
export interface PositionEntry {
  readonly kind: "position";
  readonly source: string;
  readonly position: string;
}

/** An idempotency key that was used in the last 24 hours. */
interface KeyEntry {
  readonly kind: "key";
  /** `source/key`. */
  readonly name: string;
  /** How long ago it was used, in seconds for which the queue was open. */
  readonly age: number;
}

/** Waiting readings. */
export interface BatchEntry {
  readonly kind: "batch";
  /** Its number within its queue. */
  readonly number: number;
  /** The streamer that the push asked for; null: the gateway chooses. It is in the frame too. */
  readonly streamer: number | null;
  /** The id of its first reading and the streamer it belongs to, if the queue has already assigned ids. */
  readonly assigned?: { readonly streamer: number; readonly first: number };
  readonly frame: Uint8Array;
}

/** Readings that were given up. */
export interface DeadEntry {
  readonly kind: "dead";
  /** Device, streamer, ids, reason and so on. */
  readonly about: Readonly<Record<string, unknown>>;
  /** The readings as a batch, unless they are damaged. */
  readonly frame?: Uint8Array;
}

/** The last entry. */
interface EndEntry {
  readonly kind: "end";
  readonly batches: number;
  readonly readings: number;
  readonly letters: number;
}

/** One entry; the types are in the order of the file. */
export type QueueEntry =
  | QueueHead
  | StreamerEntry
  | PositionEntry
  | KeyEntry
  | BatchEntry
  | DeadEntry
  | EndEntry;

const MAGIC = "archfx queue 1\n";
const KINDS = ["queue", "streamer", "position", "key", "batch", "dead", "end"];
const HEAD = 12;
/** The largest entry. */
const LARGEST = 1 << 28;
const CHUNK = 1 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The first bytes of a file. */
export function queueFileStart(): Uint8Array {
  return encoder.encode(MAGIC);
}

/** An entry as bytes. */
export function encodeEntry(entry: QueueEntry): Uint8Array<ArrayBuffer> {
  const { frame, ...rest } = "frame" in entry ? entry : { ...entry, frame: undefined };
  const json = encoder.encode(JSON.stringify(rest));
  const bytes = new Uint8Array(HEAD + json.length + (frame?.length ?? 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(4, json.length);
  view.setUint32(8, frame?.length ?? 0);
  bytes.set(json, HEAD);
  if (frame) bytes.set(frame, HEAD + json.length);
  view.setUint32(0, crc32c(bytes, 4));
  return bytes;
}

/**
 * Reads a file, and checks each entry, the order of the entries, and that the file is complete.
 *
 * @param path The file.
 * @throws {QueueError} If it is another kind of file, damaged or incomplete; the message has the problem and its
 * place.
 */
export async function* readQueueFile(path: string): AsyncGenerator<QueueEntry> {
  const file = await open(path, "r").catch((error) => {
    throw new QueueError(`Cannot read "${path}": ${errorMessage(error)}`);
  });
  try {
    yield* entries(path, new Source(file));
  } finally {
    await file.close();
  }
}

async function* entries(path: string, source: Source): AsyncGenerator<QueueEntry> {
  const wrong = (what: string) => new QueueError(`Cannot import "${path}": ${what}`);
  const start = await source.take(MAGIC.length);
  if (!start || decoder.decode(start) !== MAGIC) {
    throw wrong('it does not begin like a file of "archfx gateway queue export" of this version');
  }
  let [rank, last, batches, letters] = [-1, 0, 0, 0];
  for (;;) {
    const at = source.position;
    const head = await source.take(HEAD, true);
    if (!head) throw wrong(`it is incomplete and ends at byte ${at}: export the queue again`);
    const view = new DataView(head.buffer, head.byteOffset);
    const [text, frame] = [view.getUint32(4), view.getUint32(8)];
    const isPlausible = text + frame <= LARGEST;
    const bytes = isPlausible ? await source.take(HEAD + text + frame) : undefined;
    if (isPlausible && !bytes) {
      throw wrong(
        `it is incomplete and ends within the entry at byte ${at}: export the queue again`,
      );
    }
    if (!bytes || crc32c(bytes, 4) !== view.getUint32(0)) {
      throw wrong(
        `the entry at byte ${at} is damaged: copy the file again, or export the queue again`,
      );
    }
    const body = JSON.parse(decoder.decode(bytes.subarray(HEAD, HEAD + text)));
    const entry = frame > 0 ? { ...body, frame: bytes.slice(HEAD + text) } : body;
    const kind = KINDS.indexOf(entry.kind);
    const first = rank < 0;
    if (kind < 0 || kind < rank || first !== (kind === 0)) {
      throw wrong(`the entry at byte ${at}, "${entry.kind}", is in the wrong place`);
    }
    rank = kind;
    if (entry.kind === "batch") {
      if (!(entry.number > last)) throw wrong(`batch ${entry.number} follows ${last}`);
      last = entry.number;
      batches++;
    } else if (entry.kind === "dead") letters++;
    yield entry;
    if (entry.kind !== "end") continue;
    if (entry.batches !== batches || entry.letters !== letters) {
      throw wrong(
        `it has ${batches} batches and ${letters} dead letters, but its last entry says "${entry.batches} ` +
          `batches and ${entry.letters} dead letters"`,
      );
    }
    return;
  }
}

/** Reads a file from its beginning, some bytes at a time. */
class Source {
  readonly #file: FileHandle;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** The position of the next byte in the file. */
  position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The next bytes; `peek` does not consume them. Undefined if there are fewer. */
  async take(length: number, peek = false): Promise<Uint8Array<ArrayBuffer> | undefined> {
    while (this.#bytes.length < length) {
      const more = new Uint8Array(Math.max(CHUNK, length - this.#bytes.length));
      const { bytesRead } = await this.#file.read(more, 0, more.length, null);
      if (bytesRead === 0) return undefined;
      const joined = new Uint8Array(this.#bytes.length + bytesRead);
      joined.set(this.#bytes);
      joined.set(more.subarray(0, bytesRead), this.#bytes.length);
      this.#bytes = joined;
    }
    const taken = this.#bytes.subarray(0, length);
    if (!peek) {
      this.#bytes = this.#bytes.subarray(length);
      this.position += length;
    }
    return taken;
  }
}
