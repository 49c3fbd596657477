/**
 * Publisher, which stores pushes: several together in one atomic batch of JetStream, with compare-and-swap.
 *
 * Invariants that this file maintains:
 * 1. `push` resolves only after the servers have acknowledged the batch.
 * 2. The position of a source and an idempotency key are in the batch of its readings. The position is also
 *    compared: a gateway that was frozen while another one took over its source stores nothing.
 * 3. A batch whose response was lost is stored only once: each of its messages states the expected previous
 *    message on its subject, so the servers accept only one of two copies; a message with the id of this batch
 *    after the expected one shows that it is stored.
 * 4. The numbers of a lane have no gaps: each message has the number of readings before it.
 *
 * @module
 */
import { asError, errorMessage } from "../../_error_fields.ts";
import { gatewayLog } from "../_log.ts";
import { QueueError } from "../errors.ts";
import { type Bus, CODES, isOvertaken, JetStreamError, type Outgoing } from "./_bus.ts";
import { CommitTimes } from "./_commit_times.ts";
import type { Guard } from "./_guard.ts";
import type { Limits } from "./_limits.ts";
import { compose, type End } from "./_compose.ts";
import { fitting, HEAD, positionSubject, readHead } from "./_messages.ts";
import { type Push, Pushes } from "./_pushes.ts";
import type { Stored } from "./_stored.ts";

/** The number of batches in flight; the servers accept 50 per stream. */
const MOST_BATCHES = 6;
/** How long a push waits for others that share its batch. */
const GATHER_MS = 1;
const FIRST_PAUSE_MS = 50, LONGEST_PAUSE_MS = 2000;
const MOST_ENDS = 200_000;
/** How often a moved end is checked again: a user may also have purged the subject. */
const STALE_ROUNDS = 3, STALE_PAUSE_MS = 700;

/** Called when a message of a lane was stored: its sequence, and the number of readings after it and before it. */
type StoredListener = (subject: string, seq: number, end: number, from: number) => void;

/** The frames of a push, by the subject of their lane. */
interface NewPush {
  readonly frames: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly readings: number;
  readonly source?: string | undefined;
  readonly position?: string | undefined;
  /** The subject of an idempotency key. */
  readonly key?: string | undefined;
}

/** Stores pushes in one stream. */
export class Publisher {
  readonly #bus: Bus;
  readonly #limits: Limits;
  readonly #countedEnd: (subject: string) => Promise<number>;
  readonly #guard: Guard;
  readonly #pushes = new Pushes();
  readonly #ends = new Map<string, End>();
  /** The sequence of the position of each source; a source whose push failed has to read its position again. */
  readonly #positions = new Map<string, number | Error>();
  readonly #onStored: StoredListener;
  #batches = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** The response time of the servers. */
  readonly commits: CommitTimes = new CommitTimes();
  /** The current problem of pushes. */
  problem: string | undefined;

  /**
   * @param countedEnd The number of readings of a lane whose last message does not contain it.
   */
  constructor(
    bus: Bus,
    limits: Limits,
    guard: Guard,
    countedEnd: (subject: string) => Promise<number>,
    onStored: StoredListener,
  ) {
    this.#bus = bus;
    this.#limits = limits;
    this.#guard = guard;
    this.#countedEnd = countedEnd;
    this.#onStored = onStored;
  }

  /** The maximum size of a body: headers also count. */
  get #most(): number {
    return Math.floor(this.#bus.server.max_payload * 0.9);
  }

  /** Pushes that wait or are in flight. */
  get waiting(): number {
    return this.#pushes.size + this.#batches;
  }

  /** The position of a source; its next push continues there. */
  async position(source: string): Promise<string | undefined> {
    const subject = positionSubject(source);
    const last = await this.#retrying(() => this.#bus.last(subject));
    this.#positions.set(subject, last?.seq ?? 0);
    return last && positionOf(last);
  }

