/**
 * Imports the contents of another queue into a queue on JetStream: the other half of `../move.ts`. Gateways may
 * use the queue at the same time.
 *
 * Invariants that this file maintains:
 * 1. Each part of the file is stored atomically with the progress of the import, which is compared: even if it is
 *    killed at any point or runs twice at the same time, it stores each batch once.
 * 2. The state of a streamer is stored before any of its readings: no reading gets an id that was used.
 *
 * @module
 */
import { ArchFxDeviceSlug } from "../../slugs/mod.ts";
import { deadFrame, readBatch } from "../_frames.ts";
import {
  adoptedState,
  checkQueueFile,
  type Imported,
  importEntries,
  progressOf,
  type States,
  TOGETHER,
} from "../_import_file.ts";
import { type DeadEntry, readQueueFile, type StreamerEntry } from "../_queue_file.ts";
import type { ImportProgress } from "../_records.ts";
import { step } from "../_steps.ts";
import { QueueError } from "../errors.ts";
import type { StreamerState } from "../outbox.ts";
import { type Bus, isOvertaken, JetStreamError, type Outgoing } from "./_bus.ts";
import {
  body,
  DEAD,
  deadSubject,
  fitting,
  HEAD,
  headText,
  keySubject,
  laneOfSubject,
  laneSubject,
  positionSubject,
  readHead,
} from "./_messages.ts";
import { type DeviceRecord, laneRecord, Records } from "./_records.ts";

const DAY_SECONDS = 86_400;
const ATTEMPTS = 40;
const PAUSE_MS = 250;

/** The end of a lane: its last message, and the number of readings up to it. */
interface End {
  readonly seq: number;
  readonly number: number;
}

/**
 * Stores the contents of a file in a queue on JetStream.
 *
 * @param bus The stream, which exists.
 * @param path The file.
 * @param options A signal that stops it. It can be repeated.
 * @returns How much was stored, and how much already existed.
 * @throws {QueueError} If the file is damaged or incomplete, or the queue has already used later ids; nothing is
 * stored then.
 */
