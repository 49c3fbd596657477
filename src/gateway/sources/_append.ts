/**
 * AppendFolder, files that grow: logs. They are never moved.
 *
 * A file is identified by its device, its inode and a CRC of its first KiB: a shorter file or another beginning
 * is a new file. A renamed file is read to its end before new ones; a missing file is remembered for a while,
 * because its disk may only be unmounted. The position has, for each file, the byte after the last complete
 * record, the line number and the header.
 *
 * @module
 */
import fs, { type FileHandle } from "node:fs/promises";
import { counted } from "../../_plural.ts";
import { errorMessage } from "../../_error_fields.ts";
import { crc32c } from "../_crc32c.ts";
import type { ReadingBatch, ReadingSink } from "../types.ts";
import { inFolder, type SettledFolderOptions } from "./folder_options.ts";
import { badRowText, formatOfName, parseText } from "./_parse.ts";
import { concat, countLines, lastRecordEnd } from "./_records.ts";

/** The position in a file. */
interface Place {
  readonly name: string;
  readonly format: "csv" | "ndjson";
  /** The byte after the last complete record. */
  readonly offset: number;
  /** Its line, counted from 1. */
  readonly line: number;
  /** The header of CSV, with its line end; empty without one. */
  readonly header: string;
  /** The CRC of the first bytes, and their number. */
  readonly head: readonly [crc: number, length: number];
  /** It was missing at the last check. */
  readonly gone?: true;
}

/**
 * The number of missing files that are remembered: after a disk is mounted again, its files must not be delivered
 * again.
 */
const MOST_GONE = 32;

const HEAD = 1024;
/** How many bytes of a file are read at a time. */
const STRETCH = 1 << 20;
/** The longest record. */
const LONGEST_RECORD = 1 << 24;

/** Reads files that grow. */
export class AppendFolder {
  readonly #options: SettledFolderOptions;
  readonly #sink: ReadingSink;
  /** By device and inode. */
  #places: Record<string, Place>;
  readonly #handles = new Map<string, FileHandle>();
  /** Files that were reported once. */
  readonly #told = new Set<string>();

