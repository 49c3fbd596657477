/**
 * The sending side of a queue on JetStream.
 *
 * Invariants that this file maintains, with the records:
 * 3. The ids and the time of a report are in the record before its first byte is sent, and never change: `seal`
 *    stores its readings by message, which determines the ids.
 * 4. Only `storeOutcome` removes readings from the queue, in the batch that stores the proof or the decision.
 * 6. Damaged and missing readings are reported, and sending continues after them.
 *
 * @module
 */
import type { ReadingColumns } from "../../readings/reading_columns.ts";
import { letter } from "../_dead_letter.ts";
import { deviceDigits, deviceText } from "../_device_text.ts";
import { deadFrame } from "../_frames.ts";
import { joined, type Part } from "../_joined.ts";
import { LaneListeners } from "../_lane_listeners.ts";
import { rowsBetween } from "../_pieces.ts";
import type { Plan, Rejected } from "../_plan.ts";
import type { StoreEvent } from "../_store_event.ts";
import type { Draft, Lane, OpenReport, Outbox, StreamerState } from "../outbox.ts";
import type { Bus, Outgoing } from "./_bus.ts";
import { type LaneDraft, LaneReader } from "./_lane_reader.ts";
import { DEAD, deadSubject, laneKey } from "./_messages.ts";
import type { Purger } from "./_purger.ts";
import {
  type Cursor,
  type DeviceRecord,
  type LaneRecord,
  laneRecord,
  NEW_LANE,
  Overtaken,
  type Records,
  type StoredReport,
} from "./_records.ts";
import type { LaneView, View } from "./_view.ts";

/** The parts that an outbox uses. */
interface OutboxParts {
  readonly bus: Bus;
  readonly view: View;
  readonly records: Records;
  readonly purger: Purger;
  /** Whether this gateway owns a shard. */
  owns(shard: number): boolean;
  /** Whether it may begin new reports of a shard. */
  sends(shard: number): boolean;
  /** Reports an event to users. */
  tell(event: StoreEvent): void;
}

/** Readings that are not part of a report, with their beginning and end. */
interface OwnDraft extends Draft {
  readonly begin: Cursor;
  readonly end: Cursor;
}

/** The outbox of one gateway. */
export class JetStreamOutbox extends LaneListeners implements Outbox {
  readonly #parts: OutboxParts;
  readonly #reader: LaneReader;
  /** The number of the change of each lane that its sender has seen and bases its decisions on. */
  readonly #revs = new Map<number, number>();
  /** Damage and gaps that were already reported. */
  readonly #told = new Set<string>();

  constructor(parts: OutboxParts) {
    super();
    this.#parts = parts;
    this.#reader = new LaneReader(parts.bus);
  }

