/**
 * View, the knowledge of one gateway about the queue and the other gateways: the lanes and their waiting
 * readings, the running gateways, and which of them sends which shard. It is built by one consumer, which only
 * delivers headers: at first the last message of each subject, then all new ones, in order.
 *
 * Invariant: the view is the state of the stream at one sequence, `seq`. When one of our own heartbeats arrives
 * here, everything before it was seen.
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

/** The state of a lane according to the headers. */
export interface LaneView extends LaneName {
  /** Its number in this process. */
  readonly id: number;
  readonly subject: string;
  readonly shard: number;
  /** The number of all its readings so far. */
  end: number;
  /** The sequence of its last message. */
  endSeq: number;
  /** The number of its readings that were counted or given up. */
  done: number;
  /** The last message of which all readings were. */
  doneSeq: number;
}

/** A gateway that runs. */
interface MemberView {
  readonly id: string;
  /** Its description of itself. */
  readonly about: MemberAbout;
  /** When its last heartbeat arrived, as in `performance.now()`. */
  readonly seen: number;
}

/** The description that a gateway publishes. */
export interface MemberAbout {
  /** Host and process. */
  readonly name: string;
  readonly role: "both" | "collector" | "sender";
  /** ISO 8601. */
  readonly since: string;
  /** It is stopping: others take its shards. */
  readonly leaving?: boolean;
}

/** Who sends a shard. */
interface OwnerView {
  /** Empty: no gateway, because its last owner has stopped. */
  readonly owner: string;
  /** The sequence of the message with this owner. */
  readonly seq: number;
}

/** The knowledge of one gateway about the queue and the other gateways. */
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
  /** Is called when another program has removed waiting readings of a lane, with their number. */
  onPurged: (lane: LaneView, readings: number) => void = () => {};
  /** Is called when a gateway started or stopped, or an owner changed. */
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
    // A lane without messages continues after the sealed readings: later readings were purged.
    if (from < lane.end) this.onPurged(lane, lane.end - from);
    lane.endSeq = seq;
    lane.end = end;
    this.onLane(lane);
  }

  /** The record of a device has the done part of its lanes, and the number of its held streamers. */
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

  /** All lanes that have ever had readings. */
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

  /** The stream is a new one: all state of the old one is dropped. The numbers of lanes stay. */
  forget(): void {
    for (const lane of this.#byId) Object.assign(lane, { end: 0, endSeq: 0, done: 0, doneSeq: 0 });
    this.#dead.clear();
    this.#held.clear();
    this.members.clear();
    this.owners.clear();
    this.seq = 0;
  }
}
