/**
 * Converts the texts of one row to a reading: the one place that defines valid values, times, streams and devices, and
 * the faults of invalid ones.
 *
 * @module
 */
import type { ReadingStage } from "../codec/reading_stage.ts";
import type { ScanCounts } from "../codec/scan_counts.ts";
import { deviceText, streamText } from "./_id_text.ts";
import { notFinite, numberHints, numberOf } from "./_number_text.ts";
import type { ReadPlan } from "./_plan.ts";
import { epochOf, FIRST_MICROS, LAST_MICROS, type TextTime, timeHints } from "./_time_text.ts";
import { quoted, type ReadHint } from "./problem.ts";
import type { SummaryData } from "./reading_columns.ts";

/** The fault of one cell. */
export interface CellFault {
  readonly text: string;
  /** Whether the text is shown without quotes, like a JSON number. */
  readonly bare?: boolean;
  readonly rule: string;
  readonly hints?: readonly ReadHint[];
  /** Whether reading ends here, even if bad rows are skipped. */
  readonly ends?: boolean;
}

/** A stream with the scale and offset of its values. */
export interface RowStream {
  readonly stream: number;
  readonly device?: bigint;
  readonly scale?: number;
  readonly offset?: number;
}

/** The parts of a row besides time, stream and value. */
export interface RowExtras {
  id?: bigint;
  device?: bigint;
  summary?: SummaryData;
  raw?: unknown;
}

/** The result of reading a value: a number, left out, or a fault. */
export type CellValue = number | "left out" | CellFault;

const DAY = 86_400_000_000n;
const YEAR_2000 = 946_684_800_000_000n;

/** Whether something is a fault. */
export function isFault<T>(it: T | CellFault): it is CellFault {
  return typeof it === "object" && it !== null && "rule" in it;
}

/** Makes readings from the texts of rows. */
export class RowMaker {
  readonly plan: ReadPlan;
  readonly stage: ReadingStage;
  /** Counts of the values that an option leaves out. */
  readonly left = { quality: 0, blank: 0, nan: 0 };
  /** Observations for the warnings. */
  readonly seen = {
    naive: false,
    bareStreams: false,
    otherStreams: false,
    bareDevices: false,
    otherDevices: false,
  };
  /** Whether each reading names its device; the first reading decides this. */
  #ownDevices: boolean | undefined;

  constructor(plan: ReadPlan, stage: ReadingStage) {
    this.plan = plan;
    this.stage = stage;
    stage.warnFrom(YEAR_2000, BigInt(Date.now()) * 1000n + DAY);
  }

  /** Adds the counts of scans. */
  note({ quality, blank, naive, bareStreams, otherStreams }: ScanCounts): void {
    this.left.quality += quality;
    this.left.blank += blank;
    this.seen.naive ||= naive;
    this.seen.bareStreams ||= bareStreams;
    this.seen.otherStreams ||= otherStreams;
  }

  /** Reads a value from text. */
  value(text: string): CellValue {
    const { words, number } = this.plan;
    const word = words.get(text);
    if (word !== undefined) return word;
    if (text === "") return this.blank();
    const special = notFinite(text);
    if (special !== undefined) return this.special(special, text);
    const value = numberOf(text, number);
    if (Number.isFinite(value)) return value;
    if (Number.isNaN(value)) {
      return { text, rule: "is not a number", hints: numberHints(text, number) };
    }
    return { text, rule: "is too large for a 64-bit number" };
  }

  /** Handles NaN or an infinity. */
  special(value: number, text: string): CellValue {
    if (this.plan.nan === "keep") return value;
    if (this.plan.nan === "bad") {
      return { text, rule: "is not a finite number", hints: [{ option: "nan", value: "skip" }] };
    }
    this.left.nan++;
    return "left out";
  }

  /** Handles a blank value. */
  blank(text = ""): CellValue {
    if (this.plan.blank === "skip") {
      this.left.blank++;
      return "left out";
    }
    return { text, rule: "is blank", hints: [{ option: "blank", value: "skip" }] };
  }

  /** Reads a time from text, to microseconds in UTC or in local time. */
  time(text: string): TextTime | CellFault {
    const time = this.plan.readTime(text);
    if (time) return time;
    return { text, rule: this.timeRule(text), hints: this.timeHints(text) };
  }

  /** The rule that a time breaks. */
  timeRule(text: string): string {
    const { timeFormats = ["iso"] } = this.plan;
    if (text === "") return "is blank, and not a timestamp";
    return timeFormats.length === 1 && timeFormats[0] === "iso"
      ? "is not a timestamp of the form YYYY-MM-DDThh:mm:ss"
      : `is not a timestamp of the format ${timeFormats.map(quoted).join(" or ")}`;
  }

  /** The options that may help with a time. */
  timeHints(text: string): readonly ReadHint[] {
    // Many rows may be skipped, and their hints are not shown.
    if (this.plan.skipBadRows) return [];
    const { timeFormats = ["iso"] } = this.plan;
    return timeHints(text).filter(({ option, value }) =>
      option !== "timeFormat" ||
      (value === undefined ? this.plan.timeFormats !== undefined : !timeFormats.includes(value))
    );
  }

