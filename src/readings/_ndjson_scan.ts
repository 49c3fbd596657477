/**
 * Converts lines of JSON objects to readings, piece by piece.
 *
 * @module
 */
import { ReadingStage } from "../codec/reading_stage.ts";
import { ScanCounts } from "../codec/scan_counts.ts";
import type { StagedChunk } from "../codec/reading_chunks.ts";
import { NdjsonKernel } from "../codec/ndjson_kernel.ts";
import { Role } from "../codec/wasm_constants.ts";
import { BadRows } from "./_bad_rows.ts";
import type { JsonKeys } from "./_json_keys.ts";
import { JsonRows, type KeyFault, NOT_JSON } from "./_json_row.ts";
import type { ReadPlan } from "./_plan.ts";
import { RowMaker } from "./_row_maker.ts";
import type { FoundColumns } from "./read_options.ts";
import { problemError } from "./problem.ts";

/** The longest line. It is large because raw data can be long. */
const LONGEST_LINE = 64 * 1024 * 1024;
/** The initial size of the buffer. */
const WINDOW = 131072;
const FEED = 10;
/** After this many consecutive lines that WebAssembly did not read, the rest of a piece is read here. */
const MISSES = 8;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Converts pieces of NDJSON to chunks of readings; a line may continue in the next piece. */
export class NdjsonScanner {
  readonly #stage: ReadingStage;
  readonly #rows: JsonRows;
  readonly #plan: ReadPlan;
  readonly #keys: JsonKeys;
  /** Reads the simple lines; null if it does not support the options. */
  #kernel: NdjsonKernel | null | undefined;
  #bytes = new Uint8Array(WINDOW);
  #length = 0;
  #line = 1;
  readonly bad: BadRows;
  readonly maker: RowMaker;