  /** Stores a push. */
  async push(push: NewPush, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#closed) throw new QueueError("Cannot push: the queue is closed");
    const frames = new Map<string, Uint8Array[]>();
    let bytes = 0;
    for (const [subject, list] of push.frames) {
      const fits = list.flatMap((frame) => fitting(frame, this.#most));
      frames.set(subject, fits);
      for (const { length } of fits) bytes += length;
    }
    await this.#limits.enter(bytes, signal);
    const { source, position } = push;
    await new Promise<void>((resolve, reject) => {
      const entry: Push = {
        frames,
        readings: push.readings,
        bytes,
        position: source !== undefined && position !== undefined
          ? { subject: positionSubject(source), source, text: position }
          : undefined,
        key: push.key,
        resolve: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        reject: (error) => {
          signal?.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      const onAbort = () => {
        // Pushes in flight stay: they may already be stored.
        this.#pushes.remove(entry);
        entry.reject(signal!.reason);
      };
      signal?.addEventListener("abort", onAbort);
      this.#pushes.add(entry);
      this.#soon();
    });
  }

  #soon(): void {
    if (this.#pushes.isFull) return this.#start();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, GATHER_MS);
  }

  #start(): void {
    while (this.#batches < MOST_BATCHES) {
      const group = this.#pushes.take();
      if (!group) return;
      this.#batches++;
      this.#storeGroup(group.pushes).finally(() => {
        group.done();
        this.#batches--;
        this.#start();
      });
    }
  }

  async #storeGroup(pushes: readonly Push[]): Promise<void> {
    try {
      const open: Push[] = [];
      for (const push of await this.#withoutKnown(pushes)) {
        const failed = push.position && this.#positions.get(push.position.subject);
        if (failed instanceof Error) push.reject(failed);
        else open.push(push);
      }
      if (open.length > 0) await this.#store(open);
      // A push that another gateway has overtaken was already rejected.
      for (const push of open) push.resolve();
    } catch (error) {
      for (const push of pushes) push.reject(asError(error));
    }
  }

  /** The pushes except those whose key was used before. */
  async #withoutKnown(pushes: readonly Push[]): Promise<Push[]> {
    const known = await Promise.all(
      pushes.map(({ key }) => key && this.#retrying(() => this.#bus.last(key))),
    );
    return pushes.filter((push, i) => {
      if (known[i]) push.resolve();
      return !known[i];
    });
  }

