/**
 * A small file that several processes change, by compare-and-swap.
 *
 * A process may be paused at any point and for any time (SIGSTOP, a closed laptop, a paused container). What it
 * checked before a rename may be wrong when the rename happens, so locks and checks before a write are not
 * enough. The invariants:
 *
 * - Contents are numbered. Content N is the folder `NAME.commits/N`. A finished folder gets this name by one
 *   rename, which the file system allows only if no folder of this name with a file in it exists.
 * - The highest number is the current content. It is never removed; every commit removes lower ones.
 * - A process that was paused may find its number free again, because it was removed. So it looks again after the
 *   rename: if there is a higher number, it has lost. The folder has few entries, so one system call lists it and
 *   shows the highest number at that moment.
 * - Nothing depends on a clock, a process id or a host name.
 *
 * `NAME` itself is a copy for people and other programs. A process that was paused may replace it with an older
 * copy, so it is only read to find changes that a person made.
 *
 * ```text
 * ids.json                      the copy
 * ids.json.commits/18/content   the content
 * ids.json.commits/19.4f1c…/    a draft of the next one
 * ids.json.lock                 who is expected to commit next: see _node_file_lock.ts
 * ```
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../_error_fields.ts";
import { orMissing } from "../_or_missing.ts";
import { writeAll } from "../_node_files.ts";
import { fileTarget } from "../_node_target.ts";

/** The content at one moment. */
interface Snapshot {
  /** Its number; 0 if nothing was committed yet. */
  readonly number: number;
  /** The content; `undefined` if there is none. */
  readonly text: string | undefined;
  /** The content of the file for people; `undefined` if it does not exist. */
  readonly copy: string | undefined;
}

/** How the file is kept. */
export interface CommittedFileOptions {
  /** Permissions of everything that is written. @default {those of the copy, else the default by the umask} */
  mode?: number;
  /** For tests: called with the name of each step before the step is done. */
  onStep?: (step: string) => void;
}

/** A content that is not committed yet. Its disk space is reserved. */
interface Draft {
  /**
   * Makes it the content.
   *
   * @returns False if another process has committed since the snapshot: nothing was changed.
   */
  commit(text: string): Promise<boolean>;
  /** Removes its remains. */
  abandon(): Promise<void>;
}

/** Reads and commits contents. */
export class CommittedFile {
  /** The file for people, with links resolved. */
  readonly path: string;
  /** The lock that saves work: see _node_file_lock.ts. */
  readonly lock: string;
  readonly #folder: string;
  readonly #mode: number | undefined;
  readonly #step: (step: string) => void;

  private constructor(path: string, mode: number | undefined, step: (step: string) => void) {
    this.path = path;
    this.lock = `${path}.lock`;
    this.#folder = `${path}.commits`;
    this.#mode = mode;
    this.#step = step;
  }

  /** Finds the file with a name. It need not exist yet. */
  static async at(path: string, options: CommittedFileOptions = {}): Promise<CommittedFile> {
    const target = await fileTarget(path);
    if (target.writtenThrough) throw Object.assign(new Error("it is not a file"), { path });
    return new CommittedFile(
      target.path,
      options.mode ?? target.mode,
      options.onStep ?? (() => {}),
    );
  }

