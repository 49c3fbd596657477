/**
 * CompleteFolder, files that are complete when they appear, or after a while.
 *
 * The position is one file with the number of its stored readings, and whether they are all. So after a restart,
 * reading continues there, or the file is only moved.
 *
 * @module
 */
import fs from "node:fs/promises";
import { createReadStream } from "node:fs";
import { counted } from "../../_plural.ts";
import { errorMessage } from "../../_error_fields.ts";
import type { BadRow } from "../../readings/mod.ts";
import type { ReadingSink } from "../types.ts";
import { inFolder, type SettledFolderOptions } from "./folder_options.ts";
import { badRowText, formatOfName, parseText } from "./_parse.ts";

interface Position {
  /**
   * Name, size, modification time and inode of the file: a machine may write a file with the same name and size
   * every second.
   */
  readonly file: string;
  /** The number of its readings that are stored. */
  readonly readings: number;
  /** Whether all of them are. */
  readonly end: boolean;
}

const LONGEST_NAME = 245;

interface Seen {
  readonly identity: string;
  /** Since when it has not changed. */
  readonly since: number;
}

/** Reads complete files. */
export class CompleteFolder {
  readonly #options: SettledFolderOptions;
  readonly #sink: ReadingSink;
  #position: Position | undefined;
  readonly #seen = new Map<string, Seen>();

  constructor(options: SettledFolderOptions, sink: ReadingSink, position: string | undefined) {
    this.#options = options;
    this.#sink = sink;
    this.#position = position === undefined ? undefined : JSON.parse(position);
  }

  async visit(names: readonly string[], signal: AbortSignal): Promise<void> {
    const matching = names.filter(this.#options.matches);
    for (const name of [...this.#seen.keys()]) {
      if (!matching.includes(name)) this.#seen.delete(name);
    }
    for (const name of matching) {
      if (signal.aborted) return;
      const identity = await this.#settled(name);
      if (identity !== undefined) await this.#read(name, identity, signal);
    }
  }

  /** The identity of a file that is complete. */
  async #settled(name: string): Promise<string | undefined> {
    const stat = await fs.stat(inFolder(this.#options, name)).catch(() => undefined);
    if (!stat) return undefined; // It was moved in the meantime.
    const identity = `${name}/${stat.size}/${Math.floor(stat.mtimeMs)}/${stat.ino}`;
    // A file that was partly read before a restart is known: it does not have to settle again.
    if (this.#position?.file === identity) return identity;
    const seen = this.#seen.get(name);
    if (seen?.identity !== identity) {
      this.#seen.set(name, { identity, since: performance.now() });
      return this.#options.settleMs === 0 ? identity : undefined;
    }
    return performance.now() - seen.since >= this.#options.settleMs ? identity : undefined;
  }

  async #read(name: string, identity: string, signal: AbortSignal): Promise<void> {
    const before = this.#position?.file === identity ? this.#position : undefined;
    if (!before?.end) {
      const bad: BadRow[] = [];
      const problem = await this.#check(name, bad);
      if (problem !== undefined) {
        this.#sink.bad(`"${name}" was moved to failed/: ${problem}`);
        return await this.#move(name, "failed");
      }
      // Before its readings are stored: after that, the file is not read again.
      if (bad.length > 0) await this.#writeBad(name, bad);
      await this.#store(name, identity, before?.readings ?? 0, signal);
    }
    if (this.#options.done === "remove") await fs.rm(inFolder(this.#options, name));
    else await this.#move(name, "done");
  }

  async #writeBad(name: string, bad: readonly BadRow[]): Promise<void> {
    const text = bad.map((row) => `${row.line}\t${row.message}\t${row.text}\n`).join("");
    const file = `${fittingName(name)}.bad`;
    await fs.mkdir(inFolder(this.#options, "done"), { recursive: true });
    await fs.writeFile(inFolder(this.#options, "done", file), text);
    this.#sink.bad(
      `"${name}": left out ${counted(bad.length, "row")}, see done/${file}; the first: ${
        badRowText(bad[0]!)
      }`,
      bad.length,
    );
  }

  /** Reads the file once without storing anything; returns the reason if it cannot be used. */
  async #check(name: string, bad: BadRow[]): Promise<string | undefined> {
    const { maxBadRows } = this.#options;
    let count = 0;
    try {
      for await (
        const _ of this.#parse(name, (row) => {
          if (++count <= maxBadRows) bad.push(row);
        })
      ) if (count > maxBadRows) break;
    } catch (error) {
      return errorMessage(error);
    }
    return count > maxBadRows
      ? `it has more than ${maxBadRows} bad rows; the first: ${
        bad[0] ? badRowText(bad[0]) : "none is allowed"
      }`
      : undefined;
  }

  #parse(name: string, onBadRow: (row: BadRow) => void) {
    const format = this.#options.format ?? formatOfName(name);
    if (format === undefined) {
      throw new Error('its name does not show whether it is CSV or NDJSON: set "format"');
    }
    const bytes = createReadStream(inFolder(this.#options, name), { highWaterMark: 1 << 18 });
    return parseText(bytes, { ...this.#options, format }, onBadRow);
  }

  async #store(
    name: string,
    identity: string,
    skip: number,
    signal: AbortSignal,
  ): Promise<void> {
    let stored = 0;
    let chunk: { batches: Parameters<ReadingSink["push"]>[0]; readings: number } | undefined;
    const push = async (end: boolean) => {
      const { batches, readings } = chunk ?? { batches: [], readings: 0 };
      stored += readings;
      if (stored <= skip && !end) return;
      const position: Position = { file: identity, readings: stored, end };
      // Chunks are split in the same way each time, so the stored readings are the same.
      await this.#sink.push(stored <= skip ? [] : batches, {
        position: JSON.stringify(position),
        signal,
      });
      this.#position = position;
    };
    for await (const next of this.#parse(name, () => {})) {
      if (chunk) await push(false);
      chunk = next;
    }
    await push(true);
  }

  async #move(name: string, folder: "done" | "failed"): Promise<void> {
    await fs.mkdir(inFolder(this.#options, folder), { recursive: true });
    let target = name;
    for (let n = 1; await exists(inFolder(this.#options, folder, target)); n++) {
      target = `${fittingName(name)}.${n}`;
    }
    await fs.rename(inFolder(this.#options, name), inFolder(this.#options, folder, target));
    this.#seen.delete(name);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A name with space for a suffix: file systems allow 255 bytes. */
function fittingName(name: string): string {
  let fitting = name;
  while (new TextEncoder().encode(fitting).length > LONGEST_NAME) fitting = fitting.slice(0, -1);
  return fitting;
}

async function exists(path: string): Promise<boolean> {
  return await fs.stat(path).then(() => true, () => false);
}
