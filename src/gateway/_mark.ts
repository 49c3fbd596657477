/**
 * The mark beside a queue: the last commit of the queue. It is written after each commit and never synced, so it
 * costs microseconds. It survives if the process is killed; after a power cut, it may be some seconds too old,
 * but never too new. A file that is older than its mark has lost commits: its log was truncated, damaged, or
 * replaced by an older one.
 *
 * ```
 * slot     u32 CRC32C of the rest  u32 0  f64 version  f64 last batch  f64 readings that were ever pushed
 * ```
 *
 * Two slots are written in turn: after an interrupted write, the other one is intact.
 *
 * @module
 */
import fs from "node:fs";
import { crc32c } from "./_crc32c.ts";

const SLOT = 32;

/** The state of a queue after a commit. */
export interface Progress {
  /** The version of its newest record. */
  readonly version: number;
  /** The id of its newest batch. */
  readonly batch: number;
  /** The number of readings pushed so far. */
  readonly readings: number;
}

/** The name of the mark. */
export function markPath(queue: string): string {
  return `${queue}.mark`;
}

/** The newer of both slots; undefined if neither is valid. */
export function readMark(queue: string): Progress | undefined {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(fs.readFileSync(markPath(queue)));
  } catch {
    return undefined;
  }
  let newest: Progress | undefined;
  for (let at = 0; at + SLOT <= bytes.length; at += SLOT) {
    const slot = bytes.subarray(at, at + SLOT);
    const view = new DataView(slot.buffer, slot.byteOffset);
    if (view.getUint32(0) !== crc32c(slot, 4)) continue;
    const version = view.getFloat64(8);
    if (newest && newest.version >= version) continue;
    newest = { version, batch: view.getFloat64(16), readings: view.getFloat64(24) };
  }
  return newest;
}

/** Writes the mark of one queue. If it cannot be written, the queue works without it. */
export class Mark {
  readonly #file: number | undefined;
  readonly #slot: Uint8Array = new Uint8Array(SLOT);
  readonly #view: DataView = new DataView(this.#slot.buffer);
  #writes = 0;

  constructor(queue: string) {
    try {
      this.#file = fs.openSync(markPath(queue), fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    } catch {
      // A full disk, or a folder that is not writable.
    }
  }

  /** Records a commit. */
  write({ version, batch, readings }: Progress): void {
    if (this.#file === undefined) return;
    this.#view.setFloat64(8, version);
    this.#view.setFloat64(16, batch);
    this.#view.setFloat64(24, readings);
    this.#view.setUint32(0, crc32c(this.#slot, 4));
    try {
      fs.writeSync(this.#file, this.#slot, 0, SLOT, SLOT * (this.#writes++ % 2));
    } catch {
      // The disk is full: the mark becomes too old, which is safe.
    }
  }

  close(): void {
    if (this.#file !== undefined) fs.closeSync(this.#file);
  }
}