  constructor(options: SettledFolderOptions, sink: ReadingSink, position: string | undefined) {
    this.#options = options;
    this.#sink = sink;
    // The source may have had another mode under this name.
    const kept: Record<string, Place> = position === undefined ? {} : JSON.parse(position);
    this.#places = Object.fromEntries(
      Object.entries(kept).filter(([, place]) => Array.isArray(place?.head)),
    );
  }

  async visit(names: readonly string[], signal: AbortSignal): Promise<void> {
    const present = new Map<string, string>();
    for (const name of names) {
      const stat = await fs.stat(inFolder(this.#options, name)).catch(() => undefined);
      if (stat) present.set(`${stat.dev}:${stat.ino}`, name);
    }
    // Known files come first, under any name: a renamed file is read to its end before new ones.
    for (const key of Object.keys(this.#places)) {
      if (signal.aborted) return;
      const name = present.get(key);
      if (name === undefined) await this.#finish(key, signal);
      else await this.#follow(key, name, signal);
    }
    for (const [key, name] of present) {
      if (signal.aborted) return;
      if (!this.#places[key] && this.#options.matches(name)) await this.#follow(key, name, signal);
    }
  }

  /** Finishes a file that was removed from the folder: the open file can still be read. It may come back. */
  async #finish(key: string, signal: AbortSignal): Promise<void> {
    const handle = this.#handles.get(key);
    if (handle) {
      await this.#read(key, handle, this.#places[key]!, signal);
      await handle.close();
      this.#handles.delete(key);
    }
    const { [key]: place, ...others } = this.#places;
    if (place!.gone) return;
    // The newest is last.
    this.#places = { ...others, [key]: { ...place!, gone: true } };
    const gone = Object.keys(this.#places).filter((it) => this.#places[it]!.gone);
    for (const old of gone.slice(0, -MOST_GONE)) delete this.#places[old];
  }

  async #follow(key: string, name: string, signal: AbortSignal): Promise<void> {
    let handle = this.#handles.get(key);
    if (!handle) {
      try {
        handle = await fs.open(inFolder(this.#options, name), "r");
      } catch (error) {
        this.#sink.bad(`Cannot open "${name}": ${errorMessage(error)}`);
        return;
      }
      this.#handles.set(key, handle);
    }
    const { size } = await handle.stat();
    let place: Place | undefined = this.#places[key];
    if (place && (size < place.offset || !(await isSame(handle, place.head)))) place = undefined;
    if (!place) {
      const format = this.#options.format ?? formatOfName(name);
      if (format === undefined) {
        if (!this.#told.has(name)) {
          this.#told.add(name);
          this.#sink.bad(`"${name}" does not show whether it is CSV or NDJSON: set "format"`);
        }
        return;
      }
      place = { name, format, offset: 0, line: 1, header: "", head: await headOf(handle) };
    }
    if (place.head[1] < HEAD && size > place.head[1]) {
      place = { ...place, head: await headOf(handle) };
    }
    const { gone: _gone, ...here } = place;
    await this.#read(key, handle, { ...here, name }, signal);
  }

  /** Reads complete records up to the end, some bytes at a time. */
  async #read(key: string, handle: FileHandle, place: Place, signal: AbortSignal): Promise<void> {
    for (let size = STRETCH; !signal.aborted;) {
      const bytes = new Uint8Array(size);
      const { bytesRead } = await handle.read(bytes, 0, size, place.offset);
      const end = lastRecordEnd(bytes.subarray(0, bytesRead), place.format);
      if (end === 0) {
        if (bytesRead < size || size >= LONGEST_RECORD) break;
        size *= 4;
        continue;
      }
      place = await this.#store(key, place, bytes.subarray(0, end));
      size = STRETCH;
    }
    this.#places[key] = place;
  }

  async #store(key: string, place: Place, stretch: Uint8Array): Promise<Place> {
    let { header } = place;
    let text = stretch;
    const hasHeader = place.format === "csv" && this.#options.read?.header !== false;
    if (hasHeader && header === "") {
      const end = stretch.indexOf(10) + 1;
      header = new TextDecoder().decode(stretch.subarray(0, end));
      text = stretch.subarray(end);
    }
    const batches: ReadingBatch[] = [];
    const bad: string[] = [];
    let first = "";
    // The line numbers of the reader include the header, if it is repeated.
    const repeated = hasHeader ? new TextEncoder().encode(header) : new Uint8Array();
    const shift = place.line - 1 - (place.offset > 0 && hasHeader ? 1 : 0);
    try {
      if (text.length > 0) {
        const options = { ...this.#options, format: place.format };
        const parsed = parseText(concat(repeated, text), options, (row) => {
          const moved = { ...row, line: row.line + shift };
          first ||= badRowText(moved);
          bad.push(`${moved.line}\t${row.message}\t${row.text}\n`);
        });
        for await (const chunk of parsed) batches.push(...chunk.batches);
      }
    } catch (error) {
      // The header is wrong, or the text has another format: it cannot be read at all.
      first = errorMessage(error);
      bad.push(`${place.line}\t${first}\t\n`);
    }
    const next: Place = {
      ...place,
      header,
      offset: place.offset + stretch.length,
      line: place.line + countLines(stretch),
    };
    if (bad.length > 0) {
      await fs.appendFile(inFolder(this.#options, `${place.name}.bad`), bad.join(""));
      this.#sink.bad(
        `"${place.name}": left out ${
          counted(bad.length, "row")
        }, see ${place.name}.bad; the first: ${first}`,
        bad.length,
      );
    }
    const places = { ...this.#places, [key]: next };
    await this.#sink.push(batches, { position: JSON.stringify(places) });
    this.#places = places;
    return next;
  }

  async close(): Promise<void> {
    for (const handle of this.#handles.values()) await handle.close();
    this.#handles.clear();
  }
}

/** The CRC of the first KiB. */
async function headOf(handle: FileHandle): Promise<[number, number]> {
  const bytes = new Uint8Array(HEAD);
  const { bytesRead } = await handle.read(bytes, 0, HEAD, 0);
  return [crc32c(bytes.subarray(0, bytesRead)), bytesRead];
}

async function isSame(handle: FileHandle, [crc, length]: Place["head"]): Promise<boolean> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, 0);
  return bytesRead === length && crc32c(bytes) === crc;
}
