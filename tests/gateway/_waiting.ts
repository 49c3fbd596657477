/** A queue in which much waits, made without the time that as many pushes would take. */
import { batchFrame } from "../../src/gateway/_frames.ts";
import { Store } from "../../src/gateway/_store.ts";
import { random } from "../_random.ts";

/** Readings of each batch. */
export const WAITING_BATCH = 1000;

/** Fills a queue until its batches have this number of bytes; values are noise, so that a reading takes 20 bytes. */
export function fillQueue(path: string, bytes: number): { readings: number; batches: number } {
  const next = random(1);
  const frame = batchFrame({ device: 1n, streamer: -1, at: Date.now() }, {
    length: WAITING_BATCH,
    streams: new Uint32Array(WAITING_BATCH).fill(0x5090),
    timestamps: BigInt64Array.from(
      { length: WAITING_BATCH },
      (_, i) => 1_767_225_600_000_000n + BigInt(i) * 1_000_000n + BigInt(Math.floor(next() * 1e6)),
    ),
    values: Float64Array.from({ length: WAITING_BATCH }, next),
  });
  const store = new Store(path);
  let batches = 0;
  try {
    store.db.exec("PRAGMA synchronous = OFF");
    while (store.bytes < bytes) {
      // The store gives each its own id: one buffer is enough for all.
      store.transaction(() => {
        for (let i = 0; i < 1024 && store.bytes < bytes; i++, batches++) {
          store.push({ frames: [frame] });
        }
      });
    }
  } finally {
    store.close();
  }
  return { readings: batches * WAITING_BATCH, batches };
}
