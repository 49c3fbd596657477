/**
 * Salvage: everything with a valid CRC in a damaged file is copied to a new one.
 *
 * Batches keep their ids, so that the record of an open report still fits. A batch is left out if it is finished
 * according to `done` of its lane. If that record is also lost, a batch may be sent again with new ids: twice is
 * better than never.
 *
 * @module
 */
import { crc32c } from "./_crc32c.ts";
import { readRows, troubleOf } from "./_database.ts";
import { deviceDigits } from "./_device_text.ts";
import { frameKind, isIntact, readBatch, readRecord, type RecordFrame } from "./_frames.ts";
import { Pages } from "./_pages.ts";
import { recordOf, recordsOf } from "./_records.ts";
import { laneNumber, type Store } from "./_store.ts";

/** The result for a damaged file. */
export interface Salvaged {
  /** Batches and readings that were recovered. */
  readonly batches: number;
  readonly readings: number;
  /** Idempotency keys that were recovered; undefined if SQLite could not read them. */
  readonly keys: number | undefined;
  /** Damaged frames that were recognised. */
  readonly damaged: number;
  /** Readings that waited according to the counts but were not found, by device and streamer. */
  readonly lost: readonly {
    readonly device: string;
    readonly streamer: number;
    readonly readings: number;
  }[];
}

/** How many batches share a transaction. */
const TOGETHER = 256;

/**
 * Copies what can be recovered.
 *
 * @param path The damaged file, with its log beside it.
 * @param store The new store.
 * @returns What was found and what is missing.
 */
export function salvage(path: string, store: Store): Salvaged {
  const pages = new Pages(path);
  try {
    const { records, damaged } = findRecords(pages);
    const waited = new Map<string, number>();
    const done = new Map<string, number>();
    for (const [name, { device, streamer, done: upTo }] of recordsOf(records, "lane")) {
      done.set(`${device}/${streamer}`, upTo);
      const count = recordOf(records, `count/${laneNumber(name)}`);
      if (count) waited.set(`${device}/${streamer}`, count.readings);
    }
    store.transaction(() => store.adopt(records));
    const known = new Set([...done.keys()].map((lane) => lane.split("/")[0]!));

    let [batches, readings] = [0, 0];
    let group: Uint8Array[] = [];
    const seen = new Set<number>();
    const letters = new Set<string>();
    const flush = () => {
      store.transaction(() => {
        for (const frame of group) store.insertStamped(frame);
      });
      group = [];
    };
    for (const blob of pages.blobs()) {
      const kind = frameKind(blob);
      if (kind === undefined || kind === "record" || !isIntact(blob)) continue;
      if (kind === "dead") {
        const key = `${crc32c(blob)}/${blob.length}`;
        if (letters.has(key)) continue;
        letters.add(key);
        store.transaction(() => store.apply([{ kind: "bury", frame: blob }]));
        continue;
      }
      const { id, device, streamer, readings: n } = readBatch(blob);
      const hex = deviceDigits(device);
      const lane = `${hex}/${streamer}`;
      if (seen.has(id) || id <= (done.get(lane) ?? 0)) continue;
      if (!done.has(lane)) forgetStreamers(store, hex, known);
      seen.add(id);
      batches++;
      readings += n;
      if (waited.has(lane)) waited.set(lane, waited.get(lane)! - n);
      group.push(blob);
      if (group.length === TOGETHER) flush();
    }
    if (group.length > 0) flush();
    const lost = [];
    for (const [lane, n] of waited) {
      const [device, streamer] = lane.split("/");
      if (n > 0) lost.push({ device, streamer: Number(streamer), readings: n });
    }
    return { batches, readings, keys: salvageKeys(path, store), damaged, lost };
  } finally {
    pages.close();
  }
}

/** Copies the idempotency keys: they have no frames, so SQLite has to read them. */
function salvageKeys(path: string, store: Store): number | undefined {
  let keys = 0;
  try {
    readRows(path, (rows) => {
      for (let last = 0;;) {
        const found = rows(
          "SELECT id, name, at FROM key WHERE id > ? AND typeof(name) = 'text' AND typeof(at) = 'integer' " +
            `ORDER BY id LIMIT ${TOGETHER}`,
          last,
        ) as { id: number; name: string; at: number }[];
        if (found.length === 0) return;
        last = found[found.length - 1]!.id;
        store.transaction(() =>
          store.apply(
            found.map(({ name, at }) => ({
              kind: "key",
              name,
              age: Math.max(0, store.seconds - at),
            })),
          )
        );
        keys += found.length;
      }
    });
    return keys;
  } catch (error) {
    // The new store must be intact; the damaged one does not have to be.
    if (troubleOf(error) === "full") throw error;
    return undefined;
  }
}

/**
 * Copies the batches that are not finished into a store that is in use, with new ids: a manual step if the
 * automatic salvage failed. Readings in flight at the time of the damage may be counted twice.
 */
export function salvageInto(path: string, store: Store): { batches: number; readings: number } {
  const pages = new Pages(path);
  try {
    const done = new Map<string, number>();
    for (
      const [, { device, streamer, done: upTo }] of recordsOf(findRecords(pages).records, "lane")
    ) {
      done.set(`${device}/${streamer}`, upTo);
    }
    const found = new Map<number, Uint8Array>();
    for (const blob of pages.blobs()) {
      if (frameKind(blob) !== "batch" || !isIntact(blob)) continue;
      const { id, device, streamer } = readBatch(blob);
      const lane = `${deviceDigits(device)}/${streamer}`;
      if (id > (done.get(lane) ?? 0)) found.set(id, blob);
    }
    const frames = [...found].sort(([a], [b]) => a - b).map(([, frame]) => frame);
    const readings = frames.reduce((sum, frame) => sum + readBatch(frame).readings, 0);
    // All or nothing: repeating a part would count its readings twice.
    store.transaction(() => store.apply([{ kind: "insert", frames }]));
    return { batches: frames.length, readings };
  } finally {
    pages.close();
  }
}

/**
 * Without the record of its lane, the records of the streamers of a device may be wrong: the cloud is queried
 * again.
 */
function forgetStreamers(store: Store, device: string, known: Set<string>): void {
  if (known.has(device)) return;
  known.add(device);
  const names = store.records("streamer").map(([name]) => name)
    .filter((name) => name.startsWith(`streamer/${device}/`));
  store.transaction(() => store.apply(names.map((name) => ({ kind: "unset", name }))));
}

/** The newest intact copy of every record, and how many frames are damaged. */
function findRecords(pages: Pages): { records: Map<string, RecordFrame>; damaged: number } {
  const records = new Map<string, RecordFrame>();
  let damaged = 0;
  for (const blob of pages.blobs()) {
    const kind = frameKind(blob);
    if (kind === undefined) continue;
    if (!isIntact(blob)) {
      damaged++;
      continue;
    }
    if (kind !== "record") continue;
    const record = readRecord(blob);
    const known = records.get(record.name);
    if (!known || known.version < record.version) records.set(record.name, record);
  }
  return { records, damaged };
}
