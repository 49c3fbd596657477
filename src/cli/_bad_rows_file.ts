/**
 * The file of `--bad-rows`: what was skipped, as CSV.
 *
 * @module
 */
import { createWriteStream, type WriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { once } from "node:events";
import type { FileTarget } from "../_node_target.ts";
import type { BadRow } from "../readings/mod.ts";
import { checkedTarget, giveName, newPart } from "./_atomic_file.ts";
import { fileError } from "./_errors.ts";

/** Skipped rows on their way to a file, which gets its name at the end. */
export class BadRowsFile {
  readonly #path: string;
  readonly #target: FileTarget;
  readonly #part: string;
  readonly #stream: WriteStream;
  #failure: Error | undefined;

  private constructor(path: string, target: FileTarget, part: string) {
    this.#path = path;
    this.#target = target;
    this.#part = part;
    this.#stream = createWriteStream(part, { flags: "wx" });
    this.#stream.on("error", (error) => this.#failure = fileError("write", path, error));
    this.#stream.write("file,line,column,text,problem,row\n");
  }

  /**
   * Begins a file.
   *
   * @param path Where it goes.
   * @param others Files that must not be written over, by what they are.
   */
  static async open(
    path: string,
    others: Readonly<Record<string, readonly string[]>>,
  ): Promise<BadRowsFile> {
    const target = await checkedTarget(path, others);
    return new BadRowsFile(path, target, await newPart(path, target));
  }

  /** Adds a row. */
  add(file: string, { line, column, text, message, row }: BadRow): void {
    const cells = [file, line, column ?? "", text, message, row];
    this.#stream.write(`${cells.map(cell).join(",")}\n`);
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    await this.#close();
    if (this.#failure) throw this.#failure;
    try {
      await giveName(this.#part, this.#target, true);
    } catch (error) {
      throw fileError("write", this.#path, error);
    }
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    await this.#close();
    await rm(this.#part, { force: true });
  }

  async #close(): Promise<void> {
    if (this.#stream.closed) return;
    this.#stream.end();
    // An error is kept as the failure.
    await once(this.#stream, "close").catch(() => {});
  }
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
