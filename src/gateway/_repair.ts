/**
 * Repair after damage: makes the records of a report consistent again, using the intact ones. If they are not
 * enough, the `last_id` of the cloud is accepted.
 *
 * @module
 */
import { deviceText } from "./_device_text.ts";
import { isIntact, readBatch } from "./_frames.ts";
import { attempting, newPlan, type Plan } from "./_plan.ts";
import type { StoreEvent } from "./_store_event.ts";
import type { LaneRecord, StoredReport } from "./_records.ts";
import { type Change, laneNumber, type Store } from "./_store.ts";
import { takeBatches } from "./_store_reads.ts";
import type { StreamerState } from "./outbox.ts";

/** Repairs every lane; reports the problems. */
export function repair(store: Store, tell: (event: StoreEvent) => void): void {
  for (const [name, record] of store.records("lane")) {
    const lane = laneNumber(name);
    const { device } = record;
    const changes = repairLane(store, lane, record);
    if (changes.length > 0) {
      store.transaction(() => store.apply(changes));
      tell({
        level: "error",
        message:
          `The record of a report of device ${
            deviceText(device)
          } was damaged: it was made again from ` +
          "others, and if these are not enough, the last_id of the cloud is accepted",
      });
    }
    const trust = trustCloud(store, lane, record);
    if (trust === undefined) continue;
    store.transaction(() => store.apply([trust]));
    tell({
      level: "warning",
      message:
        `Device ${
          deviceText(device)
        }: a report whose record was lost may have been counted, so the ` +
        "last_id of the cloud is accepted as it is",
    });
  }
}

/**
 * If no report is open, one may have been open before the damage: damage affects the newest records most often,
 * together with the readings of the report. The `last_id` of that report would always look like the work of
 * another writer.
 */
function trustCloud(store: Store, lane: number, record: LaneRecord): Change | undefined {
  if (store.record(`report/${lane}`) !== undefined) return undefined;
  const index = record.streamer < 0 ? store.record(`current/${lane}`) : record.streamer;
  const name = `streamer/${record.device}/${index}` as const;
  const state = store.record(name);
  if (state === undefined || state.accept) return undefined;
  return { kind: "set", name, value: { ...state, accept: true } };
}

function repairLane(store: Store, lane: number, record: LaneRecord): Change[] {
  const report = store.record(`report/${lane}`);
  const plan = store.record(`plan/${lane}`);
  const current = store.record(`current/${lane}`);
  const index = report?.streamer ?? (record.streamer < 0 ? current : record.streamer);
  const streamer = `streamer/${record.device}/${index}` as const;
  const state = index === undefined ? undefined : store.record(streamer);
  const planned = (value: Plan): Change => ({ kind: "set", name: `plan/${lane}`, value });
  const newest = report?.pieces[report.pieces.length - 1]?.[0] ?? 0;
  if (report && newest <= record.done) {
    // It was settled, and its record is from an older page.
    return [{ kind: "unset", name: `report/${lane}` }, { kind: "unset", name: `plan/${lane}` }];
  }
  if (report) {
    const lows = plan ? [...plan.parts.map(({ lo }) => lo), ...plan.aside.map(({ id }) => id)] : [];
    const changes: Change[] = [];
    if (!plan) {
      const whole = { lo: report.first, hi: report.last };
      changes.push(planned(attempting(newPlan(whole.lo, whole.hi), whole)));
    }
    if (!state || !plan) {
      const confirmed = Math.min(report.last, ...lows, report.first) - 1;
      const made = { confirmed, next: report.last + 1, sent: report.sent };
      // The part that was attempted last is unknown.
      const value = { ...made, ...state, ...(!plan && { accept: true }) };
      changes.push({ kind: "set", name: streamer, value });
    }
    return changes;
  }
  if (record.sealed.batch <= record.done && record.sealed.offset === 0) return [];
  if (state && index !== undefined && state.next - 1 <= state.confirmed) return [];
  const made = state && index !== undefined ? remake(store, lane, record, index, state) : undefined;
  if (state && made) {
    const whole = { lo: made.first, hi: made.last };
    return [
      { kind: "set", name: `report/${lane}`, value: made },
      planned(attempting(newPlan(whole.lo, whole.hi), whole)),
      { kind: "set", name: streamer, value: { ...state, accept: true } },
    ];
  }
  // Its readings get new ids above the `last_id` of the cloud.
  const value = { ...record, sealed: { batch: record.done, offset: 0 } };
  return [
    { kind: "set", name: `lane/${lane}`, value },
    ...state ? [{ kind: "unset", name: streamer } as const] : [],
  ];
}

/** The report that was open, reconstructed from its end and its ids. */
function remake(
  store: Store,
  lane: number,
  { sealed, done }: LaneRecord,
  streamer: number,
  { confirmed, next, sent }: StreamerState,
): StoredReport | undefined {
  const pieces: [number, number, number][] = [];
  let total = 0;
  const batches = takeBatches(store.db, lane, done, Number.MAX_SAFE_INTEGER, sealed.batch);
  if (sealed.offset > 0) batches.push(...takeBatches(store.db, lane, sealed.batch, 1));
  for (const { id, frame } of batches) {
    if (!frame || !isIntact(frame)) return undefined;
    const readings = id <= sealed.batch ? readBatch(frame).readings : sealed.offset;
    pieces.push([id, 0, readings]);
    total += readings;
  }
  // The readings before belong to the previous report.
  let skip = total - (next - 1 - confirmed);
  if (skip < 0 || pieces.length === 0) return undefined;
  while (pieces.length > 0 && skip >= pieces[0]![2]) skip -= pieces.shift()![2];
  if (pieces.length === 0) return undefined;
  pieces[0] = [pieces[0]![0], skip, pieces[0]![2] - skip];
  return { streamer, first: confirmed + 1, last: next - 1, sent, pieces };
}
