/**
 * A reader whose code is loaded when it begins to read, since most programs that import the package do not read text.
 *
 * @module
 */
import type {
  FoundColumns,
  LeftOut,
  ReadingChunk,
  ReadingsReader,
  ReadWarning,
} from "./read_options.ts";

/** Reads with the reader that `load` returns. */
export class LazyReader implements ReadingsReader {
  readonly #load: () => Promise<ReadingsReader>;
  #loading: Promise<ReadingsReader> | undefined;
  #reader: ReadingsReader | undefined;

  constructor(load: () => Promise<ReadingsReader>) {
    this.#load = load;
  }

  get readings(): number {
    return this.#reader?.readings ?? 0;
  }

  get skippedRows(): number {
    return this.#reader?.skippedRows ?? 0;
  }

  get leftOut(): LeftOut {
    return this.#reader?.leftOut ?? { quality: 0, blank: 0, nan: 0 };
  }

  get bytes(): number {
    return this.#reader?.bytes ?? 0;
  }

  get found(): FoundColumns | undefined {
    return this.#reader?.found;
  }

  get warnings(): readonly ReadWarning[] {
    return this.#reader?.warnings ?? [];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    this.#reader = await (this.#loading ??= this.#load());
    yield* this.#reader;
  }
}
