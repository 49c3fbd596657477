/**
 * Leases, which of the gateways sends which shard of the devices.
 *
 * Every gateway says every two seconds that it runs. Each of them computes for itself who should have a shard, by
 * the same rule, from those that it has heard of in the last seven seconds. A shard whose owner is gone is claimed by
 * compare-and-swap; an owner gives a shard that belongs to another one to it.
 *
 * A lease only avoids work that is done twice: nothing depends on it. Two gateways that both think that they own a
 * shard are told apart by the records (`_records.ts`).
 *
 * @module
 */
import type { GatewayRole } from "../types.ts";
import { type Bus, JetStreamError, type Outgoing } from "./_bus.ts";
import { HEAD, MEMBER, OWNER, SHARDS, shardText } from "./_messages.ts";
import type { MemberAbout, View } from "./_view.ts";

/** Times, in ms. */
export interface LeaseTimes {
  /** How often a gateway says that it runs. */
  readonly heartbeatMs: number;
  /** When it is taken for dead. */
  readonly expireMs: number;
}

/** Those of the design: a streamer is handed over within ten seconds. */
export const LEASE_TIMES: LeaseTimes = { heartbeatMs: 2000, expireMs: 7000 };
const MEMBER_TTL = "60s", LEFT_TTL = "10s";
/** Shards are claimed so many at a time: one that another gateway was faster with costs the others of its group. */
const GROUP = 64;

/** The part of one gateway in all of them. */
export class Leases {
  readonly #bus: Bus;
  readonly #view: View;
  readonly #times: LeaseTimes;
  readonly #id = crypto.randomUUID().slice(0, 13);
  readonly #about: MemberAbout;
  #owned = new Set<number>();
  /** Shards of ours that were asked for while this gateway could not be sure of them. */
  readonly #denied = new Set<number>();
  /** Shards that another gateway will get, and when: what is on its way has some time to end. */
  readonly #giving = new Map<number, number>();
  /** When a heartbeat of our own came back through the view. */
  #echo = -Infinity;
  #beat = -Infinity;
  #ticking = false;
  #left = false;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Is called when shards came or went. */
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

  /** The name of this gateway among the others. */
  get id(): string {
    return this.#id;
  }

  /** Whether this gateway owns a shard. After it was frozen, it does not, until it has seen what happened. */
  owns(shard: number): boolean {
    if (!this.#owned.has(shard)) return false;
    if (this.#isCurrent()) return true;
    this.#denied.add(shard);
    return false;
  }

  /** Whether it begins new reports of a shard: not of one that it is about to give away. */
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
    // What fails is done again by the timer.
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
    // Until a heartbeat came back, others may look dead because this gateway hears nothing.
    if (this.#about.role === "collector" || !this.#isCurrent() || this.#left) return;
    await this.#claim(this.#living());
  }

  /** What was denied while no heartbeat came back is sent now: nothing else wakes a streamer without new readings. */
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

  /** The gateways that send, and were heard of. */
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

  /** What changed hands. */
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

  /** The view says what became of it. */
  async #storeAll(changes: readonly Outgoing[]): Promise<void> {
    for (let i = 0; i < changes.length; i += GROUP) {
      try {
        await this.#bus.store(changes.slice(i, i + GROUP));
      } catch (error) {
        // Another gateway was faster with one of these; without a server, all others would wait as long.
        if (!(error instanceof JetStreamError)) return;
      }
    }
  }

  /** Gives its shards to the others, and says that it stops. */
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
    // If it does not arrive, the others notice by themselves.
    await this.#heartbeat({ ...this.#about, leaving: true }, LEFT_TTL).catch(() => {});
  }
}

/** Who sends a shard: each shard has an order of its own of all gateways, so that few move when one comes or goes. */
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
