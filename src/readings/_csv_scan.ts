/**
 * Converts rows of CSV to readings, piece by piece.
 *
 * @module
 */
import { ReadingStage } from "../codec/reading_stage.ts";
import { ScanCounts } from "../codec/scan_counts.ts";
import type { StagedChunk } from "../codec/reading_chunks.ts";
import type { CsvKernel } from "../codec/csv_kernel.ts";
import { BadRows } from "./_bad_rows.ts";
import { csvKernel } from "./_csv_plan.ts";
import { type CsvLayout, csvLayout, foundColumns } from "./_csv_layout.ts";
import {
  type Dialect,
  fieldText,
  nextLine,
  RecordFields,
  splitRecord,
  textOf,
} from "./_csv_record.ts";
import { type PlacedFault, readCsvRow } from "./_csv_row.ts";
import { CsvStart, type StartOptions } from "./_csv_start.ts";
import type { ReadPlan } from "./_plan.ts";
import { RowMaker } from "./_row_maker.ts";
import type { CsvColumns } from "./csv_options.ts";
import type { FoundColumns } from "./read_options.ts";
import { commentHints } from "./_time_text.ts";
import { cut, problemError, type ReadHint } from "./problem.ts";

/** The longest record, in bytes. */
const LONGEST_RECORD = 131072;
/** Readers of the window may read this far past its end. */
const PAST = 64;
/** After this many consecutive rows that WebAssembly did not read, it is tried again only some rows later. */
const MISSES = 8;
const PAUSE = 64;
/** Pieces shorter than this are gathered until they contain a complete line. */
const SHORT_PIECE = 4096;

/** Converts pieces of CSV to chunks of readings; a row may continue in the next piece. */
export class CsvScanner {
  readonly #plan: ReadPlan;
  readonly #columns: CsvColumns;
  readonly #start: CsvStart;
  readonly #stage: ReadingStage;
  readonly #bytes = new Uint8Array(LONGEST_RECORD + PAST);
  #length = 0;
  #line = 1;
  #layout: CsvLayout | undefined;
  #dialect: Dialect;
  readonly #fields = new RecordFields();
  /** Reads the plain rows; null if it does not support the options. */
  #kernel: CsvKernel | null | undefined;
  #misses = 0;
  #pause = 0;
  /** Whether the next bytes belong to a line that was too long. */
  #dropping = false;
  readonly bad: BadRows;
  readonly maker: RowMaker;

