/**
 * The file of `--bad-rows`: the skipped rows as CSV.
 *
 * @module
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { FileTarget } from "../_node_target.ts";
import type { BadRow } from "../readings/mod.ts";
import { checkedTarget, giveName, newPart } from "./_atomic_file.ts";
import { fileError } from "./_errors.ts";

/** How much text is collected before it is written. */
const GATHERED = 65536;

/**
 * Writes skipped rows to a file, which gets its name at the end. The reader waits while rows are written, because
 * a file with only bad rows must not fill the memory.
 */
export class BadRowsFile {
  readonly #path: string;
  readonly #target: FileTarget;
  readonly #part: string;
  readonly #file: number;
  #text = "file,line,column,text,problem,row\n";
  #isOpen = true;

  private constructor(path: string, target: FileTarget, part: string) {
    this.#path = path;
    this.#target = target;
    this.#part = part;
    this.#file = this.#try(() => openSync(part, "wx"));
  }

  /**
   * Starts a file.
   *
   * @param path Where it goes.
   * @param others Files that must not be overwritten, by their role.
   */
  static async open(
    path: string,
    others: Readonly<Record<string, readonly string[]>>,
  ): Promise<BadRowsFile> {
    const target = await checkedTarget(path, others);
    return new BadRowsFile(path, target, await newPart(path, target));
  }

  /**
   * Adds a row.
   *
   * @throws {CommandError} If it cannot be written.
   */
  add(file: string, { line, column, text, message, row }: BadRow): void {
    const cells = [file, line, column ?? "", text, message, row];
    this.#text += `${cells.map(cell).join(",")}\n`;
    if (this.#text.length > GATHERED) this.flush();
  }

  /**
   * Writes the collected text.
   *
   * @throws {CommandError} If it cannot be written.
   */
  flush(): void {
    const bytes = new TextEncoder().encode(this.#text);
    this.#text = "";
    for (let at = 0; at < bytes.length;) {
      at += this.#try(() => writeSync(this.#file, bytes, at));
    }
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    this.flush();
    this.#close();
    try {
      await giveName(this.#part, this.#target, true);
    } catch (error) {
      throw fileError("write", this.#path, error);
    }
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    this.#close();
    await rm(this.#part, { force: true });
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#try(() => closeSync(this.#file));
  }

  #try<T>(task: () => T): T {
    try {
      return task();
    } catch (error) {
      throw fileError("write", this.#path, error);
    }
  }
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
