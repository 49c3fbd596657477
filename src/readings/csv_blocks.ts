/**
 * CSV in blocks of whole records, which workers read side by side; the first block is read here.
 *
 * A block ends behind a line feed that an even number of quotes stands in front of. That is a guess: a comment may have a
 * quote, too. It is proved by whoever reads the block, since a block that began with a record must end with one. So each
 * block begins with a record if all blocks before it were found whole, whatever the dialect.
 *
 * What one reader does with several passes over the text, or with the number of a line, is not done here: if a block is
 * not plain, the text must be read again by `readCsv`, which says what is wrong with it.
 *
 * @module
 */
import type { Dialect } from "./_csv_record.ts";
import { CsvReader } from "./_csv_reader.ts";
import { type CsvProgress, CsvScanner } from "./_csv_scan.ts";
import { type ReadPlan, readPlan } from "./_plan.ts";
import { CSV_RULES } from "./_rules.ts";
import type { CsvOptions } from "./csv_options.ts";
import { DataError } from "../codec/data_error.ts";
import type { ByteSource, LeftOut, ReadingChunk } from "./read_options.ts";

export type { CsvProgress };

/** Bytes of a block: enough that a message costs little, and little enough that they stay in the processor's cache. */
const BLOCK = 1 << 20;
/** A block without the end of a record is not longer than this. */
const LONGEST_BLOCK = 1 << 24;
const FEED = 10;

/** Some records of a text. */
interface CsvBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the text ends with it. */
  readonly last: boolean;
}

/** What was counted in a block. It can be cloned. */
export interface BlockCounts {
  readonly readings: number;
  readonly left: LeftOut;
  readonly seen: Readonly<Record<string, boolean>>;
  readonly times: {
    readonly early: number;
    readonly firstEarly: bigint;
    readonly late: number;
    readonly firstLate: bigint;
  };
  /** The tags that have occurred, here or in an earlier block of the same reader. */
  readonly tags: readonly string[];
}

/** A text that cannot be read in blocks. */
export class NotPlain extends Error {
  override readonly name = "NotPlain";
}

/** Whether a text with these options may be read in blocks: no row changes how those behind it are read. */
export function canReadBlocks(options: CsvOptions): boolean {
  const { skipBadRows, maxBadRows, onBadRow, keepBad, ambiguousTime, firstReadingId } = options;
  return !skipBadRows && maxBadRows === undefined && onBadRow === undefined && !keepBad &&
    ambiguousTime !== "in-order" && firstReadingId === undefined;
}

/** Reads the first block of a text and passes on the others. */
export class CsvBlocks extends CsvReader {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  readonly #size: number;
  readonly #tags: ReadPlan["tags"];
  #spare: ArrayBuffer[] = [];
  #piece: Uint8Array = new Uint8Array();
  #block: Uint8Array<ArrayBuffer>;
  #length = 0;
  #others = 0;

  /**
   * @param source The text.
   * @param options How it is to be understood, for which {@linkcode canReadBlocks} is true.
   * @param size About how many bytes a block has.
   */
  constructor(source: ByteSource, options: CsvOptions, size = BLOCK) {
    super(source, options);
    this.#pieces = this.text();
    this.#size = size;
    this.#tags = this.plan.tags;
    this.#block = new Uint8Array(size);
  }

  override get readings(): number {
    return super.readings + this.#others;
  }

