/**
 * Texts of one row to a reading: the one place that says what a value, a time, a stream or a device is, and what is wrong
 * with one that is not.
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

/** What is wrong with one cell. */
export interface CellFault {
  readonly text: string;
  /** Whether the text is shown without quotes, as a number of JSON is. */
  readonly bare?: boolean;
  readonly rule: string;
  readonly hints?: readonly ReadHint[];
  /** Whether reading ends here, even where bad rows are skipped. */
  readonly ends?: boolean;
}

/** A stream with what is done to its values. */
export interface RowStream {
  readonly stream: number;
  readonly device?: bigint;
  readonly scale?: number;
  readonly offset?: number;
}

/** What a row says besides time, stream and value. */
export interface RowExtras {
  id?: bigint;
  device?: bigint;
  summary?: SummaryData;
  raw?: unknown;
}

/** What a value comes to: a number, left out, or a fault. */
export type CellValue = number | "left out" | CellFault;

const DAY = 86_400_000_000n;
const YEAR_2000 = 946_684_800_000_000n;

/** Whether something is a fault. */
export function isFault<T>(it: T | CellFault): it is CellFault {
  return typeof it === "object" && it !== null && "rule" in it;
}

/** Makes readings of the texts of rows. */
export class RowMaker {
  readonly plan: ReadPlan;
  readonly stage: ReadingStage;
  /** Values left out on request. */
  readonly left = { quality: 0, blank: 0, nan: 0 };
  /** What has been seen, for the warnings. */
  readonly seen = {
    naive: false,
    bareStreams: false,
    otherStreams: false,
    bareDevices: false,
    otherDevices: false,
  };
  /** Whether readings have a device of their own; decided by the first one. */
  #ownDevices: boolean | undefined;

  constructor(plan: ReadPlan, stage: ReadingStage) {
    this.plan = plan;
    this.stage = stage;
    stage.warnFrom(YEAR_2000, BigInt(Date.now()) * 1000n + DAY);
  }

  /** Adds what scans have counted. */
  note({ quality, blank, naive, bareStreams, otherStreams }: ScanCounts): void {
    this.left.quality += quality;
    this.left.blank += blank;
    this.seen.naive ||= naive;
    this.seen.bareStreams ||= bareStreams;
    this.seen.otherStreams ||= otherStreams;
  }

  /** A value as text. */
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
    return { text, rule: "is beyond the largest number of 64 bits" };
  }

  /** NaN or an infinity. */
  special(value: number, text: string): CellValue {
    if (this.plan.nan === "keep") return value;
    if (this.plan.nan === "bad") {
      return { text, rule: "is not a finite number", hints: [{ option: "nan", value: "skip" }] };
    }
    this.left.nan++;
    return "left out";
  }

  /** A blank value. */
  blank(text = ""): CellValue {
    if (this.plan.blank === "skip") {
      this.left.blank++;
      return "left out";
    }
    return { text, rule: "is blank", hints: [{ option: "blank", value: "skip" }] };
  }

  /** A time as text, to microseconds in UTC or local ones. */
  time(text: string): TextTime | CellFault {
    const time = this.plan.readTime(text);
    if (time) return time;
    return { text, rule: this.timeRule(text), hints: this.timeHints(text) };
  }

  /** What is wrong with a time. */
  timeRule(text: string): string {
    const { timeFormats = ["iso"] } = this.plan;
    if (text === "") return "is blank, and not a timestamp";
    return timeFormats.length === 1 && timeFormats[0] === "iso"
      ? "is not a timestamp of the form YYYY-MM-DDThh:mm:ss"
      : `is not a timestamp of the format ${timeFormats.map(quoted).join(" or ")}`;
  }

  /** The options that may help with a time. */
  timeHints(text: string): readonly ReadHint[] {
    // Many rows may be skipped, and hints for each of them are not read.
    if (this.plan.skipBadRows) return [];
    const { timeFormats = ["iso"] } = this.plan;
    return timeHints(text).filter(({ option, value }) =>
      option !== "timeFormat" ||
      (value === undefined ? this.plan.timeFormats !== undefined : !timeFormats.includes(value))
    );
  }

  /** The epoch in which a number lies whose year is out of range. */
  #epochHints(text: string): readonly ReadHint[] {
    const epoch = epochOf(text);
    return epoch === undefined || this.plan.timeFormats?.includes(epoch)
      ? []
      : [{ option: "timeFormat", value: epoch }];
  }

  /** Whether a row of this quality is left out; where all are kept, its summary data says a bad one. */
  leavesOut(quality: string, extras: RowExtras): boolean {
    if (this.plan.good!.has(quality)) return false;
    if (this.plan.keepBad) extras.summary = { ...extras.summary, quality };
    else this.left.quality++;
    return !this.plan.keepBad;
  }

  /** Notes that a tag occurs. */
  noteTag(text: string): void {
    const tag = this.plan.tags?.get(text);
    if (tag) tag.seen = true;
  }

  /** A stream as text. */
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

  /** A stream that the option agrees with. */
  agreed(found: RowStream, text: string): RowStream | CellFault {
    const { stream } = this.plan;
    if (stream === undefined || found.stream === stream) return found;
    return {
      text,
      rule: "is another stream than option stream says",
      hints: [{ option: "override" }],
      ends: true,
    };
  }

  /** A device as text. */
  device(text: string): bigint | CellFault {
    const found = deviceText(text, this.plan.ids);
    if (!("device" in found)) return { text, ...found };
    if (found.bare) this.seen.bareDevices = true;
    else this.seen.otherDevices = true;
    return found.device;
  }

  /** A reading id as text: decimal digits, below 2^64. */
  id(text: string): bigint | CellFault {
    if (/^[0-9]{1,20}$/.test(text)) {
      const id = BigInt(text);
      if (id < 2n ** 64n) return id;
    }
    return { text, rule: "is not a reading id" };
  }

  /** Microseconds in UTC; `key` names whose times come in order. */
  utc(time: TextTime, key: string, text: string): bigint | CellFault {
    let { micros } = time;
    const { clock } = this.plan;
    if (time.naive) {
      this.seen.naive = true;
      if (clock) {
        const utc = clock.toUtc(micros, key);
        if (utc === "none") {
          return { text, rule: "does not exist: the clocks are put forward over it" };
        }
        if (utc === "twice") {
          return {
            text,
            rule: "occurs twice: the clocks are put back over it",
            hints: [{ option: "ambiguousTime", value: "earlier" }],
          };
        }
        micros = utc;
      }
    }
    if (micros >= FIRST_MICROS && micros <= LAST_MICROS) return micros;
    return { text, rule: "is not in the years 1 to 9999", hints: this.#epochHints(text) };
  }

  /** Adds the readings of a row with several values; what is wrong with each, and with which. */
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
      return { text: String(row.stream), rule: "names another device than its stream does" };
    }
    if (plan.device !== undefined) {
      if (device !== undefined && device !== plan.device && !plan.override) {
        return {
          text: `d--${device.toString(16)}`,
          rule: "is another device than option device says",
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
            ? "names no device, as the rows before it do"
            : "names a device, as the rows before it do not",
        };
      }
    }
    const next = plan.firstId + plan.idStep * BigInt(stage.readings);
    if (extras.id !== undefined && plan.idStep !== 0n && extras.id !== next) {
      return {
        text: String(extras.id),
        rule: "is another id than option firstReadingId leads to",
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
