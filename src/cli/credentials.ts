/**
 * The tokens that `archfx login` keeps: one file, mode 0600, with an entry for each cloud.
 *
 * Invariants: the file is whole at any moment (written beside, then renamed); only who holds the
 * lock writes; a password never enters. The format:
 *
 * ```json
 * { "version": 1, "current": "https://arch.archfx.io",
 *   "clouds": { "https://arch.archfx.io": { "email": "...", "type": "jwt", "access": "...",
 *                                           "refresh": "...", "savedAt": "2026-03-02T06:00:00Z" } } }
 * ```
 *
 * @module
 */
import { chmod, mkdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { removeLeftovers, writeAtomically } from "./_atomic_file.ts";
import { CommandError, fileError } from "./_errors.ts";
import { withLock } from "./_file_lock.ts";

/** The tokens of one cloud. */
export interface Credentials {
  /** Whose they are, for `archfx whoami`. */
  email: string;
  /** `jwt` has access and refresh, `token` a key that does not expire. */
  type: "jwt" | "token";
  /** The access token, or the key. */
  access: string;
  /** The token that buys the next access token. */
  refresh?: string;
  /** When they were written, ISO 8601. */
  savedAt: string;
}

/** What the file holds. */
export interface CredentialsFile {
  /** The format. */
  version: 1;
  /** The cloud that commands mean where none is named: the last one logged in to. */
  current?: string;
  /** By address. */
  clouds: Record<string, Credentials>;
}

/** Reads and writes the file. */
export class CredentialsStore {
  /** The file. */
  readonly path: string;

  /** @param folder The folder of archfx's own files; made when something is saved. */
  constructor(folder: string) {
    this.path = join(folder, "credentials.json");
  }

  /** What the file holds now; nothing where there is none. */
  async read(): Promise<CredentialsFile> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { version: 1, clouds: {} };
      throw fileError("read the credentials in", this.path, error);
    }
    return this.#checked(text);
  }

  /** Whether others than the owner may read the file. */
  async isExposed(): Promise<boolean> {
    if (process.platform === "win32") return false;
    try {
      return ((await stat(this.path)).mode & 0o077) !== 0;
    } catch {
      return false;
    }
  }

  /**
   * Changes the file while no other process does.
   *
   * @param change Gets what the file holds, changes it in place, may take its time (a refresh over
   * the network); nothing is written where it throws or returns `false`.
   * @param signal Ends the wait for another process.
   */
  async update(
    change: (file: CredentialsFile) => Promise<boolean | void> | boolean | void,
    signal?: AbortSignal,
  ): Promise<void> {
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw fileError("make the folder", dirname(this.path), error);
    }
    const options = signal ? { signal } : {};
    await withLock(`${this.path}.lock`, async () => {
      await removeLeftovers(this.path);
      const file = await this.read();
      if (await change(file) === false) return;
      try {
        await writeAtomically(this.path, JSON.stringify(file, null, 2) + "\n", 0o600);
        if (process.platform !== "win32") await chmod(this.path, 0o600);
      } catch (error) {
        throw fileError("save the credentials in", this.path, error);
      }
    }, options);
  }

  /** Takes the file away with all tokens, readable or not. */
  async remove(): Promise<void> {
    try {
      await withLock(`${this.path}.lock`, () => rm(this.path, { force: true }));
    } catch (error) {
      throw fileError("remove", this.path, error);
    }
  }

  /** Names the file, never a token. */
  toString(): string {
    return `CredentialsStore("${this.path}")`;
  }

  /** The path alone. */
  toJSON(): { path: string } {
    return { path: this.path };
  }

  #checked(text: string): CredentialsFile {
    const refuse = (rule: string): never => {
      throw new CommandError(
        `Cannot read the credentials in "${this.path}": ${rule}; ` +
          '"archfx logout --force" removes the file',
      );
    };
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      return refuse("it is not JSON");
    }
    const file = data as CredentialsFile;
    if (typeof data !== "object" || data === null || file.version !== 1) {
      return refuse("it is not of version 1");
    }
    if (typeof file.clouds !== "object" || file.clouds === null) return refuse("it has no clouds");
    for (const [address, entry] of Object.entries(file.clouds)) {
      if (typeof entry?.access !== "string" || !["jwt", "token"].includes(entry.type)) {
        return refuse(`its entry for ${address} has no token`);
      }
    }
    return file;
  }
}