  /** Creates the file for people, empty, if it does not exist. */
  async touch(): Promise<void> {
    const file = await open(this.path, "a", this.#mode ?? 0o666);
    await file.close();
  }

  /** The content as it is now. */
  async read(): Promise<Snapshot> {
    for (let tries = 0;; tries++) {
      const number = await this.#highest();
      this.#step("read");
      const copy = await orMissing(readFile(this.path, "utf8"));
      if (number === 0) return { number, text: copy === "" ? undefined : copy, copy };
      const file = join(this.#folder, String(number), "content");
      const text = await orMissing(readFile(file, "utf8"));
      if (text !== undefined) return { number, text, copy };
      // It was removed in between, because there is a higher number now. If not, another program removed it.
      if (tries === 100) throw Object.assign(new Error("it was removed"), { path: file });
    }
  }

  /**
   * Prepares the content that follows a snapshot.
   *
   * @param base What it is derived from.
   * @param reserve How many bytes to reserve, so that a full disk is noticed before a step that cannot be repeated.
   */
  async draft(base: Snapshot, reserve = 0): Promise<Draft> {
    this.#step("draft");
    const number = base.number + 1;
    const word = randomUUID().slice(0, 8);
    const folder = join(this.#folder, `${number}.${word}`);
    const copy = join(this.#folder, `copy.${word}`);
    const abandon = async () => {
      await rm(folder, { recursive: true, force: true });
      await rm(copy, { force: true });
    };
    try {
      await mkdir(this.#folder, { recursive: true, ...this.#folderMode() });
      await mkdir(folder, this.#folderMode());
      for (const file of [join(folder, "content"), copy]) {
        await this.#write(file, new Uint8Array(reserve));
      }
    } catch (error) {
      await abandon();
      throw error;
    }
    return {
      abandon,
      commit: async (text) => {
        const bytes = new TextEncoder().encode(text);
        this.#step("write");
        if (!(await this.#finish(folder, bytes, number))) return false;
        await this.#clean(number, `copy.${word}`);
        this.#step("publish");
        await this.#publish(copy, bytes);
        return true;
      },
    };
  }

  /** Removes the file and every content. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Whether users other than the owner may read any of it. */
  async isExposed(): Promise<boolean> {
    const number = await this.#highest();
    for (const path of [this.path, join(this.#folder, String(number), "content")]) {
      const found = await orMissing(stat(path));
      if (found && (found.mode & 0o077) !== 0) return true;
    }
    return false;
  }

  /** Writes a draft and gives it its number; false if another process has taken the number. */
  async #finish(folder: string, bytes: Uint8Array, number: number): Promise<boolean> {
    try {
      await this.#write(join(folder, "content"), bytes);
      this.#step("commit");
      await rename(folder, join(this.#folder, String(number)));
    } catch (error) {
      // ENOENT: another process has committed this number and removed the draft.
      const code = errorCode(error) ?? "";
      const lost = ["EEXIST", "ENOTEMPTY", "ENOENT", "EPERM", "EACCES", "EBUSY"].includes(code);
      if (lost && await this.#highest() >= number) return false;
      throw error;
    }
    this.#step("look again");
    return await this.#highest() === number;
  }

  async #highest(): Promise<number> {
    const names = await orMissing(readdir(this.#folder)) ?? [];
    return Math.max(0, ...names.filter((name) => /^\d+$/.test(name)).map(Number));
  }

  /** Removes the contents below a number, and drafts that can no longer be committed. */
  async #clean(number: number, ownCopy: string): Promise<void> {
    for (const name of await orMissing(readdir(this.#folder)) ?? []) {
      const match = /^(?:(\d+)(\..+)?|copy\..+)$/.exec(name);
      if (!match || name === ownCopy) continue;
      if (match[1] !== undefined && Number(match[1]) >= (match[2] ? number + 1 : number)) continue;
      this.#step("clean");
      // It may already be removed, or just be replaced: the next commit removes it.
      await rm(join(this.#folder, name), { recursive: true, force: true }).catch(() => {});
    }
  }

  /** Replaces the copy. The content is already committed, so a failure here is ignored. */
  async #publish(copy: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.#write(copy, bytes);
      await rename(copy, this.path);
    } catch {
      await rm(copy, { force: true });
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, "w", this.#mode ?? 0o666);
    try {
      await writeAll(file, bytes);
      // Without this, the space is reserved only in memory, and a power cut can leave an empty file.
      await file.sync();
    } finally {
      await file.close();
    }
    if (this.#mode !== undefined) await chmod(path, this.#mode);
  }

  #folderMode(): { mode?: number } {
    // A user who may read the file must also be able to enter its folder.
    return this.#mode === undefined ? {} : { mode: this.#mode | (this.#mode & 0o444) >> 2 | 0o700 };
  }
}
