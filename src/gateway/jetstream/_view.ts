/**
 * View, what one gateway knows of all of them: the lanes with what waits in them, the gateways that run, who sends
 * what. It comes from one consumer, which delivers headers alone: at first the last message of each subject, then
 * all new ones, in order.
 *
 * Invariant: what the view says is as of one sequence of the stream, `seq`. A heartbeat of our own that comes back
 * here says that everything before it was seen.
 *
 * @module
 */
import {
  DEAD,
  DONE,
  HEAD,
  HELD,
  type LaneName,
  laneOfSubject,
  laneSubject,
  MEMBER,
  OWNER,
  readDone,
  readHead,
  shardOf,
} from "./_messages.ts";
import type { Delivery } from "./_consumer.ts";

/** A lane, as far as the headers tell. */
export interface LaneView extends LaneName {
  /** Its number in this process. */
  readonly id: number;
  readonly subject: string;
  readonly shard: number;
  /** Readings that it has had. */
  end: number;
  /** The sequence of its last message. */
  endSeq: number;
  /** Readings of it that were counted or given up. */
  done: number;
  /** The last message all of whose readings were. */
  doneSeq: number;
}

/** A gateway that runs. */
interface MemberView {
  readonly id: string;
  /** What it says of itself. */
  readonly about: MemberAbout;
  /** When it was heard of last, by `performance.now()`. */
  readonly seen: number;
}

/** What a gateway says of itself. */
export interface MemberAbout {
  /** Host and process. */
  readonly name: string;
  readonly role: "both" | "collector" | "sender";
  /** ISO 8601. */
  readonly since: string;
  /** It stops: others take its shards. */
  readonly leaving?: boolean;
}

/** Who sends a shard. */
interface OwnerView {
  /** Empty: none, since its last owner has stopped. */
  readonly owner: string;
  /** The sequence of the message that says so. */
  readonly seq: number;
}

/** What one gateway knows of all of them. */
export class View {
  readonly #lanes = new Map<string, LaneView>();
  readonly #byId: LaneView[] = [];
  readonly #dead = new Map<string, number>();
  readonly #held = new Map<string, number>();
  readonly members = new Map<string, MemberView>();
  readonly owners = new Map<number, OwnerView>();
  /** Everything up to this sequence was seen. */
  seq = 0;
  /** Is called with a lane that has new readings. */
  onLane: (lane: LaneView) => void = () => {};
  /** Is called with the device of a record, and its sequence. */
  onRecord: (device: bigint, seq: number) => void = () => {};
  /** Is called when another has removed so many readings of a lane that waited. */
  onPurged: (lane: LaneView, readings: number) => void = () => {};
  /** Is called when a gateway came or went, or an owner changed. */
  onMember: () => void = () => {};

  /** Takes a message. */
  take({ subject, seq, header }: Delivery): void {
    this.seq = Math.max(this.seq, seq);
    switch (subject[0]) {
      case "r": {
        const head = readHead(header(HEAD));
        if (head) this.stored(subject, seq, head.from + head.readings, head.from);
        break;
      }
      case "s":
        this.record(subject, header(DONE), Number(header(HELD) || 0));
        this.onRecord(BigInt(`0x${subject.split(".")[2]}`), seq);
        break;
      case "x":
        this.#dead.set(subject, Number(header(DEAD) || 0));
        if (this.#dead.get(subject) === 0) this.#dead.delete(subject);
        break;
      case "m": {
        const id = subject.slice(2);
        const about = JSON.parse(header(MEMBER) || "{}") as MemberAbout;
        const known = this.members.get(id);
        this.members.set(id, { id, about, seen: performance.now() });
        if (!known || about.leaving) this.onMember();
        break;
      }
      case "o":
        this.owners.set(parseInt(subject.slice(2), 16), { owner: header(OWNER), seq });
        this.onMember();
        break;
    }
  }

  /** Readings were stored in a lane. */
  stored(subject: string, seq: number, end: number, from = end): void {
    const lane = this.#laneOf(subject);
    if (!lane || seq <= lane.endSeq) return;
    // A lane without messages continues behind what is sealed: what had waited behind that was purged.
    if (from < lane.end) this.onPurged(lane, lane.end - from);
    lane.endSeq = seq;
    lane.end = end;
    this.onLane(lane);
  }

  /** The record of a device says what is done of its lanes, and how many of its streamers are held. */
  record(subject: string, done: string, held: number): void {
    const [, shard, device] = subject.split(".");
    for (const { lane: streamer, done: count, doneSeq } of readDone(done)) {
      const lane = this.#laneOf(`r.${shard}.${device}.${streamer}`);
      if (!lane || count < lane.done) continue;
      lane.done = count;
      lane.doneSeq = doneSeq;
    }
    if (held > 0) this.#held.set(subject, held);
    else this.#held.delete(subject);
  }

  #laneOf(subject: string): LaneView | undefined {
    const known = this.#lanes.get(subject);
    if (known) return known;
    const name = laneOfSubject(subject);
    if (!name) return undefined;
    const shard = shardOf(name.device);
    const id = this.#byId.length;
    const lane = { ...name, id, subject, shard, end: 0, endSeq: 0, done: 0, doneSeq: 0 };
    this.#byId.push(lane);
    this.#lanes.set(subject, lane);
    return lane;
  }

  /** A lane by its number. */
  lane(id: number): LaneView | undefined {
    return this.#byId[id];
  }

  /** A lane by its name. */
  byName(name: LaneName): LaneView | undefined {
    return this.#lanes.get(laneSubject(name));
  }

  /** All lanes that have had readings. */
  get lanes(): readonly LaneView[] {
    return this.#byId;
  }

  /** Dead letters: their subjects, and how many readings they have. */
  get dead(): ReadonlyMap<string, number> {
    return this.#dead;
  }

  /** How many streamers are held. */
  get held(): number {
    let sum = 0;
    for (const held of this.#held.values()) sum += held;
    return sum;
  }

  /** The stream is a new one: nothing of the old one is left. The numbers of lanes stay. */
  forget(): void {
    for (const lane of this.#byId) Object.assign(lane, { end: 0, endSeq: 0, done: 0, doneSeq: 0 });
    this.#dead.clear();
    this.#held.clear();
    this.members.clear();
    this.owners.clear();
    this.seq = 0;
  }
}
