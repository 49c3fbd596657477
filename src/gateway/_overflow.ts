/**
 * Gives up the oldest readings that are not part of a report: overflow mode `drop-oldest`, and `maxAgeMs`.
 *
 * @module
 */
import { deviceDigits, deviceText } from "./_device_text.ts";
import { batchColumns, isIntact, readBatch } from "./_frames.ts";
import type { StoreEvent } from "./_store_event.ts";
import type { Change, Store } from "./_store.ts";
import { oldestUnsealed, type UnsealedBatch } from "./_store_reads.ts";

/** Gives up the oldest readings until this number of bytes is free; false if there are not enough readings. */
export function dropOldest(
  store: Store,
  bytes: number,
  tell: (event: StoreEvent) => void,
): boolean {
  while (bytes > 0) {
    const taken: UnsealedBatch[] = [];
    for (const one of oldestUnsealed(store, 64)) {
      if (bytes <= 0) break;
      bytes -= one.frame.length;
      taken.push(one);
    }
    if (taken.length === 0) return false;
    giveUp(store, taken, "overflow", tell);
  }
  return true;
}

/** Gives up readings that have waited too long, some at a time. */
export function dropOlder(store: Store, maxAgeMs: number, tell: (event: StoreEvent) => void): void {
  const limit = store.seconds - maxAgeMs / 1000;
  const old = oldestUnsealed(store, 64).filter(({ frame }) => readBatch(frame).seconds < limit);
  if (old.length > 0) giveUp(store, old, "age", tell);
}

/** Runs in one transaction; an event for each device has the number of its readings and their times. */
function giveUp(
  store: Store,
  batches: readonly UnsealedBatch[],
  reason: string,
  tell: (event: StoreEvent) => void,
): void {
  const given = new Map<string, { readings: number; first: bigint; last: bigint }>();
  const changes: Change[] = [];
  for (const { id, lane, frame } of batches) {
    const intact = isIntact(frame);
    const { readings, device, streamer } = readBatch(frame);
    changes.push({ kind: "remove", lane, batch: id, readings: intact ? readings : 0 });
    if (!intact) continue;
    const { timestamps } = batchColumns(frame);
    const name = `${deviceDigits(device)}/${streamer}`;
    const [first, last] = [timestamps[0]!, timestamps[timestamps.length - 1]!];
    const known = given.get(name);
    if (known) {
      known.readings += readings;
      known.last = last;
    } else given.set(name, { readings, first, last });
  }
  for (const [name, { readings }] of given) {
    const before = store.record(`lost/${reason}/${name}`) ?? 0;
    changes.push({ kind: "set", name: `lost/${reason}/${name}`, value: before + readings });
  }
  store.transaction(() => store.apply(changes));
  const time = (micros: bigint) => new Date(Number(micros / 1000n)).toISOString();
  for (const [name, { readings, first, last }] of given) {
    tell({
      level: "warning",
      message: `Dropped ${readings} readings of device ${deviceText(name.split("/")[0]!)} ` +
        `(${time(first)} to ${time(last)}): ${reason}`,
      dropped: readings,
    });
  }
}
