/**
 * Checks the options that CSV and NDJSON share, and prepares them for reading.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import { checkNames } from "../_options.ts";
import { deviceText, type IdTexts, streamText } from "./_id_text.ts";
import type { NumberFormat } from "./_number_text.ts";
import { CALL_RULES, DATA_RULES, optionError, optionFaults, throwFault } from "./_rules.ts";
import { checkShared, together } from "./_together.ts";
import { LocalClock, type TimeReader, timesReader } from "./_time_text.ts";
import { Zone } from "./_zone.ts";
import type { ReadOptions, StreamOption, Tag } from "./read_options.ts";

/** A stream that an option names, and the device if it is a complete stream slug. */
interface PlannedStream {
  readonly stream: number;
  readonly device?: bigint;
}

/** A tag, and whether it has occurred. */
interface PlannedTag extends PlannedStream {
  readonly scale: number;
  readonly offset: number;
  seen: boolean;
}

/** The checked options by which texts become readings. */
export interface ReadPlan {
  readonly stream: number | undefined;
  readonly device: bigint | undefined;
  readonly override: boolean;
  /** Whether columns of ids and devices are read without being named. */
  readonly findColumns: boolean;
  /** The id of the first reading, and the step from reading to reading; 0 if the text has the ids. */
  readonly firstId: bigint;
  readonly idStep: bigint;
  readonly map: readonly (PlannedStream & { readonly name: string })[] | undefined;
  readonly tags: ReadonlyMap<string, PlannedTag> | undefined;
  /** The formats of times, undefined if the option is not set; WebAssembly reads only the first. */
  readonly timeFormats: readonly string[] | undefined;
  readonly readTime: TimeReader;
  /** The clock for times without a zone; if it is undefined, they are UTC. */
  readonly clock: LocalClock | undefined;
  readonly number: NumberFormat;
  readonly words: ReadonlyMap<string, number>;
  readonly blank: "bad" | "skip";
  readonly nan: "bad" | "skip" | "keep";
  readonly good: ReadonlySet<string> | undefined;
  readonly keepBad: boolean;
  readonly ids: IdTexts;
  readonly encoding: string | undefined;
  readonly skipBadRows: boolean;
  readonly mostBad: number;
  /** The share of all rows that may be bad, from 0 to 1. */
  readonly mostBadPart: number;
  readonly onBadRow: ReadOptions["onBadRow"];
  readonly chunkReadings: number;
  readonly onProgress: ReadOptions["onProgress"];
}

function streamOf(name: string, option: StreamOption, ids: IdTexts): PlannedStream {
  if (isPlain(option)) {
    checkNames(option, ["id"], `field of ${name}`);
  }
  const rule = "a variable id such as 0001-5090, a complete stream slug or a number below 2^32";
  const id = typeof option === "object" ? option?.id : option;
  if (typeof id === "string") {
    const found = streamText(id, ids);
    if ("stream" in found) return found;
    throw optionError(name, id, `${rule}; this text ${found.rule}`);
  }
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > 0xffffffff) {
    throw optionError(name, option, rule);
  }
  return { stream: id };
}

function deviceOf(option: ReadOptions["device"], ids: IdTexts): bigint | undefined {
  if (option === undefined) return undefined;
  const id = typeof option === "object" ? option.id : option;
  if (typeof id === "string") {
    const found = deviceText(id, ids);
    if ("device" in found) return found.device;
    throw optionError("device", id, `a device slug such as d--1234; this text ${found.rule}`);
  }
  const device = BigInt(id);
  if (device < 0n || device >= 2n ** 64n) {
    throw optionError("device", option, "an id below 2^64");
  }
  return device;
}

function mapOf(map: ReadOptions["map"], ids: IdTexts): ReadPlan["map"] {
  if (map === undefined) return undefined;
  const entries = Object.entries(map).map(([name, option]) => ({
    name,
    ...streamOf(`map.${name}`, option, ids),
  }));
  if (entries.length === 0) throw optionError("map", "{}", "an object with at least one column");
  return entries;
}

