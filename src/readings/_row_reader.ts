/**
 * The common properties of readers of rows.
 *
 * @module
 */
import type { BadRows } from "./_bad_rows.ts";
import type { RowMaker } from "./_row_maker.ts";
import { readWarnings } from "./_warnings.ts";
import type {
  FoundColumns,
  LeftOut,
  ReadingChunk,
  ReadingsReader,
  ReadWarning,
} from "./read_options.ts";

/** A reader that makes readings with a row maker and counts bad rows. */
export abstract class RowReader implements ReadingsReader {
  readonly #maker: RowMaker;
  readonly #bad: BadRows;

  constructor({ maker, bad }: { readonly maker: RowMaker; readonly bad: BadRows }) {
    this.#maker = maker;
    this.#bad = bad;
  }

  protected get maker(): RowMaker {
    return this.#maker;
  }

  protected get bad(): BadRows {
    return this.#bad;
  }

  abstract readonly bytes: number;
  abstract readonly found: FoundColumns | undefined;
  abstract [Symbol.asyncIterator](): AsyncGenerator<ReadingChunk>;

  get readings(): number {
    return this.#maker.stage.readings;
  }

  get skippedRows(): number {
    return this.#bad.count;
  }

  get leftOut(): LeftOut {
    return { ...this.#maker.left };
  }

  get warnings(): readonly ReadWarning[] {
    return readWarnings(this.#maker);
  }
}
