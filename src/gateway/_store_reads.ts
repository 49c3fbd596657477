/**
 * Reads from the store of a queue: batches in order, the oldest ones, dead letters, damage.
 *
 * @module
 */
import type { QueueDatabase } from "./_database.ts";
import { isIntact, readBatch } from "./_frames.ts";
import type { Store } from "./_store.ts";

/** A stored batch; without `frame` if it is damaged. */
export interface StoredBatch {
  readonly id: number;
  readonly frame?: Uint8Array;
}

/** A stored batch with its lane. */
export interface ScannedBatch extends StoredBatch {
  readonly lane: number;
}

/** A batch that is not part of a report. */
export interface UnsealedBatch {
  readonly id: number;
  readonly lane: number;
  readonly frame: Uint8Array;
}

/** The maximum size of a response in bytes; only a single batch may be larger. */
const MOST_BYTES = 1 << 26;
/** How many rows are read at first, and how many at a time after that. */
const FEW_ROWS = 4, MOST_ROWS = 256;

/**
 * Batches of a lane, in order.
 *
 * @param db The database.
 * @param lane The lane.
 * @param after The id before the first batch.
 * @param readings The number of requested readings: the last batch may exceed it.
 * @param upTo The last id.
 */
export function takeBatches(
  db: QueueDatabase,
  lane: number,
  after: number,
  readings: number,
  upTo: number = Number.MAX_SAFE_INTEGER,
): StoredBatch[] {
  const found: StoredBatch[] = [];
  let last = after;
  let [bytes, taken] = [0, 0];
  // Unneeded rows would be garbage in the worker, which is collected late: the first rows show how many are needed.
  let limit = Math.min(FEW_ROWS, readings);
  while (readings > 0 && bytes < MOST_BYTES) {
    const rows = db.all<{ id: number; data: Uint8Array }>(
      "SELECT id, data FROM batch WHERE lane = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?",
      lane,
      last,
      upTo,
      limit,
    );
    for (const { id, data } of rows) {
      last = id;
      if (!isIntact(data)) found.push({ id });
      else {
        found.push({ id, frame: data });
        const length = readBatch(data).readings;
        readings -= length;
        taken += length;
        bytes += data.length;
      }
      if (readings <= 0) break;
    }
    if (rows.length < limit) break;
    const each = Math.max(1, taken / found.length);
    limit = Math.min(MOST_ROWS, Math.ceil(readings / each));
  }
  return found;
}

/** The oldest batches that are not part of a report yet. */
export function oldestUnsealed(store: Store, limit: number): UnsealedBatch[] {
  const found: UnsealedBatch[] = [];
  for (let last = 0; found.length < limit;) {
    const rows = store.db.all<{ id: number; lane: number }>(
      "SELECT id, lane FROM batch WHERE id > ? ORDER BY id LIMIT 256",
      last,
    );
    if (rows.length === 0) break;
    for (const { id, lane } of rows) {
      last = id;
      const { sealed } = store.record(`lane/${lane}`)!;
      // The batch after `sealed` is part of a report if it has an offset.
      if (id <= sealed.batch || (sealed.offset > 0 && isNext(store.db, lane, sealed.batch, id))) {
        continue;
      }
      const frame = store.db.bytes("SELECT data FROM batch WHERE id = ?", id);
      // The sender sets it aside when it reaches it.
      if (frame === undefined || !isIntact(frame)) continue;
      found.push({ id, lane, frame });
      if (found.length === limit) break;
    }
  }
  return found;
}

function isNext(db: QueueDatabase, lane: number, after: number, id: number): boolean {
  return id === db.value("SELECT min(id) FROM batch WHERE lane = ? AND id > ?", lane, after);
}

/** The frame of the oldest batch, for its time; undefined if there is no batch, or it is damaged. */
export function oldestBatch(db: QueueDatabase): Uint8Array | undefined {
  const frame = db.bytes("SELECT data FROM batch ORDER BY id LIMIT 1");
  return frame !== undefined && isIntact(frame) ? frame : undefined;
}

/** The approximate size of a response of a scan in bytes. */
const SCAN_BYTES = 1 << 22;

/** Batches of all lanes in the order of their ids, including damaged ones. */
export function scanBatches(db: QueueDatabase, after: number): ScannedBatch[] {
  const found: ScannedBatch[] = [];
  for (let [last, bytes] = [after, 0]; bytes < SCAN_BYTES;) {
    const rows = db.all<{ id: number; lane: number; data: Uint8Array }>(
      "SELECT id, lane, data FROM batch WHERE id > ? ORDER BY id LIMIT 64",
      last,
    );
    for (const { id, lane, data } of rows) {
      last = id;
      bytes += data.length;
      found.push(isIntact(data) ? { id, lane, frame: data } : { id, lane });
    }
    if (rows.length < 64) break;
  }
  return found;
}

/** Dead letters in order. */
export function deadLetters(
  db: QueueDatabase,
  after: number,
  limit: number,
): { id: number; data: Uint8Array }[] {
  return db.all("SELECT id, data FROM dead WHERE id > ? ORDER BY id LIMIT ?", after, limit);
}

/** Returns free pages to the file system, some at a time, if there are more than `keep`. */
export function shrink(db: QueueDatabase, keep: number): void {
  if (Number(db.value("PRAGMA freelist_count")) <= keep) return;
  db.exec("PRAGMA incremental_vacuum(512)");
}

/** All problems of a file: the ones that SQLite finds, and wrong CRCs. */
export function findDamage(db: QueueDatabase): string[] {
  const problems: string[] = [];
  for (const row of db.all<{ quick_check: string }>("PRAGMA quick_check(20)")) {
    if (row.quick_check !== "ok") problems.push(row.quick_check);
  }
  for (const table of ["batch", "record", "copy", "dead"]) {
    for (let last = 0;;) {
      const rows = db.all<{ id: number; data: Uint8Array }>(
        `SELECT id, data FROM ${table} WHERE id > ? ORDER BY id LIMIT 64`,
        last,
      );
      if (rows.length === 0) break;
      for (const { id, data } of rows) {
        last = id;
        if (!isIntact(data)) problems.push(`The CRC of row ${id} of table ${table} is wrong`);
      }
    }
  }
  return problems;
}