  /** Takes back the memory of a block that has been read. */
  reuse(buffer: ArrayBuffer): void {
    if (buffer.byteLength === this.#size) this.#spare.push(buffer);
  }

  /**
   * Reads the first block.
   *
   * @returns Its readings, and what the readers of the other blocks need; without that, it was all.
   * @throws {NotPlain} If the text cannot be read in blocks.
   */
  async first(): Promise<{ chunks: ReadingChunk[]; progress?: CsvProgress }> {
    const { bytes, last } = await this.#next();
    const chunks = [...this.scanner.read(bytes, last)];
    if (last) return { chunks };
    const { progress } = this.scanner;
    if (!progress || !this.scanner.isBetweenRecords) {
      throw new NotPlain("Cannot read in blocks: the first one does not end with a record");
    }
    this.reuse(bytes.buffer);
    return { chunks: [...chunks, ...this.scanner.takeRest()], progress };
  }

  /** The blocks behind the first one. */
  async *blocks(): AsyncGenerator<CsvBlock> {
    while (true) {
      const block = await this.#next();
      yield block;
      if (block.last) return;
    }
  }

  /** Adds what was counted in a block; blocks come in order. */
  add({ readings, left, seen, times, tags }: BlockCounts): void {
    const { maker } = this.scanner;
    this.#others += readings;
    for (const name of ["quality", "blank", "nan"] as const) maker.left[name] += left[name];
    for (const name of Object.keys(maker.seen) as (keyof typeof maker.seen)[]) {
      maker.seen[name] ||= seen[name];
    }
    if (times.early > 0) maker.stage.noteEarly(times.early, times.firstEarly);
    if (times.late > 0) maker.stage.noteLate(times.late, times.firstLate);
    for (const name of tags) this.#tags!.get(name)!.seen = true;
  }

  /** Lets go of the source. */
  async stop(): Promise<void> {
    await this.#pieces.return(undefined);
  }

  async #next(): Promise<CsvBlock> {
    while (true) {
      const taken = Math.min(this.#piece.length, this.#block.length - this.#length);
      this.#block.set(this.#piece.subarray(0, taken), this.#length);
      this.#piece = this.#piece.subarray(taken);
      this.#length += taken;
      if (this.#length === this.#block.length) {
        const end = recordEnd(this.#block, this.dialect);
        if (end > 0) return this.#cut(end);
        this.#grow();
      } else {
        const next = await this.#pieces.next();
        if (next.done) return { bytes: this.#block.subarray(0, this.#length), last: true };
        this.#piece = next.value;
      }
    }
  }

  #cut(end: number): CsvBlock {
    const bytes = this.#block.subarray(0, end);
    const rest = this.#block.subarray(end);
    const size = Math.max(this.#size, 2 * rest.length);
    this.#block = new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(size));
    if (this.#block.length <= rest.length) this.#block = new Uint8Array(size);
    this.#block.set(rest);
    this.#length = rest.length;
    return { bytes, last: false };
  }

  #grow(): void {
    if (this.#block.length >= LONGEST_BLOCK) {
      throw new NotPlain(`Cannot read in blocks: no record ends within ${LONGEST_BLOCK} bytes`);
    }
    const larger = new Uint8Array(2 * this.#block.length);
    larger.set(this.#block);
    this.#block = larger;
  }
}

/** Where the last record of a block probably ends; 0 where none does. */
function recordEnd(block: Uint8Array, { quote, escape }: Dialect): number {
  const last = block.lastIndexOf(FEED) + 1;
  if (quote < 0 || !block.includes(quote)) return last;
  let isOdd = false;
  let end = 0;
  for (let at = 0; at < last; at++) {
    const byte = block[at];
    if (byte === quote) isOdd = !isOdd;
    else if (byte === FEED && !isOdd) end = at + 1;
    else if (byte === escape) at++;
  }
  return end === 0 ? last : end;
}

/** Reads blocks of a text whose first block was read elsewhere. */
export class CsvBlockReader {
  readonly #plan: ReadPlan;
  readonly #progress: CsvProgress;

  /**
   * @param options The options of the text.
   * @param progress What {@linkcode CsvBlocks.first} has found.
   */
  constructor(options: CsvOptions, progress: CsvProgress) {
    this.#plan = readPlan(options, ["columns", ...Object.keys(CSV_RULES)]);
    this.#progress = progress;
  }

  /** Reads a block; undefined where a row is bad or the block does not end with a record. */
  read({ bytes, last }: CsvBlock): { chunks: ReadingChunk[]; counts: BlockCounts } | undefined {
    const scanner = CsvScanner.behind(this.#progress, this.#plan);
    const chunks: ReadingChunk[] = [];
    try {
      for (const chunk of scanner.read(bytes, last)) chunks.push(chunk);
    } catch (error) {
      if (error instanceof DataError) return undefined;
      throw error;
    }
    if (!scanner.isBetweenRecords) return undefined;
    chunks.push(...scanner.takeRest());
    const { left, seen, stage } = scanner.maker;
    const tags = [...this.#plan.tags ?? []].flatMap(([name, tag]) => tag.seen ? [name] : []);
    return { chunks, counts: { readings: scanner.readings, left, seen, times: stage.times, tags } };
  }
}
