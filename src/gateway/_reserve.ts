/**
 * The reserve file beside a queue: space for sending when the disk is full, because sealing and deleting also
 * write.
 *
 * @module
 */
import fs from "node:fs";
import { dirname } from "node:path";

const BLOCK = 1 << 16;

/** The reserve of one queue. */
export class Reserve {
  readonly #path: string;
  readonly #folder: string;
  readonly #size: number;
  #held = 0;

  constructor(queue: string, size: number) {
    this.#path = `${queue}.reserve`;
    this.#folder = dirname(queue);
    this.#size = size;
    try {
      this.#held = fs.statSync(this.#path).size;
    } catch {
      // It does not exist yet.
    }
  }

  /** Its size in bytes. */
  get held(): number {
    return this.#held;
  }

  /** How many bytes are free on the disk. */
  free(): number {
    try {
      const { bavail, bsize } = fs.statfsSync(this.#folder);
      return Number(bavail) * Number(bsize);
    } catch {
      // If the system does not report it, a full disk is noticed when a write fails.
      return Infinity;
    }
  }

  /** Frees its space for the queue; false if nothing is left. */
  spend(): boolean {
    if (this.#held === 0) return false;
    try {
      fs.truncateSync(this.#path, 0);
    } catch {
      return false;
    }
    this.#held = 0;
    return true;
  }

  /**
   * Reserves its space again, if enough other space stays free.
   *
   * @param leave How many bytes must stay free.
   * @returns Whether it is whole.
   */
  restore(leave: number): boolean {
    if (this.#held >= this.#size) return true;
    if (this.free() < this.#size - this.#held + leave) return false;
    let file: number | undefined;
    try {
      file = fs.openSync(this.#path, "w", 0o600);
      // Zeros, not a hole: a hole reserves nothing.
      const zeros = new Uint8Array(BLOCK);
      for (let at = 0; at < this.#size; at += BLOCK) {
        fs.writeSync(file, zeros, 0, Math.min(BLOCK, this.#size - at));
      }
      this.#held = this.#size;
      return true;
    } catch {
      try {
        fs.truncateSync(this.#path, 0);
      } catch {
        // Nothing was reserved then.
      }
      this.#held = 0;
      return false;
    } finally {
      if (file !== undefined) fs.closeSync(file);
    }
  }
}