  /** The epoch with which the year of a number would be in range. */
  #epochHints(text: string): readonly ReadHint[] {
    const epoch = epochOf(text);
    return epoch === undefined || this.plan.timeFormats?.includes(epoch)
      ? []
      : [{ option: "timeFormat", value: epoch }];
  }

  /** Whether a row of this quality is left out; if bad rows are kept, their quality goes into the summary data. */
  leavesOut(quality: string, extras: RowExtras): boolean {
    if (this.plan.good!.has(quality)) return false;
    if (this.plan.keepBad) extras.summary = { ...extras.summary, quality };
    else this.left.quality++;
    return !this.plan.keepBad;
  }

  /** Records that a tag occurs. */
  noteTag(text: string): void {
    const tag = this.plan.tags?.get(text);
    if (tag) tag.seen = true;
  }

  /** Reads a stream from text. */
  stream(text: string): RowStream | CellFault {
    const { tags, ids } = this.plan;
    const tag = tags?.get(text);
    if (tag) {
      tag.seen = true;
      return tag;
    }
    const found = streamText(text, ids);
    if (!("stream" in found)) {
      const hints = tags ? [{ option: "tags" }] : found.hints;
      return { text, rule: tags ? "is neither a tag nor a variable id" : found.rule, hints };
    }
    if (found.bare) this.seen.bareStreams = true;
    else this.seen.otherStreams = true;
    return this.agreed(found, text);
  }

  /** Checks that a stream agrees with option stream. */
  agreed(found: RowStream, text: string): RowStream | CellFault {
    const { stream } = this.plan;
    if (stream === undefined || found.stream === stream) return found;
    return {
      text,
      rule: "is not the stream of option stream",
      hints: [{ option: "override" }],
      ends: true,
    };
  }

  /** Reads a device from text. */
  device(text: string): bigint | CellFault {
    const found = deviceText(text, this.plan.ids);
    if (!("device" in found)) return { text, ...found };
    if (found.bare) this.seen.bareDevices = true;
    else this.seen.otherDevices = true;
    return found.device;
  }

  /** Reads a reading id from text: decimal digits, below 2^64. */
  id(text: string): bigint | CellFault {
    if (/^[0-9]{1,20}$/.test(text)) {
      const id = BigInt(text);
      if (id < 2n ** 64n) return id;
    }
    return { text, rule: "is not a reading id" };
  }

  /** Converts a time to microseconds in UTC; times with the same `key` are in order. */
  utc(time: TextTime, key: string, text: string): bigint | CellFault {
    let { micros } = time;
    const { clock } = this.plan;
    if (time.naive) {
      this.seen.naive = true;
      if (clock) {
        const utc = clock.toUtc(micros, key);
        if (utc === "none") {
          return { text, rule: "does not exist: the clocks go forward at this time" };
        }
        if (utc === "twice") {
          return {
            text,
            rule: "occurs twice: the clocks go back at this time",
            hints: [{ option: "ambiguousTime", value: "earlier" }],
          };
        }
        micros = utc;
      }
    }
    if (micros >= FIRST_MICROS && micros <= LAST_MICROS) return micros;
    return { text, rule: "is not in the years 1 to 9999", hints: this.#epochHints(text) };
  }

  /** Adds the readings of a row with several values; returns each fault with its value. */
  addEach<Entry extends RowStream & { readonly value: CellValue }>(
    micros: bigint,
    entries: readonly Entry[],
    extras: RowExtras,
  ): [fault: CellFault, entry: Entry][] {
    const faults: [CellFault, Entry][] = [];
    for (const entry of entries) {
      const { value } = entry;
      if (value === "left out") continue;
      const fault = isFault(value) ? value : this.add(micros, entry, value, extras);
      if (fault) faults.push([fault, entry]);
      if (fault?.ends) break;
    }
    return faults;
  }

  /** Adds a reading whose parts have all been read. */
  add(
    micros: bigint,
    row: RowStream,
    value: number,
    extras: Readonly<RowExtras>,
  ): CellFault | undefined {
    const { plan, stage } = this;
    const device = extras.device ?? row.device;
    if (extras.device !== undefined && row.device !== undefined && extras.device !== row.device) {
      return { text: String(row.stream), rule: "belongs to another device than the row names" };
    }
    if (plan.device !== undefined) {
      if (device !== undefined && device !== plan.device && !plan.override) {
        return {
          text: `d--${device.toString(16)}`,
          rule: "is not the device of option device",
          hints: [{ option: "override" }],
          ends: true,
        };
      }
    } else {
      this.#ownDevices ??= stage.withDevices = device !== undefined;
      if (this.#ownDevices !== (device !== undefined)) {
        return {
          text: "",
          rule: this.#ownDevices
            ? "names no device, but the rows before it do"
            : "names a device, but the rows before it do not",
        };
      }
    }
    const next = plan.firstId + plan.idStep * BigInt(stage.readings);
    if (extras.id !== undefined && plan.idStep !== 0n && extras.id !== next) {
      return {
        text: String(extras.id),
        rule: "is not the id that follows from option firstReadingId",
        hints: [{ option: "override" }],
        ends: true,
      };
    }
    const { scale = 1, offset = 0 } = row;
    const scaled = scale === 1 && offset === 0 ? value : value * scale + offset;
    if (Number.isFinite(value) && !Number.isFinite(scaled)) {
      return { text: String(value), rule: "is too large with the scale of its tag" };
    }
    stage.push(micros, scaled, row.stream, extras.id ?? next, device ?? 0n);
    if (extras.summary !== undefined || extras.raw !== undefined) {
      stage.addFree(extras.summary, extras.raw);
    }
    return undefined;
  }
}
