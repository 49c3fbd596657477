/**
 * The header of a v200 report: all its fields except the events. docs/v200.md describes it.
 *
 * @module
 */
import { jsonInteger } from "../_inspect.ts";
import { fail, ValueReader } from "../codec/value_reader.ts";
import { ValueWriter } from "../codec/value_writer.ts";
import { formatMicros, parseMicros } from "../codec/timestamps.ts";
import type { Id } from "../readings/reading_columns.ts";

/** The version of the format. */
export const FORMAT_TAG = "v200";

/** The fields of the header. */
export interface Header {
  /** The version of the format that the report names. */
  format: unknown;
  /** Whether `sent_timestamp` is neither nil nor a valid time. */
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

/** The encoded names of the fields, in order; the first one includes the head of the map and the format. */
const KEYS = [
  `\x89\xa6format\xa4${FORMAT_TAG}\xa6device`,
  "\xaestreamer_index",
  "\xb1streamer_selector",
  "\xa5seqid",
  "\xa9lowest_id",
  "\xaahighest_id",
  "\xaesent_timestamp",
  "\xa6events",
].map((text) => Uint8Array.from(text, (char) => char.charCodeAt(0)));

function field(key: Uint8Array, value: Id | null): void {
  writer.raw(key);
  if (typeof value === "number") writer.integer(value);
  else if (value === null) writer.byte(0xc0);
  else writer.bigint(value);
}

/** Encodes the header, up to the first event. Returns a view that the next call overwrites. */
export function encodeHeader(header: Header, readings: number): Uint8Array {
  writer.length = 0;
  field(KEYS[0], header.origin);
  field(KEYS[1], header.originStreamer);
  field(KEYS[2], header.streamerSelector);
  field(KEYS[3], header.reportId);
  field(KEYS[4], header.lowestId);
  field(KEYS[5], header.highestId);
  writer.raw(KEYS[6]);
  if (header.sentMicros === null) writer.byte(0xc0);
  else writer.text(formatMicros(header.sentMicros));
  writer.raw(KEYS[7]);
  writer.head(0x90, 0xdc, readings);
  return writer.bytes.subarray(0, writer.length);
}

/** The header for JSON. */
export function headerJson(header: Header, readings: number): Record<string, unknown> {
  const id = (value: Id | null) => value === null ? null : jsonInteger(value);
  const { sentMicros } = header;
  return {
    format: header.format,
    device: id(header.origin),
    streamer_index: id(header.originStreamer),
    streamer_selector: id(header.streamerSelector),
    seqid: id(header.reportId),
    lowest_id: id(header.lowestId),
    highest_id: id(header.highestId),
    sent_timestamp: sentMicros === null ? null : formatMicros(sentMicros),
    readings,
  };
}

/** Reads an integer of 64 bits, or nil. */
function readInteger(reader: ValueReader, key: string): Id | null {
  const at = reader.offset;
  const value = reader.read();
  if (value === null) return null;
  const isFloat = reader.bytes[at] === 0xca || reader.bytes[at] === 0xcb;
  if (isFloat || typeof value !== "number" && typeof value !== "bigint") {
    return fail(`${key} is not an integer`, at);
  }
  return value;
}

/** Reads the root map of a report; calls `readEvents` at the start of the events. */
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
  let hasEvents = false;
  for (let i = 0; i < pairs; i++) {
    const key = reader.key();
    const at = reader.offset;
    switch (key) {
      case "format":
        header.format = reader.read();
        break;
      case "device": {
        const origin = readInteger(reader, key);
        if (origin === null || origin < 0) {
          fail("its device is not an integer from 0 to 2^64-1", at);
        }
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
        // Some senders write a value here that is not a time; the report is still valid.
        const sent = reader.read();
        header.sentMicros = typeof sent === "string" ? parseMicros(sent) ?? null : null;
        header.unreadSentTimestamp = sent !== null && header.sentMicros === null;
        break;
      }
      case "events": {
        // The last one would count, but reading all of them would let a small report take very long.
        if (hasEvents) fail("it has events twice", at);
        hasEvents = true;
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
  if (reader.offset !== bytes.length) fail("there are bytes after its end", reader.offset);
  return header;
}
