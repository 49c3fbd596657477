/**
 * Reads plain rows of delimited text in WebAssembly. A scan ends at the first row that is not plain, which the caller
 * reads. `wasm/csv_plan.ts` has the fields of the plan on the WebAssembly side.
 *
 * @module
 */
import {
  csvRegion,
  KEY_BYTES,
  MAX_COLUMNS,
  MAX_GOOD,
  Role,
  ROWS,
  TAG_BYTES,
  TAG_SLOTS,
  TAG_TEXTS_SIZE,
} from "./csv_region.ts";
import type { ReadingStage } from "./reading_stage.ts";
import type { ScanCounts } from "./scan_counts.ts";

/** A tag: its name and what it does. */
interface KernelTag {
  readonly name: string;
  readonly stream: number;
  readonly scale: number;
  readonly offset: number;
}

/** How a text is to be read. */
interface KernelPlan {
  readonly delimiter: Uint8Array;
  /** Character codes below 256, -1 for none. */
  readonly quote: number;
  readonly escape: number;
  readonly comment: Uint8Array;
  /** The maximum number of columns in a row. */
  readonly width: number;
  /** Column numbers, -1 for none. */
  readonly times: readonly number[];
  readonly value: number;
  readonly stream: number;
  readonly id: number;
  readonly device: number;
  readonly quality: number;
  readonly map: readonly { readonly place: number; readonly stream: number }[];
  /** A named format, or the steps of a pattern. */
  readonly time: TimePlan;
  readonly decimal: string;
  readonly thousands: string | undefined;
  readonly ids: "slug" | "hex" | "decimal";
  /** The stream of every row, and whether a column must agree with it. */
  readonly fixedStream: number | undefined;
  readonly fixedDevice: bigint | undefined;
  readonly hasZone: boolean;
  readonly skipsBlank: boolean;
  readonly good: readonly string[];
  /** Whether the caller reads the rows of other qualities. */
  readonly keepsBad: boolean;
  readonly tags: readonly KernelTag[];
  readonly warnFrom: bigint;
  readonly warnTo: bigint;
}

/** The format of times. */
export type TimePlan =
  | { readonly kind: "iso" | "excel" }
  | { readonly kind: "epoch"; readonly places: number }
  | { readonly kind: "pattern"; readonly steps: Uint8Array };

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const KINDS = { iso: 0, epoch: 1, excel: 2, pattern: 3 };
const LONGEST_PATTERN = 500;

/** The kernel whose plan is in memory. */
let owner: CsvKernel | undefined;

/** A plan, and scans by it. */
export class CsvKernel {
  /** Tests that compare set this to false: then the caller reads all rows. */
  static enabled = true;
  readonly #plan: KernelPlan;
  #zone = { from: 1n, to: 0n, offset: 0n };
  /** Where the last scan ended, and how many lines it has read. */
  at = 0;
  lines = 0;

  private constructor(plan: KernelPlan) {
    this.#plan = plan;
  }

  /** The kernel for a plan; undefined if the module does not support the plan. */
  static for(plan: KernelPlan): CsvKernel | undefined {
    const { times, value, stream, id, device, quality, map, comment, good, tags, time } = plan;
    const places = [...times, value, stream, id, device, quality, ...map.map(({ place }) => place)];
    const names = tags.map(({ name }) => encoder.encode(name));
    const fits = places.every((place) => place < MAX_COLUMNS) &&
      times.every((place, i) => i === 0 || place > times[i - 1]) &&
      plan.delimiter.length <= 16 && comment.length <= 16 &&
      good.length <= MAX_GOOD && good.every((it) => encoder.encode(it).length < KEY_BYTES) &&
      map.length < ROWS / 8 && (time.kind !== "pattern" || time.steps.length < LONGEST_PATTERN) &&
      tags.length <= TAG_SLOTS / 2 && names.every((name) => name.length > 0) &&
      names.reduce((sum, name) => sum + name.length, 0) <= TAG_TEXTS_SIZE;
    return fits && CsvKernel.enabled ? new CsvKernel(plan) : undefined;
  }

  /** Sets a range of local times with one offset, in microseconds. */
  setZone(from: bigint, to: bigint, offset: bigint): void {
    this.#zone = { from, to, offset };
    if (owner === this) this.#layZone();
  }

