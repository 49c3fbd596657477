/**
 * The store as the rest of the gateway uses it: calls that become messages, wherever the store runs.
 *
 * @module
 */
import { QueueError, QueueFullError } from "./errors.ts";
import type { HostOptions, StoreEvent } from "./_store_host.ts";
import type { StoreOps, StoreReply, StoreRequest } from "./_store_server.ts";

/** Where messages go. */
export interface StorePort {
  send(request: StoreRequest, transfer: ArrayBuffer[]): void;
  close(): void;
}

type Answer<Op extends keyof StoreOps> = Awaited<ReturnType<StoreOps[Op]>>;

/** Calls of a store. */
export class StoreClient {
  readonly #port: StorePort;
  readonly #waiting = new Map<
    number,
    { resolve(value: unknown): void; reject(error: unknown): void }
  >();
  #next = 1;
  #closed: QueueError | undefined;
  /** Is called with what the store tells by itself. */
  onEvent: (event: StoreEvent) => void = () => {};

  /**
   * Makes a client.
   *
   * @param connect Is given where replies go and what to call if the store ends by itself; returns where
   * requests go.
   */
  constructor(
    connect: (receive: (reply: StoreReply) => void, fail: (error: Error) => void) => StorePort,
  ) {
    this.#port = connect((reply) => this.#receive(reply), (error) => this.#fail(error));
  }

  #receive(reply: StoreReply): void {
    if ("event" in reply) return this.onEvent(reply.event);
    const call = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("value" in reply) call?.resolve(reply.value);
    else call?.reject(errorOf(reply.error));
  }

  #fail(error: Error): void {
    this.#closed ??= new QueueError(`Cannot use the queue: its worker ended: ${error.message}`);
    for (const { reject } of this.#waiting.values()) reject(this.#closed);
    this.#waiting.clear();
  }

  /** Asks for something. */
  ask<Op extends keyof StoreOps>(op: Op, ...args: Parameters<StoreOps[Op]>): Promise<Answer<Op>> {
    return this.#send(op, args, []).answer as Promise<Answer<Op>>;
  }

  /** Stores a push; an aborted signal ends the waiting for room. */
  async push(
    call: Parameters<StoreOps["push"]>[0],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    signal?.throwIfAborted();
    const buffers = call.frames.map((frame) => frame.buffer as ArrayBuffer);
    const { id, answer } = this.#send("push", [call], buffers);
    if (!signal) return await (answer as Promise<void>);
    const onAbort = () => {
      this.#waiting.get(id)?.reject(signal.reason);
      this.#waiting.delete(id);
      this.#send("cancel", [id], []).answer.catch(() => {}); // The store is closed: nothing waits.
    };
    signal.addEventListener("abort", onAbort);
    try {
      await answer;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #send(op: keyof StoreOps, args: readonly unknown[], transfer: ArrayBuffer[]) {
    const id = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      this.#waiting.set(id, { resolve, reject });
      this.#port.send({ id, op, args }, transfer);
    });
    return { id, answer };
  }

  /** Opens the file. */
  async open(path: string, options: HostOptions): Promise<void> {
    try {
      await this.ask("open", path, options);
    } catch (error) {
      this.#port.close();
      throw error;
    }
  }

  /** Commits what waits and closes the file; the second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.ask("close");
    } finally {
      this.#closed ??= new QueueError("Cannot use the queue: it is closed");
      this.#port.close();
    }
  }
}

function errorOf({ name, message }: { name: string; message: string }): Error {
  if (name === "QueueFullError") return new QueueFullError(message);
  if (name === "QueueError") return new QueueError(message);
  return new QueueError(`Cannot use the queue: ${message}`);
}
