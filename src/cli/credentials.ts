/**
 * The tokens that `archfx login` keeps: one file, mode 0600, with an entry for each cloud.
 *
 * Invariants: the file is always complete; no process overwrites changes of another one (_committed_file.ts); a
 * password is never saved. If the file is removed, the user is logged out. The format:
 *
 * ```json
 * { "version": 1, "current": "https://arch.archfx.io",
 *   "clouds": { "https://arch.archfx.io": { "email": "...", "type": "jwt", "access": "...",
 *                                           "refresh": "...", "savedAt": "2026-03-02T06:00:00Z" } } }
 * ```
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { errorPath } from "../_error_fields.ts";
import { isRecord } from "../_is_record.ts";
import { CommittedFile, type CommittedFileOptions } from "./_committed_file.ts";
import { CommandError, fileError } from "./_errors.ts";
import { type LockOptions, withLock } from "../_node_file_lock.ts";

/** Extra space for the tokens that a refresh may return. */
const RESERVED_BYTES = 32_768;

/** The tokens of one cloud. */
export interface Credentials {
  /** The email of the user, for `archfx whoami`. */
  email: string;
  /** `jwt` has access and refresh; `token` and `Api-Key` are keys that do not expire. */
  type: "jwt" | "token" | "Api-Key";
  /** The access token, or the key. */
  access: string;
  /** The token for the next access token. */
  refresh?: string;
  /** When they were written, ISO 8601. */
  savedAt: string;
}

const TYPES: readonly unknown[] = ["jwt", "token", "Api-Key"];

/** Whether a value has a token; its other fields are for display. */
function isEntry(entry: unknown): entry is Credentials {
  return isRecord(entry) && typeof entry.access === "string" && TYPES.includes(entry.type);
}

/** What the file holds. */
export interface CredentialsFile {
  /** The format. */
  version: 1;
  /** The default cloud of commands: that of the last login. */
  current?: string;
  /** By address. */
  clouds: Record<string, Credentials>;
}

/** Reads and writes the file. */
export class CredentialsStore {
  /** The file. */
  readonly path: string;
  readonly #options: CommittedFileOptions;

  /**
   * @param folder The folder of archfx's files; it is created when something is saved.
   * @param options For tests.
   */
  constructor(folder: string, options: Pick<CommittedFileOptions, "onStep"> = {}) {
    this.path = join(folder, "credentials.json");
    this.#options = { ...options, mode: 0o600 };
  }

  /** The current content of the file; empty if it does not exist. */
  async read(): Promise<CredentialsFile> {
    return await this.#read(await this.#file("read the credentials in"));
  }

  /** Whether users other than the owner may read the file. */
  async isExposed(): Promise<boolean> {
    if (process.platform === "win32") return false;
    return await (await this.#file("read the credentials in")).isExposed();
  }

  /**
   * Changes the file while other processes wait.
   *
   * The disk space is reserved before `change` runs, so that a new token can be saved after the old one was used
   * up. If this process was paused and another one saved something in the meantime, both changes are kept. If
   * both changed the tokens of the same user and cloud, those of the other process are kept.
   *
   * @param change Gets the content and changes it in place. It may take long (a refresh over the network).
   * Nothing is written if it throws or returns `false`.
   * @param options How long to wait for another process.
   */
  async update(
    change: (file: CredentialsFile) => Promise<boolean | void> | boolean | void,
    options: LockOptions | AbortSignal = {},
  ): Promise<void> {
    const limits = options instanceof AbortSignal ? { signal: options } : options;
    const action = "save the credentials in";
    const file = await this.#file(action);
    await this.#naming(
      action,
      () => mkdir(dirname(file.path), { recursive: true, mode: 0o700 }),
    );
    const draft = (base: { number: number }) =>
      this.#naming(action, () => file.draft({ ...base, text: "", copy: "" }, RESERVED_BYTES));
    await this.#locked(file, action, async () => {
      let { number } = await file.read();
      let before = await this.#read(file);
      let after = structuredClone(before);
      let prepared = await draft({ number });
      await this.#naming(action, () => file.touch());
      try {
        if (await change(after) === false) return;
        const commit = () =>
          this.#naming(action, () => prepared.commit(JSON.stringify(after, null, 2) + "\n"));
        while (!(await commit())) {
          await prepared.abandon();
          ({ number } = await file.read());
          const theirs = await this.#read(file);
          after = merged(before, after, theirs);
          before = theirs;
          prepared = await draft({ number });
        }
      } finally {
        await prepared.abandon();
      }
    }, limits);
  }

  /** Removes the file with all tokens, readable or not. */
  async remove(): Promise<void> {
    await this.#naming("remove", async () => {
      const file = await CommittedFile.at(this.path, this.#options);
      await this.#locked(file, "remove", () => file.remove());
    });
  }

  /** Shows the path, never a token. */
  toString(): string {
    return `CredentialsStore("${this.path}")`;
  }

  /** Only the path. */
  toJSON(): { path: string } {
    return { path: this.path };
  }

  #file(action: string): Promise<CommittedFile> {
    return this.#naming(action, () => CommittedFile.at(this.path, this.#options));
  }

  async #naming<T>(action: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      throw fileError(action, this.path, error);
    }
  }

  async #locked(
    file: CommittedFile,
    action: string,
    task: () => Promise<void>,
    limits?: LockOptions,
  ): Promise<void> {
    try {
      await withLock(file.lock, task, limits);
    } catch (error) {
      // The folder is read-only, or the disk is full.
      if (errorPath(error) === file.lock) {
        throw fileError(action, this.path, error);
      }
      throw error;
    }
  }

  async #read(file: CommittedFile): Promise<CredentialsFile> {
    const { text, copy } = await this.#naming("read the credentials in", () => file.read());
    // If a user removes the file, that is a logout, even if content was committed.
    if (text === undefined || copy === undefined) return { version: 1, clouds: {} };
    return this.#checked(text);
  }

  #checked(text: string): CredentialsFile {
    const invalid = (rule: string): never => {
      throw new CommandError(
        `Cannot read the credentials in "${this.path}": ${rule}; ` +
          '"archfx logout --force" removes the file',
      );
    };
    let file: unknown;
    try {
      file = JSON.parse(text);
    } catch {
      return invalid("it is not JSON");
    }
    if (!isRecord(file) || file.version !== 1) return invalid("it is not of version 1");
    if (!isRecord(file.clouds)) return invalid("it has no clouds");
    const clouds: CredentialsFile["clouds"] = {};
    for (const [address, entry] of Object.entries(file.clouds)) {
      if (!isEntry(entry)) return invalid(`its entry for ${address} has no token`);
      clouds[address] = entry;
    }
    return { ...file, version: 1, clouds };
  }
}

/** The content that another process has saved, merged with the changes of this one. */
function merged(
  before: CredentialsFile,
  after: CredentialsFile,
  theirs: CredentialsFile,
): CredentialsFile {
  const result = structuredClone(theirs);
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  for (const domain of new Set([...Object.keys(before.clouds), ...Object.keys(after.clouds)])) {
    const [old, own, other] = [before.clouds[domain], after.clouds[domain], theirs.clouds[domain]];
    if (same(old, own)) continue;
    // Tokens that were refreshed here are not valid after a new login or a logout.
    const isRefresh = old !== undefined && old.email === own?.email && old.type === own.type;
    if (isRefresh && !same(old, other)) continue;
    if (own === undefined) delete result.clouds[domain];
    else result.clouds[domain] = own;
  }
  if (after.current !== before.current) {
    if (after.current === undefined) delete result.current;
    else result.current = after.current;
  }
  return result;
}