  async #store(open: readonly Push[]): Promise<void> {
    let pushes = open;
    const id = crypto.randomUUID();
    let pause = FIRST_PAUSE_MS;
    // Until the servers report that an end has moved, another copy expects the same ends: they accept only one of
    // the two.
    let hasMoved = false;
    for (let attempt = 1;; attempt++) {
      if (pushes.length === 0) return;
      do await this.#readEnds(pushes, hasMoved); while (!this.#knows(pushes));
      const messages = compose(id, pushes, this.#ends, this.#positions, this.#most);
      try {
        const start = performance.now();
        const last = await this.#bus.store(messages);
        this.commits.add(performance.now() - start);
        this.#stored(messages, last - messages.length + 1);
        this.#solved();
        return;
      } catch (error) {
        const code = error instanceof JetStreamError ? error.code : 0;
        // A message that is just being stored may be the first copy of the same push.
        hasMoved = code === CODES.wrongSequence;
        if (await this.#isStored(id, messages, hasMoved)) return this.#solved();
        pushes = await this.#withoutKnown(await this.#notOvertaken(pushes));
        if (this.#limits.isFull(code)) throw this.#limits.fullError();
        if (!isOvertaken(error)) {
          this.#failed(error as Error);
          // No server responds for a stream that was deleted.
          await this.#guard.check().catch(() => {}); // It is tried again in any case.
          await this.#pause(pause);
          pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        } else if (attempt > 3) await this.#pause(Math.random() * 20 * Math.min(attempt, 50));
      }
    }
  }

  /** Remembers the current ends of the subjects. */
  #stored(messages: readonly Outgoing[], first: number): void {
    if (this.#ends.size > MOST_ENDS) this.#ends.clear();
    for (const [i, { subject, headers }] of messages.entries()) {
      const seq = first + i;
      if (this.#positions.has(subject)) this.#positions.set(subject, seq);
      const head = readHead(headers[HEAD]!);
      if (!head) continue;
      const number = head.from + head.readings;
      this.#ends.set(subject, { seq, number });
      this.#onStored(subject, seq, number, head.from);
    }
  }

  /**
   * Whether this push was stored although its response was lost or another copy of it was rejected.
   *
   * @param hasMoved Whether the servers reported that the end of a subject has moved: in that case, a server that
   * shows no moved end lags.
   */
  async #isStored(id: string, messages: readonly Outgoing[], hasMoved: boolean): Promise<boolean> {
    // The batch is atomic, so one message proves it, preferably one that no other gateway writes.
    const rank = ({ subject }: Outgoing) => "pkr".indexOf(subject[0]!);
    const asked = messages.filter(({ after }) => after !== undefined);
    asked.sort((a, b) => rank(a) - rank(b));
    for (let round = 0;; round++) {
      for (const { subject, after } of hasMoved ? asked : asked.slice(0, 1)) {
        const found = await this.#retrying(() => this.#find(id, subject, after!));
        if (!found) continue;
        if (found === "another") return false;
        // The messages of a batch have sequences without gaps.
        const index = messages.findIndex((it) => it.subject === subject);
        this.#stored(messages, found.seq - index);
        return true;
      }
      if (!hasMoved || round === STALE_ROUNDS) return false;
      await this.#pause(STALE_PAUSE_MS);
    }
  }

  /** A message of a push after a sequence of a subject, or whether another push has one. */
  async #find(id: string, subject: string, after: number): Promise<Stored | "another" | undefined> {
    let others = false;
    for (let from = after + 1;;) {
      const found = await this.#bus.next(subject, from);
      if (!found) return others ? "another" : undefined;
      if (found.header(HEAD).split(" ")[0] === id) return found;
      others = true;
      from = found.seq + 1;
    }
  }

  /** The ends of all lanes and positions of pushes; unknown ones are requested. */
  async #readEnds(pushes: readonly Push[], again: boolean): Promise<void> {
    const reads: Promise<void>[] = [];
    for (const { frames, position } of pushes) {
      for (const subject of frames.keys()) {
        if (again || !this.#ends.has(subject)) reads.push(this.#readEnd(subject));
      }
      if (position && !this.#positions.has(position.subject)) {
        reads.push(this.position(position.source).then(() => {}));
      }
    }
    await Promise.all(reads);
  }

  /** Whether all of that is still known: the stream may have been replaced in the meantime. */
  #knows(pushes: readonly Push[]): boolean {
    return pushes.every(({ frames, position }) =>
      [...frames.keys()].every((subject) => this.#ends.has(subject)) &&
      (!position || this.#positions.has(position.subject))
    );
  }

  async #readEnd(subject: string): Promise<void> {
    await this.#retrying(async () => {
      const last = await this.#bus.last(subject);
      const head = last && readHead(last.header(HEAD));
      const number = head ? head.from + head.readings : await this.#countedEnd(subject);
      this.#ends.set(subject, { seq: last?.seq ?? 0, number });
    });
  }

  /** Rejects the pushes of sources whose position was changed by another gateway, and returns the others. */
  async #notOvertaken(pushes: readonly Push[]): Promise<Push[]> {
    const left: Push[] = [];
    for (const push of pushes) {
      const { position } = push;
      if (!position) {
        left.push(push);
        continue;
      }
      const { subject, source } = position;
      const expected = this.#positions.get(subject);
      const seq = (await this.#retrying(() => this.#bus.last(subject)))?.seq ?? 0;
      if (typeof expected === "number" && seq > expected) {
        this.#positions.set(
          subject,
          new QueueError(
            `Cannot push: another gateway has pushed as the source "${source}" in the meantime; a name belongs to one ` +
              "source, which continues from its position",
          ),
        );
      } else if (typeof expected === "number" && seq < expected) {
        // The stream is a new one. If only this server lags, the comparison fails once more.
        this.#positions.set(subject, seq);
      }
      const failed = this.#positions.get(subject);
      if (failed instanceof Error) push.reject(failed);
      else left.push(push);
    }
    return left;
  }

  /** Repeats an operation until it succeeds, if the error is temporary. */
  async #retrying<T>(action: () => Promise<T>): Promise<T> {
    for (let pause = FIRST_PAUSE_MS;; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        const result = await action();
        return result;
      } catch (error) {
        this.#failed(error);
        await this.#guard.check().catch(() => {}); // It is tried again in any case.
        await this.#pause(pause);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#closed) throw closed();
    await new Promise((resolve) => setTimeout(resolve, ms * (0.5 + Math.random() / 2)));
    if (this.#closed) throw closed();
  }

  #failed(error: unknown): void {
    const message = errorMessage(error);
    if (this.problem === message) return;
    this.problem = message;
    gatewayLog.warning(`The queue cannot be reached: ${message}; pushes wait`);
  }

  #solved(): void {
    if (this.problem === undefined) return;
    this.problem = undefined;
    gatewayLog.info("The queue can be reached again");
  }

  /** The stream is a new one. */
  forget(): void {
    this.#ends.clear();
  }

  /** Waits until everything is stored, for a limited time. */
  async close(timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (this.waiting > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.#closed = true;
    for (const push of this.#pushes.removeAll(() => true)) push.reject(closed());
  }
}

function closed(): QueueError {
  return new QueueError("Cannot push: the queue was closed, and no server responded in time");
}

function positionOf({ data }: Stored): string {
  return String((JSON.parse(new TextDecoder().decode(data)) as { position: unknown }).position);
}