  lanes(): Promise<Lane[]> {
    const { records } = this.#parts;
    const lanes = this.#waiting().map((lane) => {
      const record = records.known(lane.device);
      return laneOf(lane, record ? laneRecord(record, lane.streamer) : NEW_LANE);
    });
    return Promise.resolve(lanes);
  }

  waiting(): Promise<Pick<Lane, "id" | "device" | "streamer">[]> {
    return Promise.resolve(
      this.#waiting().map(({ id, device, streamer }) => ({
        id,
        device,
        streamer: streamer < 0 ? null : streamer,
      })),
    );
  }

  #waiting(): LaneView[] {
    const { view, sends } = this.#parts;
    return view.lanes.filter(({ end, done, shard }) => end > done && sends(shard));
  }

  async lane(id: number): Promise<Lane | undefined> {
    const { view, sends, records } = this.#parts;
    const lane = view.lane(id);
    if (!lane || !sends(lane.shard)) return undefined;
    const record = laneRecord(await records.read(lane.device), lane.streamer);
    this.#revs.set(id, record.rev ?? 0);
    return laneOf(lane, record);
  }

  async streamer(device: bigint, index: number): Promise<StreamerState | undefined> {
    return (await this.#parts.records.read(device)).streamers[index];
  }

  async setStreamer(device: bigint, index: number, state: StreamerState): Promise<void> {
    // A streamer that batches request has a separate lane; all others belong to the lane whose streamer the
    // gateway chooses.
    const streamer = this.#parts.view.byName({ device, streamer: index }) ? index : -1;
    await this.#write({ device, streamer }, (record) => record, { index, state });
  }

  async report(lane: Lane): Promise<OpenReport | undefined> {
    const { report } = laneRecord(await this.#parts.records.read(lane.device), lane.streamer ?? -1);
    if (!report) return undefined;
    const { pieces: _, ...open } = report;
    return open;
  }

  async draft(lane: Lane, readings: number): Promise<Draft | undefined> {
    const view = this.#view(lane);
    const { sealed, skip } = await this.#record(lane);
    const read = await this.#reader.read(view.subject, sealed, readings, view, skip);
    if (read.damaged.length + read.gone.length > 0) await this.#mustBeCurrent(lane);
    const dead = read.damaged.map((it) => this.#damaged(view, it));
    this.#tellGone(view, read);
    if (read.parts.length === 0) {
      if (read.end.number === sealed.number && read.end.seq === sealed.seq) return undefined;
      await this.#write(
        nameOf(lane),
        (record) => ({
          ...behind(record, read.end),
          ...(!record.report && { done: read.end.number, doneSeq: read.end.seq }),
        }),
        undefined,
        dead,
      );
      return undefined;
    }
    // The cursor moves past them with the report; a dead letter that is written twice is stored once.
    for (const message of dead) await this.#parts.bus.store([message]);
    const { pieces, rest, end } = read;
    const columns = joined(read.parts);
    return { columns, pieces, rest, begin: sealed, end } as OwnDraft;
  }

  /** The dead letter of a message that cannot be read. */
  #damaged(lane: LaneView, { message, head }: LaneDraft["damaged"][number]): Outgoing {
    const readings = head?.readings ?? 0;
    const device = deviceText(lane.device);
    this.#tellOnce(`damaged ${message.seq}`, {
      level: "error",
      message: `A message of device ${device} is damaged (sequence ${message.seq}, ${
        head ? `${readings} readings` : "it was not written by a gateway"
      }): it was set aside as dead letter`,
      dropped: readings,
    });
    const about = {
      device: deviceDigits(lane.device),
      streamer: lane.streamer,
      ids: null,
      readings,
      reason: "damaged",
      at: message.time,
    };
    const most = this.#parts.bus.server.max_payload * 0.95;
    return {
      subject: deadSubject(lane.device, `damaged-${message.seq}`),
      data: deadFrame(about, message.data.length < most ? message.data : undefined),
      headers: { [DEAD]: String(Math.max(1, readings)), "Nats-Rollup": "sub" },
    };
  }

  #tellGone(lane: LaneView, { gone }: LaneDraft): void {
    for (const { readings, before } of gone) {
      this.#tellOnce(`gone ${lane.subject} ${before}`, {
        level: "error",
        message:
          `${readings} readings of device ${
            deviceText(lane.device)
          } are not in the stream any more, before ` +
          `reading ${before} of its lane: another program has purged or deleted them, and they are lost`,
        dropped: readings,
      });
    }
  }

  #tellOnce(what: string, event: StoreEvent): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#parts.tell(event);
  }

  async seal(lane: Lane, draft: Draft, report: OpenReport, state: StreamerState): Promise<void> {
    const { begin, end, pieces } = draft as OwnDraft;
    await this.#write(nameOf(lane), (record) => {
      if (record.sealed.seq !== begin.seq || record.sealed.offset !== begin.offset) {
        throw new Overtaken();
      }
      const stored = { ...report, pieces: [...record.report?.pieces ?? [], ...pieces] };
      return {
        ...behind(record, end),
        report: stored as StoredReport,
        ...(lane.streamer === null && { current: report.streamer }),
      };
    }, { index: report.streamer, state });
  }

  async read(lane: Lane, report: OpenReport, lo: number, hi: number): Promise<ReadingColumns> {
    const { report: stored } = await this.#record(lane);
    if (stored?.first !== report.first || stored.sent !== report.sent) throw new Overtaken();
    const view = this.#view(lane);
    const wanted = rowsBetween(stored, lo, hi);
    const { columns, missing } = await this.#reader.columns(
      view.subject,
      [...new Set(wanted.map(({ batch }) => batch))],
    );
    if (missing.length > 0) await this.#mustBeCurrent(lane);
    for (const seq of missing) {
      const lost = wanted.filter(({ batch }) => batch === seq);
      const dropped = lost.reduce((sum, { from, to }) => sum + to - from, 0);
      this.#tellOnce(`missing ${view.subject} ${seq}`, {
        level: "error",
        message: `${dropped} readings of device ${deviceText(lane.device)} (ids ${
          lost[0]!.first
        } to ${
          lost[0]!.first + dropped - 1
        }) are damaged or not in the stream any more: they are lost`,
        dropped,
      });
    }
    const parts: Part[] = [];
    for (const { batch, ...part } of wanted) {
      const found = columns.get(batch);
      if (found) parts.push({ columns: found, ...part });
    }
    return joined(parts);
  }

  async setPlan(lane: Lane, plan: Plan, state?: StreamerState): Promise<void> {
    let index = 0;
    await this.#write(
      nameOf(lane),
      (record) => {
        if (!record.report) throw new Overtaken();
        index = record.report.streamer;
        return { ...record, report: { ...record.report, plan } };
      },
      state && { index: () => index, state },
    );
  }

  async storeOutcome(
    lane: Lane,
    report: OpenReport,
    plan: Plan,
    state: StreamerState,
    dead: readonly Rejected[],
  ): Promise<void> {
    const letters: Outgoing[] = [];
    for (const { id, status, body } of dead) {
      const columns = await this.read(lane, report, id, id);
      const why = { reason: "rejected by the cloud", status, body };
      letters.push({
        subject: deadSubject(lane.device, `${report.streamer}-${id}`),
        data: letter(lane, report.streamer, columns, why),
        headers: { [DEAD]: String(Math.max(1, columns.length)), "Nats-Rollup": "sub" },
      });
    }
    const isOver = plan.parts.length === 0 && plan.aside.length === 0;
    let done = 0;
    await this.#write(
      nameOf(lane),
      (record) => {
        if (record.report?.first !== report.first) throw new Overtaken();
        if (!isOver) return { ...record, report: { ...record.report, plan } };
        const { report: _, ...rest } = record;
        done = rest.sealed.seq;
        return { ...rest, done: rest.sealed.number, doneSeq: done };
      },
      { index: report.streamer, state },
      letters,
    );
    if (isOver) this.#parts.purger.done(this.#view(lane).subject, done);
  }

  #view({ id }: Lane): LaneView {
    const view = this.#parts.view.lane(id);
    if (!view) throw new Overtaken();
    return view;
  }

  /** The record of a lane, if its sender has seen this version. */
  async #record(lane: Lane): Promise<LaneRecord> {
    const record = laneRecord(await this.#parts.records.read(lane.device), lane.streamer ?? -1);
    if ((record.rev ?? 0) !== this.#revs.get(lane.id)) throw new Overtaken();
    return record;
  }

  /**
   * Fails if another gateway has written the record: missing readings may have been counted and purged since
   * then.
   */
  async #mustBeCurrent({ id, device, streamer }: Lane): Promise<void> {
    const { records } = this.#parts;
    const { rev = 0 } = laneRecord(await records.fresh(device), streamer ?? -1);
    if (rev === (this.#revs.get(id) ?? 0)) return;
    records.forget(device);
    throw new Overtaken();
  }

  /** Changes the record of a lane, and with it the state of a streamer, if its sender knows the current version. */
  async #write(
    name: { readonly device: bigint; readonly streamer: number },
    change: (record: LaneRecord) => LaneRecord,
    streamer?: { readonly index: number | (() => number); readonly state: StreamerState },
    more: readonly Outgoing[] = [],
  ): Promise<void> {
    const { records, view, owns } = this.#parts;
    const key = laneKey(name.streamer);
    const lane = view.byName(name);
    if (!lane || !owns(lane.shard)) throw new Overtaken();
    const now = await records.write(name.device, (record: DeviceRecord): DeviceRecord => {
      const before = laneRecord(record, name.streamer);
      if ((before.rev ?? 0) !== (this.#revs.get(lane.id) ?? 0)) throw new Overtaken();
      const after = { ...change(before) };
      const { index = 0, state } = streamer ?? {};
      return {
        ...record,
        lanes: { ...record.lanes, [key]: after },
        streamers: {
          ...record.streamers,
          ...(state && { [typeof index === "number" ? index : index()]: state }),
        },
      };
    }, more);
    this.#revs.set(lane.id, now.lanes[key]!.rev!);
  }
}

/** A record whose cursor has moved: everything that was left out before it is done. */
function behind({ skip, ...record }: LaneRecord, sealed: Cursor): LaneRecord {
  const left = skip?.filter((seq) => seq > sealed.seq) ?? [];
  return { ...record, sealed, ...(left.length > 0 && { skip: left }) };
}

function nameOf({ device, streamer }: Lane): { device: bigint; streamer: number } {
  return { device, streamer: streamer ?? -1 };
}

function laneOf({ id, device, streamer, end }: LaneView, record: LaneRecord): Lane {
  return {
    id,
    device,
    streamer: streamer < 0 ? null : streamer,
    readings: Math.max(0, end - record.done),
    current: streamer < 0 ? record.current ?? null : null,
  };
}