/** Whether it is a plain object, not an instance of a class such as a slug. */
function isPlain(option: unknown): option is object {
  return isRecord(option) && option.constructor === Object;
}

function isTag(option: StreamOption | Tag): option is Tag {
  return isPlain(option) && !("id" in option);
}

function tagsOf(tags: ReadOptions["tags"], ids: IdTexts): ReadPlan["tags"] {
  if (tags === undefined) return undefined;
  const found = new Map<string, PlannedTag>();
  for (const [name, option] of Object.entries(tags)) {
    const tag: Tag = isTag(option) ? option : { stream: option };
    if (tag === option) checkNames(tag, ["stream", "scale", "offset"], `field of tags.${name}`);
    const { stream, scale = 1, offset = 0 } = tag;
    for (const [what, value] of [["scale", scale], ["offset", offset]] as const) {
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw optionError(`tags.${name}.${what}`, value, "a finite number");
      }
    }
    found.set(name, { ...streamOf(`tags.${name}`, stream, ids), scale, offset, seen: false });
  }
  return found;
}

/** Checks the options that all readers have; `more` are the names of additional options of one reader. */
export function readPlan(options: ReadOptions, more: readonly string[]): ReadPlan {
  const names = [...Object.keys(DATA_RULES), ...Object.keys(CALL_RULES), ...more];
  checkNames(options, names, "option of a reader");
  throwFault([...optionFaults(options, DATA_RULES), ...optionFaults(options, CALL_RULES)]);
  const { decimal = ".", thousands, ids = "slug", maxBadRows } = options;
  const timeFormats = options.timeFormat === undefined
    ? undefined
    : typeof options.timeFormat === "string"
    ? [options.timeFormat]
    : options.timeFormat;
  if (thousands === decimal) {
    throw optionError("thousands", thousands, `different from option decimal`);
  }
  checkShared(options);
  const skips = options.onBadRow !== undefined || maxBadRows !== undefined;
  const named = options.stream === undefined ? undefined : streamOf("stream", options.stream, ids);
  const device = deviceOf(options.device, ids);
  if (named?.device !== undefined && device !== undefined && named.device !== device) {
    throw together("stream", "its device is not the one of option device");
  }
  const map = mapOf(options.map, ids);
  const tags = tagsOf(options.tags, ids);
  for (const [what, streams] of [["map", map ?? []], ["tags", tags?.values() ?? []]] as const) {
    for (const one of streams) {
      if (one.device === undefined || device === undefined || one.device === device) continue;
      if (!options.override) throw together(what, "its device is not the one of option device");
    }
  }
  const firstId = BigInt(options.firstReadingId ?? 0);
  const percent = typeof maxBadRows === "string";
  return {
    stream: named?.stream,
    device: device ?? named?.device,
    override: options.override === true,
    findColumns: options.findColumns === true,
    firstId,
    idStep: firstId === 0n ? 0n : 1n,
    map,
    tags,
    timeFormats,
    readTime: timesReader(timeFormats ?? ["iso"], decimal),
    clock: options.timeZone === undefined
      ? undefined
      : new LocalClock(new Zone(options.timeZone), options.ambiguousTime ?? "reject"),
    number: { decimal, thousands },
    words: new Map(Object.entries(options.words ?? {})),
    blank: options.blank ?? (options.map === undefined ? "bad" : "skip"),
    nan: options.nan ?? "bad",
    good: options.good && new Set(options.good),
    keepBad: options.keepBad === true,
    ids,
    encoding: options.encoding,
    skipBadRows: options.skipBadRows === true || skips,
    mostBad: maxBadRows === undefined || percent ? Infinity : maxBadRows,
    mostBadPart: percent ? parseFloat(maxBadRows) / 100 : Infinity,
    onBadRow: options.onBadRow,
    chunkReadings: options.chunkReadings ?? 16384,
    onProgress: options.onProgress,
  };
}
