/**
 * LaneReader, which reads the messages of a lane and reports damage and gaps.
 *
 * Invariant: a message only counts as gone if the leader of the stream does not have it but has later ones. Other
 * servers may lag, and so may a server that has just become the leader, or that was the leader before it was
 * frozen.
 *
 * @module
 */
import { Later } from "../_cloud.ts";
import { batchColumns } from "../_frames.ts";
import { joined, type Part } from "../_joined.ts";
import { pause } from "../_pauses.ts";
import type { BareColumns } from "../_pack.ts";
import type { Piece } from "../_pieces.ts";
import type { Bus } from "./_bus.ts";
import { bodyFrames, HEAD, type Head, readHead } from "./_messages.ts";
import type { Cursor } from "./_records.ts";
import type { Stored } from "./_stored.ts";

/**
 * The maximum number of messages in a report and in a request: with fewer, a backlog of messages with one reading
 * would take hours.
 */
const MOST_MESSAGES = 512;
const MOST_BYTES = 4 << 20;
/**
 * The pause in which a former leader learns that it is not the leader any more: longer than the next message of
 * the new leader takes.
 */
const STALE_MS = 1200;

/** The result of reading a lane. */
export interface LaneDraft {
  readonly parts: readonly Part[];
  readonly pieces: readonly Piece[];
  /** Its end. */
  readonly end: Cursor;
  /** The number of readings left in the last message. */
  readonly rest: number;
  /** Messages that cannot be read. */
  readonly damaged: readonly { readonly message: Stored; readonly head: Head | undefined }[];
  /** Missing readings: how many, and before which number. */
  readonly gone: readonly { readonly readings: number; readonly before: number }[];
}

/** Reads the messages of one stream. */
export class LaneReader {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * Continues to read from a place.
   *
   * @param known The number of readings of the lane and the sequence of its last message, if they are known.
   * @param skip Messages that the user gave up: a report ends before them.
   */
  async read(
    subject: string,
    from: Cursor,
    wanted: number,
    known: { readonly end: number; readonly endSeq: number },
    skip: readonly number[] = [],
  ): Promise<LaneDraft> {
    const parts: Part[] = [];
    const pieces: Piece[] = [];
    const damaged: { message: Stored; head: Head | undefined }[] = [];
    const gone: { readings: number; before: number }[] = [];
    let { seq, offset } = from;
    /** The number of the first reading of the next message. */
    let start = from.number - from.offset;
    let left = wanted;
    let rest = 0;
    /** The next message, which the leader has and the server that was asked has not. */
    let late: Stored | undefined;
    reading: while (left > 0 && pieces.length < MOST_MESSAGES && start < known.end) {
      const messages = late ? [late] : await this.#from(subject, seq + 1);
      late = undefined;
      if (messages.length === 0) {
        // More may come while this is looked at.
        const { end, endSeq } = known;
        await this.#mustBeGone(subject, seq + 1, endSeq);
        gone.push({ readings: end - start - offset, before: end });
        [seq, start, offset] = [Math.max(seq, endSeq), end, 0];
        break;
      }
      for (const message of messages) {
        const head = readHead(message.header(HEAD));
        if (head && head.from !== start) {
          const first = await this.#bus.next(subject, seq + 1);
          if (!first || first.seq > message.seq) throw lagging();
          if (first.seq < message.seq) {
            late = first;
            break;
          }
          // The leader knows this message, and none before it: one response says both.
          if (head.from > start + offset) {
            gone.push({ readings: head.from - start - offset, before: head.from });
          }
          [start, offset] = [head.from, 0];
        }
        if (head && skip.includes(message.seq)) {
          if (pieces.length > 0) break reading;
          [seq, start, offset] = [message.seq, start + head.readings, 0];
          continue;
        }
        const columns = head && columnsOf(message);
        if (!head || columns?.length !== head.readings) {
          damaged.push({ message, head });
          [seq, start, offset] = [message.seq, start + (head?.readings ?? 0), 0];
          continue;
        }
        const { length } = columns;
        const count = Math.min(length - offset, left);
        if (count > 0) {
          pieces.push([message.seq, offset, count]);
          parts.push({ columns, from: offset, to: offset + count });
        }
        left -= count;
        offset += count;
        rest = length - offset;
        if (rest <= 0) [seq, start, offset] = [message.seq, start + length, 0];
        if (left === 0 || pieces.length === MOST_MESSAGES) break;
      }
    }
    const end = { seq, offset, number: start + offset };
    return { parts, pieces, end, rest: Math.max(0, rest), damaged, gone };
  }

