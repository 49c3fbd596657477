/**
 * The reader of JSON: the text on its way to the scanner. `ndjson.ts` loads it when a text is read.
 *
 * @module
 */
import { checkNdjson } from "./_check_ndjson.ts";
import { JsonArray } from "./_json_array.ts";
import { NdjsonScanner } from "./_ndjson_scan.ts";
import type { ReadPlan } from "./_plan.ts";
import { Counted, textPieces } from "./_text_pieces.ts";
import { readWarnings } from "./_warnings.ts";
import type { NdjsonOptions } from "./ndjson_options.ts";
import { problemError } from "./problem.ts";
import type {
  ByteSource,
  FoundColumns,
  LeftOut,
  ReadingChunk,
  ReadingsReader,
  ReadWarning,
} from "./read_options.ts";

/** Reads a text once. */
export class NdjsonReader implements ReadingsReader {
  readonly #source: ByteSource;
  readonly #plan: ReadPlan;
  readonly #scanner: NdjsonScanner;
  readonly #counted: Counted;
  #started = false;

  constructor(source: ByteSource, options: NdjsonOptions) {
    const { plan, keys } = checkNdjson(options);
    this.#plan = plan;
    this.#source = source;
    this.#counted = new Counted(this.#plan.onProgress);
    this.#scanner = new NdjsonScanner(plan, keys, options.numberTexts ?? false);
  }

  get readings(): number {
    return this.#scanner.readings;
  }

  get skippedRows(): number {
    return this.#scanner.bad.count;
  }

  get leftOut(): LeftOut {
    return { ...this.#scanner.maker.left };
  }

  get bytes(): number {
    return this.#counted.bytes;
  }

  get found(): FoundColumns | undefined {
    return this.#scanner.found;
  }

  get warnings(): readonly ReadWarning[] {
    return readWarnings(this.#scanner.maker);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    if (this.#started) throw new TypeError("Cannot read NDJSON twice from one reader");
    this.#started = true;
    let array: JsonArray | undefined;
    let begun = false;
    for await (const piece of textPieces(this.#counted.of(this.#source), this.#plan.encoding)) {
      if (!begun) {
        const first = piece.find((byte) => byte > 0x20);
        if (first === 0x5b) array = new JsonArray();
        begun = first !== undefined;
      }
      yield* this.#scanner.read(array ? array.lines(piece) : piece, false);
    }
    if (this.#counted.bytes === 0) throw problemError({ message: "it is empty" });
    array?.end();
    yield* this.#scanner.read(new Uint8Array(), true);
  }
}
