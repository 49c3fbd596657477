/**
 * What the first bytes of a report say of it, without its readings.
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
  /** The lowest id, as far as the header is right; 0 if it says that there is none. */
  readonly lowestId: Id;
  /** The highest id. */
  readonly highestId: Id;
}

/**
 * A device as its slug. Not by the slug class: whoever bundles the REST client alone does without its
 * grammar, which is in WebAssembly.
 */
export function deviceText(device: Id): string {
  return `d--${device.toString(16).padStart(16, "0").replace(/(.{4})(?=.)/g, "$1-")}`;
}

/** A streamer as its slug; an index that no streamer can have is shown in decimal. */
export function streamerText(device: Id, index: Id | null): string {
  if (index === null || index < 0 || index > 0xffff) {
    return `${deviceText(device)}, streamer ${index}`;
  }
  return `t${deviceText(device).slice(1)}--${index.toString(16).padStart(4, "0")}`;
}

/**
 * Reads the header of a report from its first bytes.
 *
 * @param bytes The beginning of a report, or all of it.
 * @param isWhole Whether it is all of it, so that fields after the events are found as well.
 * @returns The fields, or undefined if one of them is not there.
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
 * @returns Both, or undefined if they are not there.
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
    // The bytes end within the header: whatever was read up to there is all there is to know.
  }
  return fields;
}

function isInteger(value: unknown): value is Id {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}
