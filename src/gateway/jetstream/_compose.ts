/**
 * compose(), which builds the messages of pushes that are stored together.
 *
 * @module
 */
import { readingsOf } from "../_frames.ts";
import type { Outgoing } from "./_bus.ts";
import { body, HEAD, headText } from "./_messages.ts";
import type { Push } from "./_pushes.ts";

/** How long an idempotency key is kept. */
const KEY_TTL = "24h";
/** The maximum number of readings in a message: it limits the memory for reading it back. */
const MOST_READINGS = 32_768;

/** The end of a lane: its last message, and how many readings are before the next one. */
export interface End {
  readonly seq: number;
  readonly number: number;
}

/**
 * The messages of pushes that are stored together.
 *
 * @param id The unique id of this group.
 * @param ends Where each lane ends.
 * @param sequences The sequence of the position of each source.
 * @param most The maximum size of a body in bytes.
 */
export function compose(
  id: string,
  pushes: readonly Push[],
  ends: ReadonlyMap<string, End>,
  sequences: ReadonlyMap<string, number | Error>,
  most: number,
): Outgoing[] {
  const lanes = new Map<string, Uint8Array[]>();
  const positions = new Map<string, { readonly source: string; readonly text: string }>();
  const messages: Outgoing[] = [];
  for (const { frames, position, key } of pushes) {
    for (const [subject, list] of frames) {
      const lane = lanes.get(subject);
      if (lane) lane.push(...list);
      else lanes.set(subject, [...list]);
    }
    if (position) positions.set(position.subject, position);
    if (key) {
      messages.push({
        subject: key,
        data: new Uint8Array(),
        headers: { [HEAD]: id, "Nats-TTL": KEY_TTL },
        after: 0,
      });
    }
  }
  for (const [subject, { source, text }] of positions) {
    messages.push({
      subject,
      data: new TextEncoder().encode(JSON.stringify({ source, position: text })),
      headers: { [HEAD]: id, "Nats-Rollup": "sub" },
      after: sequences.get(subject) as number,
    });
  }
  for (const [subject, frames] of lanes) {
    let { seq, number } = ends.get(subject)!;
    for (const part of parts(frames, most)) {
      const readings = part.reduce((sum, frame) => sum + readingsOf(frame), 0);
      messages.push({
        subject,
        data: body(part),
        headers: { [HEAD]: headText({ push: id, from: number, readings }) },
        ...(seq >= 0 && { after: seq }),
      });
      seq = -1;
      number += readings;
    }
  }
  return messages;
}

/** Frames in parts, each of which fits into a message. */
function parts(frames: readonly Uint8Array[], most: number): Uint8Array[][] {
  const found: Uint8Array[][] = [];
  let bytes = Infinity;
  let readings = 0;
  for (const frame of frames) {
    bytes += 4 + frame.length;
    readings += readingsOf(frame);
    if (bytes > most || readings > MOST_READINGS) {
      found.push([]);
      bytes = 4 + frame.length;
      readings = readingsOf(frame);
    }
    found[found.length - 1]!.push(frame);
  }
  return found;
}
