/**
 * Takes over a streamer on JetStream that is held because of its ids, like `../_take_over.ts` for a queue in a
 * file: the user has decided that the `last_id` of the cloud is right, and which of the waiting batches are given
 * up.
 *
 * @module
 */
import { unsent } from "../_pieces.ts";
import { QueueError } from "../errors.ts";
import { laneKey } from "./_messages.ts";
import { type DeviceRecord, type LaneRecord, laneRecord, type Records } from "./_records.ts";

/** The decision. */
interface TakeOver {
  readonly device: bigint;
  /** The streamer of the lane; −1: the gateway chooses. */
  readonly lane: number;
  readonly streamer: number;
  /** The `last_id` of the cloud that the user has seen. */
  readonly lastId: number;
  /** Messages that are given up. */
  readonly drop: readonly number[];
}

/**
 * Accepts `last_id`: waiting readings, including those of the open report, get ids above it, and sending
 * continues.
 */
export async function takeOver(records: Records, decided: TakeOver): Promise<void> {
  await records.write(decided.device, (record) => takenOver(record, decided));
}

function takenOver(record: DeviceRecord, decided: TakeOver): DeviceRecord {
  const { lane: index, streamer, lastId, drop } = decided;
  const state = record.streamers[streamer];
  if (!state) {
    throw new QueueError(`Cannot take over the streamer ${streamer}: nothing was sent to it`);
  }
  const { hold: _, accept: __, ...rest } = state;
  const name = laneKey(index);
  const lane = withoutReport(laneRecord(record, index));
  const skip = [...new Set([...lane.skip ?? [], ...drop])].sort((a, b) => a - b);
  // A sender that knows the old version of the lane reads it again.
  const rev = (lane.rev ?? 0) + 1;
  return {
    ...record,
    lanes: { ...record.lanes, [name]: { ...lane, rev, ...(skip.length > 0 && { skip }) } },
    streamers: {
      ...record.streamers,
      [streamer]: { ...rest, confirmed: lastId, next: lastId + 1 },
    },
  };
}

/** A lane whose open report became readings without ids again. */
function withoutReport(lane: LaneRecord): LaneRecord {
  const { report, ...rest } = lane;
  if (!report) return lane;
  const { finished, next } = unsent(report, report.plan);
  const before = lane.sealed.number - report.pieces.reduce((sum, [, , rows]) => sum + rows, 0);
  const sealed = next
    ? { seq: next.batch - 1, offset: next.offset, number: before + finished }
    : lane.sealed;
  return { ...rest, sealed, done: sealed.number, doneSeq: sealed.seq };
}
