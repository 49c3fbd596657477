/**
 * Reads simple lines of JSON objects in WebAssembly. A scan ends at the first line that is not simple, which the caller
 * reads. WebAssembly finds free-form data, and this module parses it, all of a window at once.
 *
 * @module
 */
import { isMap } from "../_is_record.ts";
import { forgetPlan, noteCounts } from "./csv_kernel.ts";
import { csvRegion, KEY_BYTES, Role, WINDOW_SIZE } from "./csv_region.ts";
import type { ReadingStage } from "./reading_stage.ts";
import type { ScanCounts } from "./scan_counts.ts";

/** A key: its name and its role. */
interface KernelKey {
  readonly name: string;
  readonly role: number;
}

/** How lines are to be read. */
interface NdjsonKernelPlan {
  readonly keys: readonly KernelKey[];
  /** The roles that a line must have. */
  readonly required: readonly number[];
  readonly fixedStream: number | undefined;
  readonly fixedDevice: bigint | undefined;
  readonly ids: "slug" | "hex" | "decimal";
  /** Whether a number is milliseconds since the Unix epoch. */
  readonly millis: boolean;
  readonly warnFrom: bigint;
  readonly warnTo: bigint;
  /** Whether the text is an array, from behind its first bracket on, instead of lines. @default {false} */
  readonly isArray?: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const FEED = 0x0a;
const MOST_KEYS = 60;

/** Scans lines by a plan. */
export class NdjsonKernel {
  /** Tests that compare set this to false: then the caller reads all lines. */
  static enabled = true;
  readonly #plan: NdjsonKernelPlan;
  readonly #names: Uint8Array[];
  /** The end of the last scan: the line that the caller must read, or the place where more bytes are needed. */
  at = 0;
  /** Whether there is a whole line at `at`, which the caller must read. */
  stopped = false;

  private constructor(plan: NdjsonKernelPlan, names: Uint8Array[]) {
    this.#plan = plan;
    this.#names = names;
  }

  /** The kernel for a plan; undefined if the module does not support the plan. */
  static for(plan: NdjsonKernelPlan): NdjsonKernel | undefined {
    const names = plan.keys.map(({ name }) => encoder.encode(name));
    const fits = names.length <= MOST_KEYS && names.every((name) => name.length < KEY_BYTES - 1);
    return fits && NdjsonKernel.enabled ? new NdjsonKernel(plan, names) : undefined;
  }

  /**
   * Scans lines into the rows of a stage.
   *
   * @param bytes The text.
   * @param from The start of the scan.
   * @param end The end of the text.
   * @param last Whether the last line of the text may lack its line feed.
   * @returns The number of rows that were read; −1 if the free-form data of a row is not valid: then the caller must
   * read all lines up to `at`.
   */
  scan(
    bytes: Uint8Array,
    from: number,
    end: number,
    last: boolean,
    stage: ReadingStage,
    firstId: bigint,
    step: bigint,
    counts: ScanCounts,
  ): number {
    stage.flush();
    const length = Math.min(end - from, WINDOW_SIZE);
    const { keys, required } = this.#lay(bytes, from, length);
    const { kernel } = csvRegion();
    const next = firstId + step * BigInt(stage.readings);
    const isLast = last && from + length === end;
    const { fixedStream = 0 } = this.#plan;
    const rows = kernel.ndjsonScan(0, length, isLast, 0, keys, required, fixedStream, next, step);
    this.at = from + Math.min(kernel.ndjsonLineStart(), length);
    this.stopped = kernel.ndjsonLineEnd() >= 0;
    stage.addRows(rows);
    if (!this.#takeFree(stage)) {
      stage.dropRows(rows);
      return -1;
    }
    noteCounts(stage, counts);
    return rows;
  }

  /** Copies keys, plan and text to memory. */
  #lay(bytes: Uint8Array, from: number, length: number): { keys: number; required: number } {
    const { kernel, window, past, planWords, planLongs } = csvRegion();
    const plan = this.#plan;
    forgetPlan();
    this.#names.forEach((name, i) => {
      window.set(name);
      kernel.ndjsonKey(i, plan.keys[i].role, name.length);
    });
    planWords.fill(0);
    planWords[8] = plan.millis ? 3 : 0;
    planWords[12] = plan.ids === "slug" ? 0 : plan.ids === "hex" ? 1 : 2;
    planWords[13] = plan.fixedStream ?? 0;
    planWords[14] = plan.fixedStream === undefined ? 0 : 1;
    planWords[15] = plan.fixedDevice === undefined ? 0 : 1;
    planLongs[3] = plan.warnFrom;
    planLongs[4] = plan.warnTo;
    planLongs[5] = BigInt.asIntN(64, plan.fixedDevice ?? 0n);
    kernel.csvPlan(true);
    kernel.ndjsonArray(plan.isArray ?? false);
    window.set(bytes.subarray(from, from + length));
    past[length] = FEED;
    return {
      keys: this.#names.length,
      required: plan.required.reduce((bits, role) => bits | 1 << role, 0),
    };
  }

  /** Parses the free-form data of the last scan as one text; false if data is not of the type that its key requires. */
  #takeFree(stage: ReadingStage): boolean {
    const { kernel, slow, joined } = csvRegion();
    const count = kernel.ndjsonSpans();
    if (count === 0) return true;
    let all: unknown[];
    try {
      all = JSON.parse(decoder.decode(joined.subarray(0, kernel.ndjsonJoined())));
    } catch {
      return false;
    }
    // One value with a bracket too many and another with one too few would be valid together.
    if (all.length !== count) return false;
    for (let i = 0; i < count; i++) {
      const isSummary = slow[2 * i + 1] === Role.summary;
      const data = all[i];
      if (!isSummary) stage.setRaw(slow[2 * i], data);
      else if (!isMap(data) || Object.hasOwn(data, "value")) return false;
      else if (!isEmpty(data)) stage.setSummary(slow[2 * i], data);
    }
    return true;
  }
}

function isEmpty(data: object): boolean {
  for (const _ in data) return false;
  return true;
}
