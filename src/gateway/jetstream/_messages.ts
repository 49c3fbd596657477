/**
 * The subjects of a queue on JetStream, and the contents of its messages. All are in one stream:
 *
 * ```
 * S.r.<shard>.<device>.<streamer|any>   readings of a lane. Header "Archfx: <push> <from> <readings>": the push, how many
 *                                       readings of the lane are before it, and how many it has. Body: frames, each with
 *                                       its length (u32) before it
 * S.s.<shard>.<device>                  the record of a device, JSON: what is sealed, attempted and confirmed
 * S.x.<shard>.<device>.<key>            a dead letter, as a frame. Header "Archfx-Dead: <readings>"
 * S.p.<source>                          the position of a source, JSON. Header "Archfx: <push>"
 * S.k.<hash>                            an idempotency key, for 24 hours
 * S.m.<member>                          a gateway that runs, JSON, for some seconds
 * S.o.<shard>                           the gateway that sends a shard, JSON
 * ```
 * A shard has two hexadecimal digits and a device sixteen; the name of a source is base64url.
 *
 * @module
 */
import type { BareColumns } from "../_pack.ts";
import { deviceDigits } from "../_device_text.ts";
import {
  batchColumns,
  batchFrame,
  isIntact,
  readBatch,
  stampBatch,
  withLength,
} from "../_frames.ts";
import { QueueError } from "../errors.ts";

/** The number of shards. Leases are for shards, because a lease for each device would be too many. */
export const SHARDS = 256;

/** The header that describes the body of a message. */
export const HEAD = "Archfx";
/** The header of a dead letter: its number of readings. */
export const DEAD = "Archfx-Dead";

/** The readings of one device that go to the same streamer: `device` as 16 digits, and the index of the streamer. */
export interface LaneName {
  readonly device: bigint;
  /** −1: the gateway chooses. */
  readonly streamer: number;
}

/** The name of a lane of a device: the index of its streamer, or −1 if the gateway chooses. */
export function laneKey(streamer: number): string {
  return streamer < 0 ? "any" : String(streamer);
}

/** The shard of a device. */
export function shardOf(device: bigint): number {
  // The high bits of a product with an odd number depend on all bits of the device.
  return Number(BigInt.asUintN(64, device * 0x9e3779b97f4a7c15n) >> 56n);
}

/** A shard as two digits. */
export function shardText(shard: number): string {
  return shard.toString(16).padStart(2, "0");
}

/** The subject of a lane. */
export function laneSubject({ device, streamer }: LaneName): string {
  const shard = shardText(shardOf(device));
  return `r.${shard}.${deviceDigits(device)}.${laneKey(streamer)}`;
}

/** The lane of a subject; undefined if it is not the subject of a lane. */
export function laneOfSubject(subject: string): LaneName | undefined {
  const match = /^r\.[\da-f]{2}\.([\da-f]{16})\.(any|\d{1,5})$/.exec(subject);
  if (!match) return undefined;
  return { device: BigInt(`0x${match[1]}`), streamer: match[2] === "any" ? -1 : Number(match[2]) };
}

/** The subject of the record of a device. */
export function recordSubject(device: bigint): string {
  return `s.${shardText(shardOf(device))}.${deviceDigits(device)}`;
}

/** The subject of a dead letter. The same key gives the same subject. */
export function deadSubject(device: bigint, key: string): string {
  return `x.${shardText(shardOf(device))}.${deviceDigits(device)}.${key}`;
}

/** The subject of the position of a source. */
export function positionSubject(source: string): string {
  const bytes = new TextEncoder().encode(source);
  const text = btoa(String.fromCharCode(...bytes));
  return `p.${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") || "-"}`;
}

/** The subject of an idempotency key, `source/key`, which may be any text. */
export async function keySubject(key: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return `k.${Array.from(new Uint8Array(hash), (it) => it.toString(16).padStart(2, "0")).join("")}`;
}

/** The head of a message with readings. */
export interface Head {
  /** The push that it is part of. */
  readonly push: string;
  /** Readings of the lane before it. */
  readonly from: number;
  /** Its readings. */
  readonly readings: number;
}

/** The head as text. */
export function headText({ push, from, readings }: Head): string {
  return `${push} ${from} ${readings}`;
}

/** The head in a text; undefined if it is not a head. */
export function readHead(text: string): Head | undefined {
  const match = /^(\S+) (\d{1,16}) (\d{1,10})$/.exec(text);
  if (!match) return undefined;
  return { push: match[1]!, from: Number(match[2]), readings: Number(match[3]) };
}

/** The body of a message: frames with their CRC. */
export function body(frames: readonly Uint8Array[]): Uint8Array {
  if (frames.length === 1) return withLength(frames[0]!);
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const frame of frames) {
    view.setUint32(at, frame.length);
    bytes.set(frame, at + 4);
    at += 4 + frame.length;
  }
  return bytes;
}

/** The frames of a body; undefined if any part of it is damaged. */
export function bodyFrames(bytes: Uint8Array): Uint8Array[] | undefined {
  const frames: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const frame = bytes.subarray(at + 4, end);
    if (!isIntact(frame)) return undefined;
    frames.push(frame);
    at = end;
  }
  return frames;
}

/**
 * Frames that fit into a message: a frame that is too large is split in two.
 *
 * @throws {QueueError} If a single reading is too large.
 */
export function fitting(frame: Uint8Array, most: number): Uint8Array[] {
  if (frame.length + 4 <= most) {
    stampBatch(frame, 0, 0);
    return [frame];
  }
  const { readings, ...head } = readBatch(frame);
  if (readings <= 1) {
    throw new QueueError(
      `Cannot push a reading of ${frame.length} bytes: the servers accept at most ${most} ("max_payload")`,
    );
  }
  const columns: BareColumns = batchColumns(frame);
  const middle = readings >> 1;
  return [
    ...fitting(batchFrame(head, columns, 0, middle), most),
    ...fitting(batchFrame(head, columns, middle), most),
  ];
}

/**
 * The header of a record: how many readings of each lane are done, and up to which message, for example
 * `any=12@345 7=5@290`.
 */
export const DONE = "Archfx-Done";
/** The header of a record: how many streamers are held. */
export const HELD = "Archfx-Held";
/** The header of a heartbeat: the description of a gateway, as JSON. */
export const MEMBER = "Archfx-Member";
/** The header of a shard: the gateway that sends it; empty: no gateway. */
export const OWNER = "Archfx-Owner";

/** The done part of a lane. */
interface LaneDone {
  /** The index of its streamer, or "any". */
  readonly lane: string;
  /** Readings that were counted or given up. */
  readonly done: number;
  /** The last message of which all readings are. */
  readonly doneSeq: number;
}

/** The done parts of the lanes of a device, as text. */
export function doneText(lanes: readonly LaneDone[]): string {
  return lanes.map(({ lane, done, doneSeq }) => `${lane}=${done}@${doneSeq}`).join(" ");
}

/** The done parts in such a text. */
export function readDone(text: string): LaneDone[] {
  return Array.from(
    text.matchAll(/(any|\d+)=(\d+)@(\d+)/g),
    ([, lane, done, seq]) => ({ lane: lane!, done: Number(done), doneSeq: Number(seq) }),
  );
}
