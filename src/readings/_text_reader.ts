/**
 * The common part of the readers of CSV and JSON: it passes a text piece by piece to a scanner, once.
 *
 * @module
 */
import type { BadRows } from "./_bad_rows.ts";
import type { ReadPlan } from "./_plan.ts";
import type { RowMaker } from "./_row_maker.ts";
import { RowReader } from "./_row_reader.ts";
import { Counted, textPieces } from "./_text_pieces.ts";
import { problemError } from "./problem.ts";
import type { ByteSource, FoundColumns, ReadingChunk } from "./read_options.ts";

/** Converts the pieces of a text to chunks of readings. */
interface Scanner {
  readonly bad: BadRows;
  readonly maker: RowMaker;
  readonly found: FoundColumns | undefined;
  read(piece: Uint8Array, isLast: boolean): Iterable<ReadingChunk>;
}

/** A format of text. */
interface TextFormat {
  /** Its name, for errors. */
  readonly name: string;
  readonly plan: ReadPlan;
  readonly scanner: Scanner;
  /**
   * Returns the part of a text that is read, from its pieces in UTF-8. A piece is valid until the next one is
   * requested.
   */
  text(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

/** Reads a text once. */
export class TextReader extends RowReader {
  readonly #source: ByteSource;
  readonly #format: TextFormat;
  readonly #counted: Counted;
  #started = false;

  constructor(source: ByteSource, format: TextFormat) {
    super(format.scanner);
    this.#source = source;
    this.#format = format;
    this.#counted = new Counted(format.plan.onProgress);
  }

  override get bytes(): number {
    return this.#counted.bytes;
  }

  override get found(): FoundColumns | undefined {
    return this.#format.scanner.found;
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    const { name, plan, scanner } = this.#format;
    if (this.#started) throw new TypeError(`Cannot read ${name} twice from one reader`);
    this.#started = true;
    const pieces = textPieces(this.#counted.of(this.#source), plan.encoding);
    for await (const piece of this.#format.text(pieces)) yield* scanner.read(piece, false);
    if (this.#counted.bytes === 0) throw problemError({ message: "it is empty" });
    yield* scanner.read(new Uint8Array(), true);
  }
}
