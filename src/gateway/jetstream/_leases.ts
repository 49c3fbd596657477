/**
 * Leases, which distribute the shards of the devices to the gateways that send.
 *
 * Every gateway sends a heartbeat every two seconds. Each one calculates who should own a shard, by the same
 * rule, from the gateways whose heartbeats it has received in the last seven seconds. A shard whose owner is gone
 * is claimed with compare-and-swap; an owner passes a shard that should belong to another gateway to that one.
 *
 * A lease only avoids duplicate work: nothing else depends on it. If two gateways think that they own the same
 * shard, the records (`_records.ts`) prevent harm.
 *
 * @module
 */
import type { GatewayRole } from "../types.ts";
import { type Bus, JetStreamError, type Outgoing } from "./_bus.ts";
import { HEAD, MEMBER, OWNER, SHARDS, shardText } from "./_messages.ts";
import type { MemberAbout, View } from "./_view.ts";

/** Times, in ms. */
export interface LeaseTimes {
  /** How often a gateway sends a heartbeat. */
  readonly heartbeatMs: number;
  /** When it is considered dead. */
  readonly expireMs: number;
}

/** The times of the design: a streamer changes its owner within ten seconds. */
export const LEASE_TIMES: LeaseTimes = { heartbeatMs: 2000, expireMs: 7000 };
const MEMBER_TTL = "60s", LEFT_TTL = "10s";
/**
 * How many shards are claimed at a time: if another gateway was faster with one, the claims of the whole group
 * fail.
 */
const GROUP = 64;

/** The leases of one gateway. */
export class Leases {
  readonly #bus: Bus;
  readonly #view: View;
  readonly #times: LeaseTimes;
  readonly #id = crypto.randomUUID().slice(0, 13);
  readonly #about: MemberAbout;
  #owned = new Set<number>();
  /** Our shards that were requested while this gateway could not be sure of them. */
  readonly #denied = new Set<number>();
  /** Shards that another gateway will get, and when: requests in flight get some time to end. */
  readonly #giving = new Map<number, number>();
  /** When one of our heartbeats came back through the view. */
  #echo = -Infinity;
  #beat = -Infinity;
  #ticking = false;
  #left = false;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Is called when shards were gained or lost. */
  onChange: (gained: readonly number[], lost: readonly number[]) => void = () => {};

  constructor(
    bus: Bus,
    view: View,
    { role, name, times = LEASE_TIMES }: {
      readonly role: GatewayRole;
      readonly name: string;
      readonly times?: LeaseTimes;
    },
  ) {
    this.#bus = bus;
    this.#view = view;
    this.#times = times;
    this.#about = { name, role, since: new Date().toISOString() };
    view.onMember = () => this.#tick();
    this.#timer = setInterval(() => this.#tick(), times.heartbeatMs / 4);
    this.#tick();
  }

  /** The name of this gateway. */
  get id(): string {
    return this.#id;
  }