  /**
   * @param plan The checked options.
   * @param columns The meaning of each column.
   * @param start The lines in front of the rows.
   * @param dialect The dialect of the records.
   */
  constructor(plan: ReadPlan, columns: CsvColumns, start: StartOptions, dialect: Dialect) {
    this.#plan = plan;
    this.#columns = columns;
    this.#start = new CsvStart(start, dialect);
    this.#dialect = dialect;
    this.#stage = new ReadingStage(plan.chunkReadings);
    this.bad = new BadRows(plan);
    this.maker = new RowMaker(plan, this.#stage);
  }

  /** The number of readings that have been read. */
  get readings(): number {
    return this.#stage.readings;
  }

  /** The columns that are read; known after the header has been read. */
  get found(): FoundColumns | undefined {
    return this.#layout && foundColumns(this.#layout);
  }

  /** Reads a piece; with `last`, a row without a line end is complete. */
  *read(piece: Uint8Array, last: boolean): Generator<StagedChunk> {
    let at = 0;
    while (true) {
      const taken = Math.min(piece.length - at, LONGEST_RECORD - this.#length);
      const part = piece.subarray(at, at + taken);
      this.#bytes.set(part, this.#length);
      this.#length += taken;
      at += taken;
      const isLast = last && at === piece.length;
      const full = this.#length === LONGEST_RECORD;
      if (isLast || full || taken > SHORT_PIECE || part.includes(10) || part.includes(13)) {
        const read = this.#take(isLast);
        if (read === 0 && full && !this.bad.stopped) this.#dropLong();
        else {
          this.#bytes.copyWithin(0, read, this.#length);
          this.#length -= read;
        }
        this.#stage.flush();
        this.bad.report(this.readings);
        yield* this.#stage.take();
      }
      if (at === piece.length && (!last || this.#length === 0)) break;
    }
    if (!last) return;
    if (!this.#layout) this.#begin();
    this.bad.finish(this.readings);
    yield* this.#stage.take(true);
  }

  /** Reads the buffer; returns the number of bytes that were read. */
  #take(last: boolean): number {
    let at = 0;
    if (!this.#start.done) {
      at = this.#start.read(this.#bytes, this.#length, last);
      if (!this.#start.done) {
        if (at === 0 && this.#length === LONGEST_RECORD) {
          throw problemError({
            line: this.#start.line,
            message: `the header is longer than ${LONGEST_RECORD} bytes`,
          });
        }
        return last ? this.#length : at;
      }
    }
    if (!this.#layout) this.#begin();
    if (this.#dropping) {
      const next = nextLine(this.#bytes, at, this.#length, last);
      if (next < 0) return this.#bytes[this.#length - 1] === 13 ? this.#length - 1 : this.#length;
      this.#dropping = false;
      this.#line++;
      at = next;
    }
    return this.#scan(at, last);
  }

  #begin(): void {
    const start = this.#start;
    if (!start.done) {
      throw problemError({
        message: "it is empty, or has no lines after those that are skipped",
        hints: start.left.map((option) => ({ option })),
      });
    }
    this.#line = start.line;
    this.#dialect = start.dialect;
    const { header } = start;
    if (header) this.#checkHeader(header.names, header.line);
    this.#layout = csvLayout(this.#columns, this.#plan, header);
  }

  /** Throws if the first line can be read as a reading: it is then not a header. */
  #checkHeader(names: readonly string[], line: number): void {
    const { readTime } = this.#plan;
    const isTime = names.some((name) => readTime(name) !== undefined);
    const isValue = names.some((name) =>
      readTime(name) === undefined && typeof this.maker.value(name) === "number"
    );
    if (!isTime || !isValue) return;
    throw problemError({
      line,
      text: cut(names.join(" ")),
      message: "the header can be read as a reading",
      hints: [{ option: "header", value: "false" }],
    });
  }

  #scan(from: number, last: boolean): number {
    const { maker, bad } = this;
    const layout = this.#layout!;
    const fields = this.#fields;
    let at = from;
    let laid = false;
    while (at < this.#length && !bad.stopped) {
      if (this.#kernel && this.#pause === 0) {
        if (!laid) this.#kernel.lay(this.#bytes, this.#length);
        laid = true;
        at = this.#scanPlain(this.#kernel, at);
        if (at >= this.#length) break;
      } else if (this.#pause > 0) {
        this.#pause--;
      }
      if (!splitRecord(this.#bytes, at, this.#length, last, this.#dialect, fields)) break;
      const line = this.#line;
      const faults = fields.empty ? [] : this.#readRecord(at, layout, maker);
      if (faults.length === 0) {
        at = fields.next;
        this.#line += fields.lines;
        this.#afterRow(layout);
        continue;
      }
      // Only the first line of a bad record is skipped: the next lines may be rows that a stray quote has swallowed.
      const next = nextLine(this.#bytes, at, this.#length, true);
      this.#addBad(line, at, next, faults);
      at = next;
      this.#line++;
    }
    if (laid && maker.plan.tags) this.#noteTags();
    return at;
  }

  /** Reads plain rows; returns the start of the first row that is not plain. */
  #scanPlain(kernel: CsvKernel, from: number): number {
    const { maker } = this;
    const { firstId, idStep } = this.#plan;
    let at = from;
    const counts = new ScanCounts();
    let rows = 0;
    while (at < this.#length) {
      const read = kernel.scan(at, this.#length, this.#stage, firstId, idStep, counts);
      const isFull = kernel.isFull(this.#stage);
      rows += read;
      at = kernel.at;
      this.#line += kernel.lines;
      if (!isFull) break;
    }
    maker.note(counts);
    // A device in a plain row always has a prefix.
    maker.seen.otherDevices ||= rows > 0 && this.#layout!.device >= 0;
    if (rows > 0) this.#misses = 0;
    else if (++this.#misses >= MISSES) {
      this.#misses = 0;
      this.#pause = PAUSE;
    }
    return at;
  }

  /** After a row that was read here: prepares WebAssembly for the next rows. */
  #afterRow(layout: CsvLayout): void {
    if (this.#kernel === undefined && layout.width >= 0 && this.#stage.readings > 0) {
      this.#kernel = csvKernel(this.#plan, layout, this.#dialect, this.#stage) ?? null;
    }
    const range = this.#plan.clock?.range;
    if (range) this.#kernel?.setZone(range.from, range.to, range.offset);
  }

  #noteTags(): void {
    const tags = [...this.#plan.tags!.values()];
    if (tags.every(({ seen }) => seen)) return;
    this.#kernel!.seenTags().forEach((seen, i) => tags[i].seen ||= seen);
  }

  /** Reads the record whose fields were found; returns its faults. */
  #readRecord(at: number, layout: CsvLayout, maker: RowMaker): PlacedFault[] {
    const fields = this.#fields;
    const whole = (
      rule: string,
      hints: readonly ReadHint[] = commentHints(textAt(0) ?? ""),
    ): PlacedFault[] => [{
      place: -1,
      text: textOf(this.#bytes, at, nextLine(this.#bytes, at, this.#length, true)),
      rule,
      hints,
    }];
    if (fields.fault) {
      return whole(
        fields.fault === "open"
          ? "has a quote that is not closed"
          : "has text after a closing quote",
        [{ option: "quote", value: "none" }],
      );
    }
    const texts: (string | undefined)[] = [];
    const textAt = (place: number) =>
      place < fields.count
        ? texts[place] ??= fieldText(this.#bytes, fields, place, this.#dialect)
        : undefined;
    if (fields.count === 1 && textAt(0) === "") return [];
    if (layout.width < 0) layout.width = fields.count;
    if (fields.count > layout.width) {
      const isEnd = fields.count === layout.width + 1 && textAt(layout.width) === "";
      if (!isEnd) {
        const other = this.#start.header ? "the header has" : "the first row has";
        return whole(`has ${fields.count} columns, but ${other} ${layout.width}`);
      }
    }
    const faults = readCsvRow(maker, layout, textAt).map((fault) =>
      fault.place < 0 ? { ...whole(fault.rule)[0], ...(fault.ends && { ends: true }) } : fault
    );
    // A row of texts after an empty line may be the header of another table.
    const isHeader = faults.length > 0 && this.#isAfterEmpty(at) &&
      Array.from({ length: fields.count }, (_, i) => textAt(i)!).every((it) => !/^[\d+-]/.test(it));
    if (!isHeader) return faults;
    return faults.map((fault) => ({ ...fault, hints: [{ option: "table", value: "1" }] }));
  }

  /** Whether there is an empty line before a place. */
  #isAfterEmpty(at: number): boolean {
    const text = textOf(this.#bytes, Math.max(0, at - 6), at);
    return /(?:\n|\r)\r*\n$|\r\r$/.test(text.replaceAll("\r\n", "\n"));
  }

  #addBad(line: number, from: number, to: number, faults: readonly PlacedFault[]): void {
    const withoutEnd = (text: string) => text.replace(/[\r\n]+$/, "");
    const row = withoutEnd(textOf(this.#bytes, from, to));
    this.bad.addRow(
      { line, row },
      faults.map((fault) => ({
        ...fault,
        text: withoutEnd(fault.text),
        ...(fault.text.includes("\ufffd") && { hints: [{ option: "encoding" }] }),
      })),
      ({ place }) => place < 0 ? undefined : this.#layout!.nameOf(place),
    );
  }

  /** Skips the first line of a record that does not fit the buffer. */
  #dropLong(): void {
    const end = this.#length;
    const next = nextLine(this.#bytes, 0, end, false);
    const isQuoted = next >= 0;
    const rule = isQuoted
      ? `has a quote that is not closed within ${LONGEST_RECORD} bytes`
      : `is longer than ${LONGEST_RECORD} bytes`;
    this.#addBad(this.#line, 0, isQuoted ? next : end, [{
      place: -1,
      text: textOf(this.#bytes, 0, Math.min(isQuoted ? next : end, 4096)),
      rule,
    }]);
    if (isQuoted) {
      this.#line++;
      this.#bytes.copyWithin(0, next, end);
      this.#length -= next;
    } else {
      this.#dropping = true;
      const keep = this.#bytes[end - 1] === 13 ? 1 : 0;
      this.#bytes.copyWithin(0, end - keep, end);
      this.#length = keep;
    }
  }
}
