/**
 * The sending side of a queue on SQLite.
 *
 * Invariants that this file maintains:
 * 3. The ids and the time of a report are on disk before its first byte is sent, and never change: `seal` stores
 *    its batches, which determine the ids.
 * 4. Only `storeOutcome` removes a batch from the queue, in the transaction that stores the proof or the decision.
 *
 * @module
 */
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { letter } from "./_dead_letter.ts";
import { deviceDigits, deviceText } from "./_device_text.ts";
import { batchColumns } from "./_frames.ts";
import { LaneListeners } from "./_lane_listeners.ts";
import { free, freeColumns } from "./_free.ts";
import { joined, type Part } from "./_joined.ts";
import type { BareColumns } from "./_pack.ts";
import { type Piece, rowsBetween } from "./_pieces.ts";
import type { Plan, Rejected } from "./_plan.ts";
import type { LaneEntry } from "./_store_server.ts";
import type { StoreClient } from "./_store_client.ts";
import type { StoredReport } from "./_records.ts";
import type { Change } from "./_store.ts";
import type { Draft, Lane, OpenReport, Outbox, StreamerState } from "./outbox.ts";

/** The outbox of one store. */
export class SqliteOutbox extends LaneListeners implements Outbox {
  readonly #store: StoreClient;

  constructor(store: StoreClient) {
    super();
    this.#store = store;
  }

  async lanes(): Promise<Lane[]> {
    const lanes = await this.#store.ask("lanes");
    const waiting = lanes.filter(({ readings, bytes }) => readings > 0 || bytes > 0);
    return waiting.map(laneOf);
  }

  async waiting(): Promise<Lane[]> {
    return await this.lanes();
  }

  async lane(id: number): Promise<Lane | undefined> {
    const entry = await this.#store.ask("lane", id);
    return entry && laneOf(entry);
  }

  async streamer(device: bigint, index: number): Promise<StreamerState | undefined> {
    return await this.#store.record(streamerName(device, index));
  }

  /** The name of the record of a streamer. */
  nameOf(device: bigint, index: number): `streamer/${string}` {
    return streamerName(device, index);
  }

  async setStreamer(device: bigint, index: number, state: StreamerState): Promise<void> {
    await this.#store.apply([{ kind: "set", name: streamerName(device, index), value: state }]);
  }

  async report(lane: Lane): Promise<OpenReport | undefined> {
    const stored = await this.#stored(lane);
    if (!stored) return undefined;
    const plan = (await this.#store.record(`plan/${lane.id}`))!;
    const { streamer, first, last, sent } = stored;
    return { streamer, first, last, sent, plan };
  }

  async #stored(lane: Lane): Promise<StoredReport | undefined> {
    return await this.#store.record(`report/${lane.id}`);
  }

  async draft(lane: Lane, readings: number): Promise<Draft | undefined> {
    const entry = await this.#store.ask("lane", lane.id);
    if (!entry) return undefined;
    const { batch, offset } = entry.record.sealed;
    const pieces: Piece[] = [];
    const parts: Part[] = [];
    let wanted = readings;
    let skip = offset;
    let last = batch;
    let rest = 0;
    while (wanted > 0) {
      const batches = await this.#store.ask("take", lane.id, last, wanted + skip);
      for (const { id, frame } of batches) {
        last = id;
        if (!frame) {
          await this.#setAside(lane, id);
          skip = 0;
          continue;
        }
        const columns = unpacked(frame);
        const length = Math.min(columns.length - skip, wanted);
        if (length > 0) {
          pieces.push([id, skip, length]);
          parts.push({ columns, from: skip, to: skip + length });
          wanted -= length;
          rest = columns.length - skip - length;
        }
        skip = 0;
        if (wanted === 0) break;
      }
      if (batches.length === 0) break;
    }
    return parts.length === 0 ? undefined : { columns: joinedOnly(parts), pieces, rest };
  }