export async function importToJetStream(
  bus: Bus,
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<Imported> {
  const states = await checkQueueFile(path, signal);
  return await new Importer(bus, path, states).run(signal);
}

class Importer {
  readonly #bus: Bus;
  readonly #path: string;
  readonly #states: States;
  readonly #records: Records;
  readonly #source: string;
  readonly #ends = new Map<string, End>();
  /** The sequence of the last stored progress. */
  #seq = 0;

  constructor(bus: Bus, path: string, states: States) {
    this.#bus = bus;
    this.#path = path;
    this.#states = states;
    this.#records = new Records(bus, () => {});
    this.#source = `import/${states.head.queue}`;
  }

  async run(signal: AbortSignal): Promise<Imported> {
    const { move } = this.#states.head;
    const before = await this.#progress();
    const begin = progressOf(move, before);
    if (before?.move !== move) await this.#begin(begin);
    return await importEntries(this.#path, begin, signal, async ({ frames, dead, progress }) => {
      const letters = dead.map(({ entry, number }) => deadLetter(entry, `${move}-${number}`));
      await this.#store(frames, letters, progress);
    });
  }

  /** The progress of the import, which is stored as the position of a special source. */
  async #progress(): Promise<ImportProgress | undefined> {
    const last = await this.#bus.last(positionSubject(this.#source));
    this.#seq = last?.seq ?? 0;
    if (!last) return undefined;
    const { position } = JSON.parse(new TextDecoder().decode(last.data)) as { position: string };
    return JSON.parse(position) as ImportProgress;
  }

  /** The state of streamers, sources and keys, before any batch. */
  async #begin(progress: ImportProgress): Promise<void> {
    const wrong = (what: string) => new QueueError(`Cannot import "${this.#path}": ${what}`);
    const { streamers, positions } = this.#states;
    const devices = new Map<bigint, StreamerEntry[]>();
    for (const entry of streamers) {
      const { id } = new ArchFxDeviceSlug(entry.device);
      devices.set(id, [...devices.get(id) ?? [], entry]);
    }
    const more: Outgoing[] = [];
    for (const { source, position } of positions) {
      const subject = positionSubject(source);
      const last = await this.#bus.last(subject);
      const here = last && JSON.parse(new TextDecoder().decode(last.data)).position;
      if (last && here !== position) {
        throw wrong(`this queue already has a position of the source "${source}"`);
      }
      if (!last) more.push(positionMessage(source, position, 0));
    }
    // All checks are done before the first change.
    for (const [device, entries] of devices) {
      adopted(this.#path, await this.#records.fresh(device), entries, this.#states);
    }
    for (const [device, entries] of devices) {
      await this.#records.write(
        device,
        (record) => adopted(this.#path, record, entries, this.#states),
      );
      step("import states");
    }
    await this.#keys();
    if (more.length > 900) {
      throw wrong(
        `it has the positions of ${more.length} sources, but only 900 can be stored together`,
      );
    }
    await this.#store([], more, progress);
  }

  /** Storing a key twice does no harm. */
  async #keys(): Promise<void> {
    let keys: Outgoing[] = [];
    const flush = async () => {
      if (keys.length > 0) await this.#bus.store(keys);
      keys = [];
    };
    for await (const entry of readQueueFile(this.#path)) {
      if (entry.kind === "batch" || entry.kind === "dead") break;
      if (entry.kind !== "key") continue;
      const left = Math.max(1, Math.ceil(DAY_SECONDS - entry.age));
      keys.push({
        subject: await keySubject(entry.name),
        data: new Uint8Array(),
        headers: { [HEAD]: this.#states.head.move, "Nats-TTL": `${left}s`, "Nats-Rollup": "sub" },
      });
      if (keys.length === TOGETHER.entries) await flush();
    }
    await flush();
  }

  /** Stores frames and other messages with the progress of the import, atomically. */
  async #store(
    frames: readonly Uint8Array[],
    more: readonly Outgoing[],
    progress: ImportProgress,
  ): Promise<void> {
    const id = crypto.randomUUID();
    const subject = positionSubject(this.#source);
    const most = Math.floor(this.#bus.server.max_payload * 0.9);
    const lanes = new Map<string, Uint8Array[]>();
    for (const frame of frames) {
      const lane = laneSubject(readBatch(frame));
      lanes.set(lane, [...lanes.get(lane) ?? [], ...fitting(frame, most)]);
    }
    for (let attempt = 1;; attempt++) {
      const messages = [...more];
      for (const [lane, list] of lanes) messages.push(...await this.#laneMessages(lane, list, id));
      const position = positionMessage(this.#source, JSON.stringify(progress), this.#seq, id);
      messages.push(position);
      try {
        this.#seq = await this.#bus.store(messages);
        this.#moved(messages);
        return;
      } catch (error) {
        this.#ends.clear();
        if (await this.#isStored(subject, id)) return;
        const isFinal = error instanceof JetStreamError && !isOvertaken(error);
        if (attempt === ATTEMPTS || isFinal) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * Math.random()));
      }
    }
  }

  /** Whether messages were stored although the response was an error. */
  async #isStored(subject: string, id: string): Promise<boolean> {
    for (let attempt = 1;; attempt++) {
      try {
        const last = await this.#bus.last(subject);
        if (last?.header(HEAD) === id) {
          this.#seq = last.seq;
          return true;
        }
        if ((last?.seq ?? 0) === this.#seq) return false;
        throw new QueueError(`Cannot import "${this.#path}": another import of it is running`);
      } catch (error) {
        if (error instanceof QueueError || attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  /** Frames as messages after the last one of their lane. */
  async #laneMessages(
    subject: string,
    frames: readonly Uint8Array[],
    push: string,
  ): Promise<Outgoing[]> {
    let end = this.#ends.get(subject);
    if (!end) this.#ends.set(subject, end = await this.#endOf(subject));
    let { number } = end;
    return frames.map((frame, i): Outgoing => {
      const { readings } = readBatch(frame);
      const headers = { [HEAD]: headText({ push, from: number, readings }) };
      number += readings;
      return { subject, data: body([frame]), headers, ...(i === 0 && { after: end.seq }) };
    });
  }

  async #endOf(subject: string): Promise<End> {
    const last = await this.#bus.last(subject);
    const head = last && readHead(last.header(HEAD));
    if (head) return { seq: last.seq, number: head.from + head.readings };
    const { device, streamer } = laneOfSubject(subject)!;
    const { sealed } = laneRecord(await this.#records.fresh(device), streamer);
    return { seq: last?.seq ?? 0, number: sealed.number };
  }

  /** The current ends of the lanes. */
  #moved(messages: readonly Outgoing[]): void {
    for (const [i, { subject, headers }] of messages.entries()) {
      const head = readHead(headers[HEAD] ?? "");
      if (!head || !this.#ends.has(subject)) continue;
      const seq = this.#seq - (messages.length - 1) + i;
      this.#ends.set(subject, { seq, number: head.from + head.readings });
    }
  }
}

/** A record with the state of the streamers of its device from the file. */
function adopted(
  path: string,
  record: DeviceRecord,
  entries: readonly StreamerEntry[],
  { head, assigned }: States,
): DeviceRecord {
  // It was imported before the import was killed, and reports may have been sent to it since then.
  if (record.imported?.includes(head.move)) return record;
  const wrong = (what: string) => new QueueError(`Cannot import "${path}": ${what}`);
  const streamers: Record<string, StreamerState> = { ...record.streamers };
  for (const entry of entries) {
    const { device, streamer } = entry;
    streamers[streamer] = adoptedState(path, entry, streamers[streamer]);
    const reports = Object.values(record.lanes).map(({ report }) => report);
    if (reports.some((report) => report?.streamer === streamer)) {
      throw wrong(`this queue has a report of ${device}, streamer ${streamer}, in flight`);
    }
    if (assigned.has(`${device}/${streamer}`)) {
      throw wrong(
        `readings of ${device} already have ids, but this queue assigns ids when it sends: export the queue ` +
          "with this version",
      );
    }
  }
  // A sender that knows the old version of the device reads it again.
  const lanes = Object.fromEntries(
    Object.entries(record.lanes).map((
      [name, lane],
    ) => [name, { ...lane, rev: (lane.rev ?? 0) + 1 }]),
  );
  return { ...record, lanes, streamers, imported: [...record.imported ?? [], head.move] };
}

function positionMessage(source: string, position: string, after: number, id = "import"): Outgoing {
  return {
    subject: positionSubject(source),
    data: new TextEncoder().encode(JSON.stringify({ source, position })),
    headers: { [HEAD]: id, "Nats-Rollup": "sub" },
    after,
  };
}

/** A dead letter; a repeated one has the same subject. */
function deadLetter(entry: DeadEntry, key: string): Outgoing {
  const { device, readings = 0 } = entry.about as { device?: string; readings?: number };
  return {
    subject: deadSubject(BigInt(`0x${device || "0"}`), key),
    data: deadFrame(entry.about, entry.frame),
    headers: { [DEAD]: String(readings) },
  };
}