  async #from(subject: string, seq: number): Promise<readonly Stored[]> {
    const limits = { messages: MOST_MESSAGES, bytes: MOST_BYTES };
    const messages = await this.#bus.batch(subject, seq, limits);
    if (messages.length > 0) return messages;
    // The server may not have it yet.
    const next = await this.#bus.next(subject, seq);
    return next ? [next] : [];
  }

  /** A message of a subject; undefined if it is gone. */
  async #exactly(subject: string, seq: number): Promise<Stored | undefined> {
    const next = await this.#bus.next(subject, seq);
    if (next?.seq === seq) return next;
    // The leader has a later one, but not this one.
    if (!next) await this.#mustBeGone(subject, seq, seq);
    return undefined;
  }

  /**
   * Fails unless a leader that has a sequence has no message of the subject from another sequence on. Its state
   * is checked before and after, and all of this twice: for a moment, two servers may consider themselves the
   * leader.
   */
  async #mustBeGone(subject: string, from: number, known: number): Promise<void> {
    for (let round = 0; round < 2; round++) {
      if (round > 0) await pause(STALE_MS, new AbortController().signal);
      const before = await this.#leaderThatKnows(known);
      if (await this.#bus.next(subject, from)) throw lagging();
      if (await this.#leaderThatKnows(known) !== before) throw lagging();
    }
  }

  /** The name of the leader; fails if it does not have a sequence yet: missing messages may still arrive. */
  async #leaderThatKnows(seq: number): Promise<string | undefined> {
    const { state, cluster } = await this.#bus.info();
    if (state.last_seq < seq) throw lagging();
    return cluster?.leader;
  }

  /** The columns of messages by their sequence; damaged and missing ones are left out and reported. */
  async columns(
    subject: string,
    seqs: readonly number[],
  ): Promise<{ columns: Map<number, BareColumns>; missing: number[] }> {
    const columns = new Map<number, BareColumns>();
    const missing: number[] = [];
    const last = seqs[seqs.length - 1] ?? 0;
    const wanted = new Set(seqs);
    const found = new Map<number, Stored>();
    for (let from = seqs[0] ?? 1; from <= last;) {
      const messages = await this.#from(subject, from);
      for (const message of messages) if (wanted.has(message.seq)) found.set(message.seq, message);
      if (messages.length === 0) break;
      from = messages[messages.length - 1]!.seq + 1;
    }
    for (const seq of seqs) {
      const message = found.get(seq) ?? await this.#exactly(subject, seq);
      const read = message && readHead(message.header(HEAD)) && columnsOf(message);
      if (read) columns.set(seq, read);
      else missing.push(seq);
    }
    return { columns, missing };
  }
}

function lagging(): Later {
  return new Later("a server of the queue lags behind", undefined, true);
}

/** The readings of a message; undefined if it is damaged. */
function columnsOf({ data }: Stored): BareColumns | undefined {
  const frames = bodyFrames(data);
  if (!frames) return undefined;
  try {
    const all = frames.map((frame) => batchColumns(frame));
    if (all.length === 1) return all[0];
    return joined(all.map((columns) => ({ columns, from: 0, to: columns.length })));
  } catch {
    return undefined; // Its CRC is right, but it was not written by a gateway.
  }
}