  #layZone(): void {
    const { kernel, planLongs } = csvRegion();
    planLongs[0] = this.#zone.from;
    planLongs[1] = this.#zone.to;
    planLongs[2] = this.#zone.offset;
    kernel.csvPlan(false);
  }

  /** Copies text into the window. Nothing else may use the region until the text has been scanned. */
  lay(bytes: Uint8Array, length: number): void {
    csvRegion().window.set(bytes.subarray(0, length));
    if (owner !== this) this.#layPlan();
  }

  /**
   * Scans the text in the window, from `from` on, into the rows of a stage.
   *
   * @param counts The counts of the scan are added to these.
   * @returns The number of rows that were read; the caller continues at `at`.
   */
  scan(
    from: number,
    length: number,
    stage: ReadingStage,
    firstId: bigint,
    step: bigint,
    counts: ScanCounts,
  ): number {
    const { kernel, window, slow, values } = csvRegion();
    if (this.isFull(stage)) stage.flush();
    const next = firstId + step * BigInt(stage.readings);
    const rows = kernel.csvScan(from, length, stage.rows, next, step);
    for (let i = 0, entries = 3 * kernel.csvSlowValues(); i < entries; i += 3) {
      values[slow[i]] = Number(decoder.decode(window.subarray(slow[i + 1], slow[i + 2])));
    }
    stage.addRows(rows);
    this.at = kernel.csvBytesRead();
    this.lines = kernel.csvLinesRead();
    noteCounts(stage, counts);
    return rows;
  }

  /** Whether a scan may have ended because the rows of a stage are full. */
  isFull(stage: ReadingStage): boolean {
    return stage.rows + Math.max(1, this.#plan.map.length) > ROWS;
  }

  /** Whether each tag has occurred, in their order. */
  seenTags(): boolean[] {
    if (owner !== this) return [];
    const { tagWords } = csvRegion();
    const seen: boolean[] = this.#plan.tags.map(() => false);
    for (let slot = 0; slot < TAG_SLOTS; slot++) {
      const at = slot * TAG_BYTES / 4;
      if (tagWords[at + 2] > 0 && (tagWords[at + 8] & 0xff) === 1) seen[tagWords[at + 9]] = true;
    }
    return seen;
  }

  #layPlan(): void {
    const plan = this.#plan;
    const { kernel, planWords, planLongs, planBytes, good } = csvRegion();
    const { columns, wanted } = this.#layRoles();
    const { time, thousands } = plan;
    planWords.set([
      columns,
      wanted,
      plan.width,
      plan.quote < 0 ? 256 : plan.quote,
      plan.escape < 0 ? 256 : plan.escape,
      plan.comment.length === 0 ? 256 : plan.comment[0],
      plan.delimiter.length,
      KINDS[time.kind],
      time.kind === "epoch" ? time.places : 0,
      plan.times.length,
      plan.decimal.charCodeAt(0),
      thousands === undefined ? 0 : thousands.charCodeAt(0),
      plan.ids === "slug" ? 0 : plan.ids === "hex" ? 1 : 2,
      plan.fixedStream ?? 0,
      plan.fixedStream === undefined ? 0 : 1,
      plan.fixedDevice === undefined ? 0 : 1,
      plan.hasZone ? 1 : 0,
      plan.map.length,
      plan.skipsBlank ? 1 : 0,
      plan.good.length,
      plan.tags.length > 0 ? 1 : 0,
    ]);
    planLongs[3] = plan.warnFrom;
    planLongs[4] = plan.warnTo;
    planLongs[5] = BigInt.asIntN(64, plan.fixedDevice ?? 0n);
    planBytes.set(plan.delimiter);
    if (time.kind === "pattern") {
      planBytes.set(time.steps, 256);
      planBytes[256 + time.steps.length] = 0;
    }
    plan.good.forEach((text, i) => {
      const bytes = encoder.encode(text);
      good[i * KEY_BYTES] = bytes.length;
      good.set(bytes, i * KEY_BYTES + 1);
    });
    if (plan.tags.length > 0) this.#layTags();
    owner = this;
    kernel.csvPlan(true);
    this.#layZone();
  }

  #layRoles(): { columns: number; wanted: number } {
    const { times, value, stream, id, device, quality, map, keepsBad } = this.#plan;
    const { roles, mapPlaces, mapStreams } = csvRegion();
    roles.fill(0);
    let columns = 0;
    let wanted = 0;
    const put = (place: number, role: number) => {
      if (place < 0) return;
      roles[place] = role;
      columns = Math.max(columns, place + 1);
      wanted++;
    };
    for (const place of times) put(place, Role.time);
    put(value, Role.value);
    put(stream, Role.stream);
    put(id, Role.id);
    put(device, Role.device);
    put(quality, keepsBad ? Role.keptQuality : Role.quality);
    map.forEach(({ place, stream }, i) => {
      put(place, Role.mapped);
      mapPlaces[place] = i;
      mapStreams[i] = stream;
    });
    return { columns, wanted };
  }

  /** Writes the hash table of the tags, with the same hash function as the module. */
  #layTags(): void {
    const { tagWords, tagFloats, tagTexts } = csvRegion();
    tagWords.fill(0);
    let text = 0;
    this.#plan.tags.forEach(({ name, stream, scale, offset }, i) => {
      const bytes = encoder.encode(name);
      let hash = 2166136261;
      for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
      let slot = hash & (TAG_SLOTS - 1);
      while (tagWords[slot * TAG_BYTES / 4 + 2] > 0) slot = (slot + 1) & (TAG_SLOTS - 1);
      const at = slot * TAG_BYTES / 4;
      tagWords.set([hash, text, bytes.length, stream], at);
      tagFloats[slot * TAG_BYTES / 8 + 2] = scale;
      tagFloats[slot * TAG_BYTES / 8 + 3] = offset;
      tagWords[at + 9] = i;
      tagTexts.set(bytes, text);
      text += bytes.length;
    });
  }
}

/** Marks the plan in memory as overwritten: another reader writes its own. */
export function forgetPlan(): void {
  owner = undefined;
}

/** Adds the counts of the module. */
export function noteCounts(stage: ReadingStage, counts: ScanCounts): void {
  const { kernel } = csvRegion();
  counts.quality += kernel.scanCount(0);
  counts.blank += kernel.scanCount(1);
  counts.naive ||= kernel.scanCount(2) > 0;
  const kinds = kernel.scanCount(3);
  counts.bareStreams ||= (kinds & 1) !== 0;
  counts.otherStreams ||= (kinds & 2) !== 0;
  const early = kernel.scanCount(4);
  const late = kernel.scanCount(5);
  if (early > 0) stage.noteEarly(early, kernel.scanFirst(false));
  if (late > 0) stage.noteLate(late, kernel.scanFirst(true));
}
