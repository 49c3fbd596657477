/**
 * Reads the header of a report from its first bytes, without its readings.
 *
 * @module
 */
import { ValueReader } from "../codec/value_reader.ts";
import type { Id } from "../readings/reading_columns.ts";

/** The fields of a header that uploads need. */
interface ReportHead {
  /** The device. */
  readonly origin: bigint;
  /** The index of the streamer. */
  readonly originStreamer: number;
  /** The lowest id according to the header; 0 for none. */
  readonly lowestId: Id;
  /** The highest id according to the header. */
  readonly highestId: Id;
}

/**
 * The slug of a device. It does not use the slug class, so that a bundle of the REST client alone does not contain
 * WebAssembly.
 */
export function deviceText(device: Id): string {
  return `d--${device.toString(16).padStart(16, "0").replace(/(.{4})(?=.)/g, "$1-")}`;
}

/** The slug of a streamer; an index that is out of range is shown in decimal. */
export function streamerText(device: Id, index: Id | null): string {
  if (index === null || index < 0 || index > 0xffff) {
    return `${deviceText(device)}, streamer ${index}`;
  }
  return `t${deviceText(device).slice(1)}--${index.toString(16).padStart(4, "0")}`;
}

/**
 * Reads the header of a report from its first bytes.
 *
 * @param bytes The beginning of a report, or the whole report.
 * @param isWhole Whether it is the whole report, so that fields after the events are found as well.
 * @returns The fields, or undefined if one of them is missing.
 */
export function peekReport(bytes: Uint8Array, isWhole = false): ReportHead | undefined {
  const { device, streamer_index, lowest_id, highest_id } = peekFields(bytes, isWhole);
  if (!isInteger(device) || !isInteger(streamer_index)) return undefined;
  if (!isInteger(lowest_id) || !isInteger(highest_id)) return undefined;
  return {
    origin: BigInt(device),
    originStreamer: Number(streamer_index),
    lowestId: lowest_id,
    highestId: highest_id,
  };
}

/**
 * Device and streamer of a report, from its first bytes.
 *
 * @param bytes The beginning of a report.
 * @returns Both, or undefined if one is missing.
 */
export function peekStreamer(
  bytes: Uint8Array,
): { device: bigint; streamer: number } | undefined {
  const { device, streamer_index } = peekFields(bytes);
  if (!isInteger(device) || !isInteger(streamer_index)) return undefined;
  return { device: BigInt(device), streamer: Number(streamer_index) };
}

const FIELDS = ["device", "streamer_index", "lowest_id", "highest_id"] as const;

type Fields = Partial<Record<(typeof FIELDS)[number], unknown>>;

function peekFields(
  bytes: Uint8Array,
  isWhole = false,
): Fields {
  const fields: Fields = {};
  try {
    const reader = new ValueReader(bytes);
    const pairs = reader.mapHead();
    for (let i = 0; i < pairs; i++) {
      const key = reader.key();
      if (key === "events" && !isWhole) break;
      const value = reader.read();
      const field = FIELDS.find((name) => name === key);
      if (field !== undefined) fields[field] = value;
    }
  } catch {
    // The bytes end within the header: only the fields before the end are known.
  }
  return fields;
}

function isInteger(value: unknown): value is Id {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}