  /**
   * @param plan The checked options.
   * @param keys The meaning of each key.
   * @param numberTexts Whether texts may be values.
   */
  constructor(plan: ReadPlan, keys: JsonKeys, numberTexts: boolean) {
    this.#plan = plan;
    this.#keys = keys;
    this.#stage = new ReadingStage(plan.chunkReadings);
    this.bad = new BadRows(plan);
    this.maker = new RowMaker(plan, this.#stage);
    this.#rows = new JsonRows(this.maker, keys, numberTexts);
  }

  /** The keys that are read; known after the first object. */
  get found(): FoundColumns | undefined {
    return this.#line > 1 ? this.#rows.found : undefined;
  }

  /** The number of readings that have been read. */
  get readings(): number {
    return this.#stage.readings;
  }

  /** Reads a piece; with `last`, a line without a line feed is complete. */
  *read(piece: Uint8Array, last: boolean): Generator<StagedChunk> {
    let at = 0;
    while (true) {
      const taken = Math.min(piece.length - at, this.#bytes.length - this.#length);
      const part = piece.subarray(at, at + taken);
      this.#bytes.set(part, this.#length);
      this.#length += taken;
      at += taken;
      const isLast = last && at === piece.length;
      if (isLast || part.includes(FEED)) {
        const read = this.#scan(isLast);
        this.#bytes.copyWithin(0, read, this.#length);
        this.#length -= read;
        this.#stage.flush();
        this.bad.report(this.readings);
        yield* this.#stage.take();
      } else if (this.#length === this.#bytes.length) {
        this.#grow();
      }
      if (at === piece.length && (!last || this.#length === 0)) break;
    }
    if (!last) return;
    this.bad.finish(this.readings);
    yield* this.#stage.take(true);
    this.#rows.watch.finish();
  }

  #grow(): void {
    if (this.#length >= LONGEST_LINE) {
      throw problemError({
        line: this.#line,
        message: `it is longer than ${LONGEST_LINE} bytes`,
      });
    }
    const larger = new Uint8Array(2 * this.#length);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  /** Reads complete lines; returns the number of bytes. */
  #scan(last: boolean): number {
    let at = 0;
    let misses = 0;
    while (at < this.#length && !this.bad.stopped) {
      if (this.#kernel && misses < MISSES) {
        const from = at;
        at = this.#scanSimple(this.#kernel, from, last);
        misses = at > from ? 0 : misses + 1;
        if (at >= this.#length) break;
      }
      const found = this.#bytes.subarray(0, this.#length).indexOf(FEED, at);
      if (found < 0 && !last) break;
      const end = found < 0 ? this.#length : found;
      this.#readLine(at, end);
      at = Math.min(end + 1, this.#length);
      if (this.#kernel === undefined && this.#stage.readings > 0) this.#begin();
    }
    return at;
  }

  /** Reads simple lines; returns the start of the first line that is not simple or not complete. */
  #scanSimple(kernel: NdjsonKernel, from: number, last: boolean): number {
    const { firstId, idStep } = this.#plan;
    let at = from;
    while (at < this.#length) {
      const counts = new ScanCounts();
      const rows = kernel.scan(
        this.#bytes,
        at,
        this.#length,
        last,
        this.#stage,
        firstId,
        idStep,
        counts,
      );
      if (rows < 0) {
        this.#readLines(at, kernel.at);
        return kernel.at;
      }
      const next = kernel.at;
      if (!this.#rows.watch.done) this.#rows.watch.seeText(this.#bytes.subarray(at, next));
      // Each simple line is a reading.
      this.#line += rows;
      this.maker.note(counts);
      const moved = next > at;
      at = next;
      if (kernel.stopped || !moved) break;
    }
    return at;
  }

  /** Reads all lines of a range one by one. */
  #readLines(from: number, to: number): void {
    for (let at = from; at < to && !this.bad.stopped;) {
      const found = this.#bytes.subarray(0, to).indexOf(FEED, at);
      const end = found < 0 ? to : found;
      this.#readLine(at, end);
      at = end + 1;
    }
  }

  /** Makes the kernel after the first line, when its plan is known. */
  #begin(): void {
    const { plan } = this.maker;
    const keys = this.#keys;
    const isOdd = plan.map !== undefined || plan.tags !== undefined || plan.clock !== undefined ||
      keys.quality !== undefined || keys.times.length > 1 || keys.value === undefined ||
      (plan.timeFormats !== undefined && plan.timeFormats[0] !== "iso");
    if (isOdd) {
      this.#kernel = null;
      return;
    }
    const withDevices = this.#stage.withDevices;
    const fixed = plan.idStep !== 0n;
    const all = [
      { name: keys.times[0], role: Role.time },
      { name: keys.value!, role: Role.value },
      ...(keys.stream === undefined ? [] : [{ name: keys.stream, role: Role.stream }]),
      ...keys.id.map((name) => ({ name, role: fixed ? Role.host : Role.id })),
      ...keys.summary.map((name) => ({ name, role: Role.summary })),
      ...keys.raw.map((name) => ({ name, role: Role.raw })),
      ...(keys.device === undefined
        ? []
        : [{ name: keys.device, role: withDevices || plan.device ? Role.device : Role.host }]),
    ];
    const names = new Set(all.map(({ name }) => name));
    this.#kernel = names.size < all.length || (withDevices && keys.device === undefined)
      ? null
      : NdjsonKernel.for({
        keys: all,
        required: [
          Role.time,
          Role.value,
          ...(keys.streamRequired && keys.stream !== undefined ? [Role.stream] : []),
          ...(withDevices ? [Role.device] : []),
        ],
        fixedStream: plan.stream,
        fixedDevice: plan.device,
        ids: plan.ids,
        millis: plan.timeFormats === undefined,
        warnFrom: this.#stage.range.from,
        warnTo: this.#stage.range.to,
      }) ?? null;
  }

  #readLine(from: number, to: number): void {
    const line = this.#line++;
    const bytes = this.#bytes.subarray(from, to);
    const text = decoder.decode(bytes).trim();
    if (text === "") return;
    // Invalid UTF-8 must not become U+FFFD: two keys could become one.
    if (text.includes("\ufffd") && !isUtf8(bytes)) {
      this.#addBad(line, text, [{
        key: undefined,
        text,
        rule: "is not valid UTF-8",
        hints: [{ option: "encoding" }],
      }]);
      return;
    }
    const faults = this.#rows.read(text);
    if (faults.length === 0) return;
    if (
      faults[0]!.rule === NOT_JSON && this.#stage.readings === 0 &&
      /^\{(?:$|\s*"[^"]*"\s*:?)/.test(text) && !text.endsWith("}")
    ) {
      const rule =
        "is not a complete JSON object: each line must be an object, or the file an array of objects (jq -c . writes lines)";
      this.#addBad(line, text, [{ ...faults[0]!, rule }]);
      return;
    }
    const isText = faults[0]!.rule === NOT_JSON && this.#stage.readings === 0 &&
      /^[^[{]/.test(text);
    const hints = isText ? { hints: [{ option: "format", value: "csv" }] } : {};
    this.#addBad(line, text, faults.map((fault) => ({ ...fault, ...hints })));
  }

  #addBad(line: number, row: string, faults: readonly KeyFault[]): void {
    this.bad.addRow({ line, row }, faults, ({ key }) => key, "key");
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
