/**
 * The meaning of the keys of an object.
 *
 * @module
 */
import type { ReadPlan } from "./_plan.ts";
import { optionTypeError } from "./_rules.ts";
import { together } from "./_together.ts";
import type { CsvColumns } from "./csv_options.ts";
import type { NdjsonKeys } from "./ndjson_options.ts";

/** The names of keys, in the order in which they are looked for. */
export interface JsonKeys {
  readonly times: readonly string[];
  readonly value: string | undefined;
  readonly stream: string | undefined;
  /** Whether every object must have a stream. */
  readonly streamRequired: boolean;
  readonly id: readonly string[];
  readonly summary: readonly string[];
  readonly raw: readonly string[];
  readonly device: string | undefined;
  readonly quality: string | undefined;
  /** Optional keys that options name, and the options. */
  readonly named: ReadonlyMap<string, string>;
}

/** The names of keys: those of ArchFXDataPoint, here and in Python, and those of v200 events. */
const IDS = ["readingId", "reading_id", "dev_seqid"];
const SUMMARIES = ["summaryData", "summary_data", "extra_data"];
const RAW = ["rawData", "raw_data", "data"];

/** The keys according to the options. */
export function jsonKeys(plan: ReadPlan, keys: NdjsonKeys, columns: CsvColumns): JsonKeys {
  const name = (what: "value" | "stream" | "readingId" | "device" | "quality") => {
    const column = columns[what];
    if (typeof column === "number") throw notPosition(`columns.${what}`, column);
    return column ?? keys[what];
  };
  const { timestamp = keys.timestamp ?? "timestamp" } = columns;
  const times = Array.isArray(timestamp) ? timestamp : [timestamp];
  for (const time of times) {
    if (typeof time === "number") throw notPosition("columns.timestamp", time);
  }
  if (plan.map) {
    for (const what of ["value", "stream", "readingId"] as const) {
      if (name(what) !== undefined) {
        throw together(`columns.${what}`, "option map names the values and streams");
      }
    }
  }
  const ids = name("readingId");
  const ignoresDevice = plan.override && plan.device !== undefined;
  const looks = plan.device !== undefined || plan.findColumns;
  const device = name("device") ?? (looks ? "device" : undefined);
  const named = new Map<string, string>([
    ...(plan.map ?? []).map(({ name }) => [name, "map"] as const),
    ...(["readingId", "device"] as const).filter((what) => name(what) !== undefined)
      .map((what) => [name(what)!, `columns.${what}`] as const),
    ...(["summaryData", "rawData"] as const).filter((what) => keys[what] !== undefined)
      .map((what) => [keys[what]!, `keys.${what}`] as const),
  ]);
  if (ignoresDevice) named.delete(name("device") ?? "");
  if (plan.override && plan.idStep !== 0n) named.delete(ids ?? "");
  return {
    named,
    times,
    value: plan.map ? undefined : name("value") ?? "value",
    stream: plan.map || (plan.override && plan.stream !== undefined)
      ? undefined
      : name("stream") ?? "stream",
    streamRequired: plan.stream === undefined || name("stream") !== undefined,
    id: plan.map || (plan.override && plan.idStep !== 0n)
      ? []
      : ids !== undefined
      ? [ids]
      : plan.findColumns
      ? [...IDS, "id"]
      : IDS,
    summary: keys.summaryData === undefined ? SUMMARIES : [keys.summaryData],
    raw: keys.rawData === undefined ? RAW : [keys.rawData],
    device: ignoresDevice ? undefined : device,
    quality: name("quality"),
  };
}

function notPosition(option: string, value: unknown): TypeError {
  return optionTypeError(option, value, "the name of a key, since JSON has no column positions");
}