  /** Whether this gateway owns a shard. After it was frozen, it owns none until it has seen all changes. */
  owns(shard: number): boolean {
    if (!this.#owned.has(shard)) return false;
    if (this.#isCurrent()) return true;
    this.#denied.add(shard);
    return false;
  }

  /** Whether it may begin new reports of a shard, which is not the case if it is about to give the shard away. */
  sends(shard: number): boolean {
    if (!this.owns(shard)) return false;
    if (!this.#giving.has(shard)) return true;
    this.#denied.add(shard);
    return false;
  }

  #isCurrent(): boolean {
    return performance.now() - this.#echo < this.#times.expireMs - this.#times.heartbeatMs / 2;
  }

  #tick(): void {
    if (this.#left || this.#ticking) return;
    this.#ticking = true;
    // The timer tries again after an error.
    this.#step().catch(() => {}).finally(() => this.#ticking = false);
  }

  async #step(): Promise<void> {
    const now = performance.now();
    if (now - this.#beat >= this.#times.heartbeatMs) {
      this.#beat = now;
      await this.#heartbeat(this.#about, MEMBER_TTL);
    }
    const own = this.#view.members.get(this.#id);
    if (own) this.#echo = own.seen;
    this.#look();
    this.#allow();
    // Until a heartbeat has come back, others may look dead because this gateway receives nothing.
    if (this.#about.role === "collector" || !this.#isCurrent() || this.#left) return;
    await this.#claim(this.#living());
  }

  /**
   * Wakes the streamers of shards that were denied while no heartbeat came back: nothing else wakes a streamer
   * without new readings.
   */
  #allow(): void {
    const denied = [...this.#denied];
    this.#denied.clear();
    const allowed = denied.filter((shard) => this.sends(shard));
    if (allowed.length > 0) this.onChange(allowed, []);
  }

  async #heartbeat(about: MemberAbout, ttl: string): Promise<void> {
    await this.#bus.store([{
      subject: `m.${this.#id}`,
      data: new Uint8Array(),
      headers: { [MEMBER]: JSON.stringify(about), "Nats-Rollup": "sub", "Nats-TTL": ttl },
    }]);
  }

  /** The gateways that send and whose heartbeats arrive. */
  #living(): string[] {
    const now = performance.now();
    const living: string[] = [];
    for (const { id, about, seen } of this.#view.members.values()) {
      if (now - seen > 10 * this.#times.expireMs) this.#view.members.delete(id);
      const isAlive = id === this.#id ? !this.#left : now - seen < this.#times.expireMs;
      if (isAlive && !about.leaving && about.role !== "collector") living.push(id);
    }
    return living;
  }

  /** Shards with a new owner. */
  #look(): void {
    const owned = new Set<number>();
    for (const [shard, { owner }] of this.#view.owners) if (owner === this.#id) owned.add(shard);
    const before = this.#owned;
    const gained = [...owned].filter((it) => !before.has(it));
    const lost = [...before].filter((it) => !owned.has(it));
    this.#owned = owned;
    if (gained.length + lost.length > 0) this.onChange(gained, lost);
  }

  async #claim(living: readonly string[]): Promise<void> {
    const changes: Outgoing[] = [];
    const now = performance.now();
    for (let shard = 0; shard < SHARDS; shard++) {
      const wanted = chosen(shard, living);
      const known = this.#view.owners.get(shard);
      const owner = known?.owner ?? "";
      if (owner === wanted || owner !== this.#id) this.#giving.delete(shard);
      if (owner === wanted) continue;
      if (owner === this.#id) {
        const since = this.#giving.get(shard);
        if (since === undefined) this.#giving.set(shard, now);
        if (since === undefined || now - since < this.#times.heartbeatMs / 2) continue;
      } else if (wanted !== this.#id || (owner !== "" && living.includes(owner))) continue;
      changes.push(this.#ownership(shard, wanted, known?.seq ?? 0));
    }
    await this.#storeAll(changes);
  }

  #ownership(shard: number, owner: string, after: number): Outgoing {
    return {
      subject: `o.${shardText(shard)}`,
      data: new Uint8Array(),
      headers: { [OWNER]: owner, [HEAD]: crypto.randomUUID(), "Nats-Rollup": "sub" },
      after,
    };
  }

  /** The view shows the result. */
  async #storeAll(changes: readonly Outgoing[]): Promise<void> {
    for (let i = 0; i < changes.length; i += GROUP) {
      try {
        await this.#bus.store(changes.slice(i, i + GROUP));
      } catch (error) {
        // Another gateway was faster with one of these; if no server responds, all others would wait as long.
        if (!(error instanceof JetStreamError)) return;
      }
    }
  }

  /** Releases its shards, and announces that it stops. */
  async leave(): Promise<void> {
    this.#left = true;
    clearInterval(this.#timer);
    while (this.#ticking) await new Promise((resolve) => setTimeout(resolve, 10));
    const heirs = this.#living().filter((id) => id !== this.#id);
    const changes: Outgoing[] = [];
    for (const [shard, { owner, seq }] of this.#view.owners) {
      if (owner !== this.#id) continue;
      changes.push(this.#ownership(shard, heirs.length > 0 ? chosen(shard, heirs) : "", seq));
    }
    this.#owned.clear();
    await this.#storeAll(changes);
    // If it does not arrive, the others notice it because the heartbeats stop.
    await this.#heartbeat({ ...this.#about, leaving: true }, LEFT_TTL).catch(() => {});
  }
}

/**
 * The gateway that sends a shard: each shard ranks all gateways differently, so that few shards move when a
 * gateway starts or stops.
 */
function chosen(shard: number, ids: readonly string[]): string {
  let best = "";
  let most = -1;
  for (const id of ids) {
    let hash = 0x811c9dc5 ^ shard;
    for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    if (hash > most || (hash === most && id < best)) [best, most] = [id, hash];
  }
  return best;
}
