/**
 * The header of a v200 report: what stands before and beside its events.
 *
 * @module
 */
import { fail, ValueReader } from "../codec/value_reader.ts";
import { ValueWriter } from "../codec/value_writer.ts";
import { formatMicros, parseMicros } from "../codec/timestamps.ts";
import type { Id } from "../readings/reading_columns.ts";

/** The version of the format. */
export const FORMAT_TAG = "v200";

/** The fields of the header. */
export interface Header {
  /** The version that the report says it has. */
  format: unknown;
  /** Whether the time it was sent is neither nil nor a time. */
  unreadSentTimestamp: boolean;
  /** The device, 64 bits. */
  origin: Id;
  originStreamer: Id | null;
  streamerSelector: Id | null;
  reportId: Id;
  lowestId: Id | null;
  highestId: Id | null;
  /** Microseconds since the Unix epoch. */
  sentMicros: bigint | null;
}

const writer = new ValueWriter(256);

/** A number up to 2^53−1, a bigint above. */
export function narrowed(id: bigint): Id {
  return id <= 9007199254740991n ? Number(id) : id;
}

function field(key: string, value: Id | null): void {
  writer.key(key);
  if (typeof value === "number") writer.integer(value);
  else if (value === null) writer.byte(0xc0);
  else writer.bigint(value);
}

/** Writes the header up to the first event; a view that the next call overwrites. */
export function encodeHeader(header: Header, readings: number): Uint8Array {
  writer.length = 0;
  writer.head(0x80, 0xde, 9);
  writer.key("format");
  writer.key(FORMAT_TAG);
  field("device", header.origin);
  field("streamer_index", header.originStreamer);
  field("streamer_selector", header.streamerSelector);
  field("seqid", header.reportId);
  field("lowest_id", header.lowestId);
  field("highest_id", header.highestId);
  writer.key("sent_timestamp");
  if (header.sentMicros === null) writer.byte(0xc0);
  else writer.text(formatMicros(header.sentMicros));
  writer.key("events");
  writer.head(0x90, 0xdc, readings);
  return writer.bytes.subarray(0, writer.length);
}

/** Reads an integer from 0 to 2^64−1, or nil. */
function readInteger(reader: ValueReader, key: string): Id | null {
  const at = reader.offset;
  const value = reader.read();
  if (value === null) return null;
  const isFloat = reader.bytes[at] === 0xca || reader.bytes[at] === 0xcb;
  if (isFloat || typeof value !== "number" && typeof value !== "bigint") {
    return fail(`${key} is no integer`, at);
  }
  return value;
}

/** Reads the root map of a report; `readEvents` is called where the events begin. */
export function decodeHeader(
  bytes: Uint8Array,
  maxDepth: number,
  readEvents: (offset: number, length: number) => number,
): Header {
  const reader = new ValueReader(bytes, { maxDepth });
  const pairs = reader.mapHead();
  if (pairs < 0) fail("it is not a map", 0);
  if (pairs * 2 > bytes.length - reader.offset) fail("it is cut off", reader.offset);
  const header: Header = {
    format: null,
    unreadSentTimestamp: false,
    origin: 0,
    originStreamer: null,
    streamerSelector: null,
    reportId: 0,
    lowestId: null,
    highestId: null,
    sentMicros: null,
  };
  let hasDevice = false;
  for (let i = 0; i < pairs; i++) {
    const key = reader.key();
    const at = reader.offset;
    switch (key) {
      case "format":
        header.format = reader.read();
        break;
      case "device": {
        const origin = readInteger(reader, key);
        if (origin === null || origin < 0) fail("its device is no integer from 0 to 2^64-1", at);
        header.origin = origin;
        hasDevice = true;
        break;
      }
      case "streamer_index":
        header.originStreamer = readInteger(reader, key);
        break;
      case "streamer_selector":
        header.streamerSelector = readInteger(reader, key);
        break;
      case "seqid":
        header.reportId = readInteger(reader, key) ?? 0;
        break;
      case "lowest_id":
        header.lowestId = readInteger(reader, key);
        break;
      case "highest_id":
        header.highestId = readInteger(reader, key);
        break;
      case "sent_timestamp": {
        // Some senders write what is no time here; the report is good all the same.
        const sent = reader.read();
        header.sentMicros = typeof sent === "string" ? parseMicros(sent) ?? null : null;
        header.unreadSentTimestamp = sent !== null && header.sentMicros === null;
        break;
      }
      case "events": {
        const length = reader.arrayHead();
        if (length < 0) fail("events is not an array", at);
        reader.offset = readEvents(reader.offset, length);
        break;
      }
      default:
        reader.read();
    }
  }
  if (!hasDevice) fail("it has no device", 0);
  if (reader.offset !== bytes.length) fail("bytes follow its end", reader.offset);
  return header;
}

/**
 * Device and streamer of a report, from its first bytes, where they stand before the events.
 *
 * @param bytes The beginning of a report.
 * @returns Both, or undefined where they cannot be read.
 */
export function peekReportHeader(
  bytes: Uint8Array,
): { device: bigint; streamer: number } | undefined {
  let device: unknown;
  let streamer: unknown;
  try {
    const reader = new ValueReader(bytes);
    const pairs = reader.mapHead();
    for (let i = 0; i < pairs && (device === undefined || streamer === undefined); i++) {
      const key = reader.key();
      if (key === "events") break;
      const value = reader.read();
      if (key === "device") device = value;
      else if (key === "streamer_index") streamer = value;
    }
  } catch {
    // The bytes end within the header: whatever was read up to there is all there is to know.
  }
  if (typeof device !== "number" && typeof device !== "bigint") return undefined;
  return typeof streamer === "number" ? { device: BigInt(device), streamer } : undefined;
}
