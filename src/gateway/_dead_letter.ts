/**
 * Dead letters: readings that the cloud rejected, with a description.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { deviceDigits } from "./_device_text.ts";
import { batchFrame, deadFrame, stampBatch } from "./_frames.ts";
import type { Lane } from "./outbox.ts";

/** The content of a dead letter. */
interface DeadLetter {
  readonly device: string;
  readonly streamer: number;
  readonly ids: readonly [lowest: number, highest: number] | null;
  readonly readings: number;
  readonly reason: string;
  readonly status?: number;
  readonly body?: string;
  /** ISO 8601. */
  readonly at: string;
}

/** A dead letter with its readings. */
export function letter(
  lane: Lane,
  streamer: number,
  columns: ReadingColumns,
  why: Pick<DeadLetter, "reason" | "status" | "body">,
): Uint8Array {
  const { length, readingIds } = columns;
  const at = Date.now();
  const about: DeadLetter = {
    device: deviceDigits(lane.device),
    streamer,
    ids: length > 0 ? [Number(readingIds[0]), Number(readingIds[length - 1])] : null,
    readings: length,
    ...why,
    at: new Date(at).toISOString(),
  };
  const head = { device: lane.device, streamer: lane.streamer ?? -1, at };
  if (length === 0) return deadFrame(about, undefined);
  const batch = batchFrame(head, columns);
  stampBatch(batch, 0, 0);
  return deadFrame(about, batch);
}