  async #setAside(lane: Lane, batch: number): Promise<void> {
    await this.#store.apply([{ kind: "set aside", lane: lane.id, batch }]);
    this.#store.onEvent({
      level: "error",
      message: `A batch of device ${
        deviceText(lane.device)
      } is damaged: it was set aside as dead letter`,
    });
  }

  async seal(lane: Lane, draft: Draft, report: OpenReport, state: StreamerState): Promise<void> {
    const entry = (await this.#store.ask("lane", lane.id))!;
    const before = await this.#stored(lane);
    const { plan, ...rest } = report;
    const [batch, offset, readings] = draft.pieces[draft.pieces.length - 1]!;
    const sealed = draft.rest === 0 ? { batch, offset: 0 } : {
      batch: draft.pieces.length > 1
        ? draft.pieces[draft.pieces.length - 2]![0]
        : entry.record.sealed.batch,
      offset: offset + readings,
    };
    const stored: StoredReport = { ...rest, pieces: [...before?.pieces ?? [], ...draft.pieces] };
    await this.#store.apply([
      { kind: "set", name: `lane/${lane.id}`, value: { ...entry.record, sealed } },
      { kind: "set", name: `report/${lane.id}`, value: stored },
      { kind: "set", name: `plan/${lane.id}`, value: plan },
      ...lane.streamer === null
        ? [{ kind: "set", name: `current/${lane.id}`, value: report.streamer } as const]
        : [],
      { kind: "set", name: streamerName(lane.device, report.streamer), value: state },
    ]);
  }

  async read(lane: Lane, report: OpenReport, lo: number, hi: number): Promise<ReadingColumns> {
    const stored = await this.#stored(lane);
    const rows = rowsBetween({ first: report.first, pieces: stored?.pieces ?? [] }, lo, hi);
    if (rows.length === 0) return joined([]);
    const upTo = rows[rows.length - 1]!.batch;
    let last = rows[0]!.batch - 1;
    const frames = new Map<number, BareColumns>();
    while (last < upTo) {
      const batches = await this.#store.ask("take", lane.id, last, Number.MAX_SAFE_INTEGER, upTo);
      if (batches.length === 0) break;
      for (const { id, frame } of batches) {
        last = id;
        if (frame) frames.set(id, unpacked(frame));
        else await this.#setAside(lane, id);
      }
    }
    const parts: Part[] = [];
    for (const { batch, ...part } of rows) {
      const columns = frames.get(batch);
      if (columns) parts.push({ columns, ...part });
    }
    return joinedOnly(parts);
  }

  async setPlan(lane: Lane, plan: Plan, state?: StreamerState): Promise<void> {
    const changes: Change[] = [{ kind: "set", name: `plan/${lane.id}`, value: plan }];
    if (state) {
      const stored = await this.#stored(lane);
      changes.push({
        kind: "set",
        name: streamerName(lane.device, stored!.streamer),
        value: state,
      });
    }
    await this.#store.apply(changes);
  }

  async storeOutcome(
    lane: Lane,
    report: OpenReport,
    plan: Plan,
    state: StreamerState,
    dead: readonly Rejected[],
  ): Promise<void> {
    const changes: Change[] = [
      { kind: "set", name: streamerName(lane.device, report.streamer), value: state },
    ];
    for (const { id, status, body } of dead) {
      const columns = await this.read(lane, report, id, id);
      changes.push({
        kind: "bury",
        frame: letter(lane, report.streamer, columns, {
          reason: "rejected by the cloud",
          status,
          body,
        }),
      });
    }
    if (plan.parts.length > 0 || plan.aside.length > 0) {
      changes.push({ kind: "set", name: `plan/${lane.id}`, value: plan });
    } else {
      const { record } = (await this.#store.ask("lane", lane.id))!;
      const done = record.sealed.batch;
      changes.push(
        { kind: "unset", name: `report/${lane.id}` },
        { kind: "unset", name: `plan/${lane.id}` },
        { kind: "set", name: `lane/${lane.id}`, value: { ...record, done } },
        {
          kind: "finish",
          lane: lane.id,
          batch: done,
          readings: report.last - report.first + 1,
        },
      );
    }
    await this.#store.apply(changes);
  }
}

function laneOf({ lane, record, readings, current }: LaneEntry): Lane {
  const { device, streamer } = record;
  return {
    id: lane,
    device: BigInt(`0x${device}`),
    streamer: streamer < 0 ? null : streamer,
    readings,
    current: streamer < 0 ? current : null,
  };
}

function streamerName(device: bigint, index: number): `streamer/${string}` {
  return `streamer/${deviceDigits(device)}/${index}`;
}

/** The readings of a frame, which must not be used afterwards. */
function unpacked(frame: Uint8Array): BareColumns {
  const columns = batchColumns(frame);
  // Raw data may be bytes of the frame itself.
  if (columns.rawData === undefined) free(frame);
  return columns;
}

/** Rows of several batches as one; the batches must not be used afterwards. */
function joinedOnly(parts: readonly Part[]): ReadingColumns {
  const columns = joined(parts);
  for (const part of parts) freeColumns(part.columns);
  return columns;
}
