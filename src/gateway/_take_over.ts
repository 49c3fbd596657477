/**
 * Takes over a streamer that is held because of its ids: the user has decided that the `last_id` of the cloud is
 * right, and which of the waiting batches are given up.
 *
 * @module
 */
import { deviceDigits, deviceText } from "./_device_text.ts";
import { QueueError } from "./errors.ts";
import { readBatch } from "./_frames.ts";
import { unsent } from "./_pieces.ts";
import type { StoreClient } from "./_store_client.ts";
import type { LaneEntry } from "./_store_server.ts";
import type { SqliteQueue } from "./sqlite_queue.ts";
import type { Change } from "./_store.ts";
import type { Lane, StreamerState } from "./outbox.ts";

/** The decision. */
interface TakeOver {
  readonly lane: Lane;
  readonly streamer: number;
  /** The `last_id` of the cloud that the user has seen. */
  readonly lastId: number;
  /** Batches that are given up. */
  readonly drop: readonly number[];
}

/**
 * Accepts `last_id`: waiting readings, including those of the open report, get ids above it, and sending continues.
 *
 * @returns How many readings were given up.
 */
export async function takeOver(
  { store, outbox }: SqliteQueue,
  { lane, streamer, lastId, drop }: TakeOver,
): Promise<number> {
  const entry = await store.ask("lane", lane.id);
  const name = `streamer/${deviceDigits(lane.device)}/${streamer}` as const;
  const state = await store.record(name);
  if (!entry || !state) {
    throw new QueueError(`Cannot take over the streamer ${streamer}: nothing was sent to it`);
  }
  const { hold: _, ...rest } = state;
  const changes: Change[] = [
    {
      kind: "set",
      name,
      value: { ...rest, confirmed: lastId, next: lastId + 1 } satisfies StreamerState,
    },
  ];
  changes.push(...(await unseal(store, entry))?.changes ?? []);
  let dropped = 0;
  for (const batch of drop) {
    const [found] = await store.ask("take", lane.id, batch - 1, 1, batch);
    if (!found) throw new QueueError(`Cannot drop batch ${batch}: the device does not have it`);
    const readings = found.frame ? readBatch(found.frame).readings : 0;
    dropped += readings;
    changes.push({ kind: "remove", lane: lane.id, batch, readings });
  }
  if (dropped > 0) {
    const lost = `lost/taken over/${deviceDigits(lane.device)}/${streamer}` as const;
    const before = await store.record(lost) ?? 0;
    changes.push({ kind: "set", name: lost, value: before + dropped });
  }
  await store.apply(changes);
  store.onEvent({
    level: "warning",
    message:
      `Device ${
        deviceText(lane.device)
      }, streamer ${streamer}, was taken over at last_id ${lastId}; ` +
      `${dropped} readings were given up`,
    ...(dropped > 0 && { dropped }),
  });
  outbox.changed();
  return dropped;
}

/** The changes that turn the open report of a lane into readings without ids; undefined if none is open. */
export async function unseal(
  store: StoreClient,
  { lane, record }: LaneEntry,
): Promise<{ changes: Change[]; first: number } | undefined> {
  const report = await store.record(`report/${lane}`);
  if (!report) return undefined;
  const plan = (await store.record(`plan/${lane}`))!;
  const { finished, next, done = record.done } = unsent(report, plan);
  const sealed = next ? { ...next, batch: next.batch - 1 } : { batch: done, offset: 0 };
  const changes: Change[] = [
    { kind: "unset", name: `report/${lane}` },
    { kind: "unset", name: `plan/${lane}` },
    { kind: "set", name: `lane/${lane}`, value: { ...record, sealed, done } },
    { kind: "finish", lane, batch: done, readings: finished },
  ];
  return { changes, first: report.first + finished };
}
