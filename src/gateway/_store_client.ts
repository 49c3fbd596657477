/**
 * The store for the rest of the gateway: it turns requests into messages, combines pushes into commits, and lets
 * pushes wait for space.
 *
 * Calls that arrive during a commit are collected for the next one. So up to 64 pushes share an fsync; the first
 * push of an idle queue waits `syncMs` for others.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import { QueueError, QueueFullError } from "./errors.ts";
import type { RecordKind, RecordName, RecordOf, RecordsOf } from "./_records.ts";
import type { StoreEvent } from "./_store_event.ts";
import type { HostOptions, StoreCall } from "./_store_host.ts";
import type { StoreOps, StoreReply, StoreRequest } from "./_store_server.ts";
import type { Change, PushCall } from "./_store.ts";

/** Runs the requests: a worker, or this thread. */
export interface StorePort {
  call(request: StoreRequest, transfer: ArrayBuffer[]): Promise<StoreReply>;
  close(): Promise<void>;
}

interface Waiting {
  /** The order in which calls arrived. */
  readonly number: number;
  readonly call: StoreCall;
  readonly signal: AbortSignal | undefined;
  resolve(): void;
  reject(error: unknown): void;
}

/** At most this many calls share a commit. */
const GROUP = 64;
/** The number of simultaneous commits: the next one is ready when the first is done. */
const UNDER_WAY = 2;
const TICK_MS = 1000;

/** Calls of one store. */
export class StoreClient {
  readonly #port: StorePort;
  readonly #options: HostOptions;
  #group: Waiting[] = [];
  #blocked: Waiting[] = [];
  #calls = 0;
  #underWay = 0;
  #resume = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #closing: Promise<void> | undefined;
  /** Called with the events of the store. */
  onEvent: (event: StoreEvent) => void = () => {};

  private constructor(port: StorePort, options: HostOptions) {
    this.#port = port;
    this.#options = options;
  }

  /** Opens a file. */
  static async open(
    port: StorePort,
    path: string,
    options: HostOptions,
    onEvent: (event: StoreEvent) => void,
  ): Promise<StoreClient> {
    const client = new StoreClient(port, options);
    client.onEvent = onEvent;
    try {
      await client.ask("open", path, options);
    } catch (error) {
      await port.close();
      throw error;
    }
    client.#ticker = setInterval(() => void client.#tick(), TICK_MS);
    return client;
  }

  /** Sends a request that is not a commit. */
  async ask<Op extends keyof StoreOps>(
    op: Op,
    ...args: Parameters<StoreOps[Op]>
  ): Promise<ReturnType<StoreOps[Op]>> {
    if (this.#closing) throw closed();
    return await this.#send(op, args, []);
  }

  /** A record, or undefined. */
  async record<Name extends RecordName>(name: Name): Promise<RecordOf<Name> | undefined> {
    return await this.ask("record", name) as RecordOf<Name> | undefined;
  }

  /** All records of a kind. */
  async records<Kind extends RecordKind>(kind: Kind): Promise<RecordsOf<Kind>> {
    return await this.ask("records", kind) as RecordsOf<Kind>;
  }

  async #send<Op extends keyof StoreOps>(
    op: Op,
    args: Parameters<StoreOps[Op]>,
    transfer: ArrayBuffer[],
  ): Promise<ReturnType<StoreOps[Op]>> {
    const { value, events } = await this.#port.call({ op, args }, transfer);
    for (const event of events) this.onEvent(event);
    return value as ReturnType<StoreOps[Op]>;
  }

  async #tick(): Promise<void> {
    try {
      await this.ask("tick");
      this.#wake();
    } catch (error) {
      if (!this.#closing) this.onEvent({ level: "error", message: errorMessage(error) });
    }
  }

  /** Stores a push; if the signal is aborted, it stops waiting for space. */
  push(push: PushCall, signal?: AbortSignal): Promise<void> {
    return this.#enter({ push }, signal);
  }

  /** Applies changes in one transaction, without waiting for other calls. */
  apply(changes: readonly Change[]): Promise<void> {
    return this.#enter({ changes }, undefined);
  }

  #enter(call: StoreCall, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#closing) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const end = () => signal?.removeEventListener("abort", onAbort);
      const waiting: Waiting = {
        number: this.#calls++,
        call,
        signal,
        resolve: () => (end(), resolve()),
        reject: (error) => (end(), reject(error)),
      };
      const onAbort = () => {
        this.#blocked = this.#blocked.filter((it) => it !== waiting);
        waiting.reject(signal!.reason);
      };
      signal?.addEventListener("abort", onAbort);
      const isPush = "push" in call;
      if (isPush && this.#blocked.length > 0) {
        this.#blocked.push(waiting);
        return;
      }
      this.#group.push(waiting);
      if (!isPush || this.#group.length >= GROUP) this.#commit();
      else if (this.#underWay === 0) {
        this.#timer ??= setTimeout(() => this.#commit(), this.#options.syncMs);
      }
    });
  }

  /** Retries the pushes that wait for space. */
  #wake(): void {
    if (this.#blocked.length === 0) return;
    this.#resume = true;
    const waiting = this.#blocked.splice(0).sort((a, b) => a.number - b.number);
    this.#group = [...waiting, ...this.#group];
    this.#commit();
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#group.length > 0 && this.#underWay < UNDER_WAY) {
      const group = this.#group.splice(0, GROUP).filter(({ signal }) => !signal?.aborted);
      if (group.length > 0) void this.#commitGroup(group);
    }
  }

  async #commitGroup(group: Waiting[]): Promise<void> {
    this.#underWay++;
    const resume = this.#resume;
    this.#resume = false;
    const isRetried = (it: Waiting) => "push" in it.call && this.#options.overflow !== "reject";
    // Data that may have to be sent again is copied, everything else is transferred.
    const transfer = group.flatMap((it) =>
      "push" in it.call && !isRetried(it)
        ? it.call.push.frames.map(({ buffer }) => buffer).filter((it) => it instanceof ArrayBuffer)
        : []
    );
    let progress = false;
    try {
      const calls = group.map(({ call }) => call);
      const outcomes = await this.#send("commit", [calls, resume], transfer);
      const full: Waiting[] = [];
      outcomes.forEach((outcome, i) => {
        const waiting = group[i]!;
        if ("done" in outcome) {
          progress ||= "changes" in waiting.call;
          waiting.resolve();
        } else if ("error" in outcome) {
          waiting.reject(new QueueError(`Cannot write to the queue: ${outcome.error}`));
        } else if (this.#options.overflow === "reject") {
          this.#resume = true;
          waiting.reject(new QueueFullError(`Cannot push: the queue is full: ${outcome.full}`));
        } else full.push(waiting);
      });
      this.#blocked.push(...full.filter(({ signal }) => !signal?.aborted));
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.#underWay--;
      if (progress) this.#wake();
      this.#commit();
    }
  }

  /** The number of pushes that wait for space. */
  get blocked(): number {
    return this.#blocked.length;
  }

  /** Commits the waiting calls and closes the file. Pushes that wait for space are rejected. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#ticker);
    for (const { reject } of this.#blocked.splice(0)) {
      reject(new QueueError("Cannot push: the queue was closed while the push waited for space"));
    }
    while (this.#group.length > 0 || this.#underWay > 0) {
      this.#commit();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    try {
      await this.#send("close", [], []);
    } finally {
      await this.#port.close();
    }
  }
}

function closed(): QueueError {
  return new QueueError("Cannot use the queue: it is closed");
}
