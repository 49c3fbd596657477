/**
 * Consumer, which delivers the headers of all messages of a stream in order, whatever happens to servers.
 *
 * It is a consumer of JetStream in the memory of one server. If that server dies, the heartbeats stop, and
 * another consumer is created that begins after the last delivered message. The ordered consumer of
 * `@nats-io/jetstream` does the same, but waits for half a minute, which is longer than a streamer may be without
 * a sender.
 *
 * @module
 */
import type { Bus } from "./_bus.ts";
import type { NatsMessage, NatsSubscription } from "./_library.ts";

const HEARTBEAT_MS = 1000;
/** The time without a message or a heartbeat after which another consumer is created. */
const SILENCE_MS = 3000;
const NS = 1_000_000;

/** A message without its body. */
export interface Delivery {
  readonly subject: string;
  readonly seq: number;
  header(name: string): string;
}

/** Where the next consumer begins. */
interface Begin {
  /** After this sequence; 0: with the last message of each subject. */
  readonly after: number;
}

/** Delivers headers. */
export class Consumer {
  readonly #bus: Bus;
  readonly #filters: readonly string[];
  readonly #take: (message: Delivery) => void;
  /** Is called before a consumer is created, and returns the message after which it begins. */
  readonly #begin: () => Promise<Begin>;
  #subscription: NatsSubscription | undefined;
  #name = "";
  #expected = 0;
  #heard = 0;
  #left = Infinity;
  #timer: ReturnType<typeof setInterval> | undefined;
  #making: Promise<void> | undefined;
  #closed = false;
  #markReady: () => void = () => {};
  /** Resolves when everything that was stored before its start was delivered. */
  readonly ready: Promise<void> = new Promise((resolve) => this.#markReady = resolve);

  constructor(
    bus: Bus,
    filters: readonly string[],
    begin: () => Promise<Begin>,
    take: (message: Delivery) => void,
  ) {
    this.#bus = bus;
    this.#filters = filters;
    this.#begin = begin;
    this.#take = take;
    this.#timer = setInterval(() => {
      if (performance.now() - this.#heard > SILENCE_MS) this.#make();
    }, HEARTBEAT_MS / 2);
    this.#make();
  }

  #make(): void {
    if (this.#closed) return;
    // The timer tries again after an error. If only the response was lost, the consumer is there, and must not be
    // heard.
    this.#making ??= this.#create().catch(() => this.#drop()).finally(() => {
      this.#heard = performance.now();
      this.#making = undefined;
    });
  }

  async #create(): Promise<void> {
    this.#drop();
    const { after } = await this.#begin();
    if (this.#closed) return;
    const name = `archfx-${crypto.randomUUID().slice(0, 13)}`;
    const inbox = this.#bus.inbox();
    this.#name = name;
    this.#expected = 1;
    this.#left = Infinity;
    this.#subscription = this.#bus.connection.subscribe(inbox, {
      callback: (error, message) => {
        if (!error && this.#name === name) this.#receive(message);
      },
    });
    const { stream } = this.#bus.place;
    const { num_pending: pending } = await this.#bus.api<{ num_pending: number }>(
      `CONSUMER.CREATE.${stream}.${name}`,
      {
        stream_name: stream,
        config: {
          name,
          deliver_subject: inbox,
          ...(after > 0
            ? { deliver_policy: "by_start_sequence", opt_start_seq: after + 1 }
            : { deliver_policy: "last_per_subject" }),
          filter_subjects: this.#filters.map((it) => this.#bus.subject(it)),
          ack_policy: "none",
          max_deliver: 1,
          headers_only: true,
          flow_control: true,
          idle_heartbeat: HEARTBEAT_MS * NS,
          inactive_threshold: 10 * SILENCE_MS * NS,
          mem_storage: true,
          num_replicas: 1,
        },
      },
    );
    // Some may have been delivered before this response.
    this.#left = pending - (this.#expected - 1);
    if (this.#left <= 0) this.#markReady();
  }

  #receive(message: NatsMessage): void {
    const { headers, reply } = message;
    this.#heard = performance.now();
    if (headers?.code === 100) {
      const stalled = headers.get("Nats-Consumer-Stalled");
      if (reply) this.#bus.connection.publish(reply);
      else if (stalled) this.#bus.connection.publish(stalled);
      const last = headers.get("Nats-Last-Consumer");
      if (last && Number(last) !== this.#expected - 1) this.#make();
      return;
    }
    if (headers && headers.code !== 0) return this.#make();
    const place = readReply(reply ?? "");
    if (!place) return;
    if (place.consumer !== this.#expected) return this.#make();
    this.#expected++;
    this.#take({
      subject: message.subject.slice(this.#bus.place.stream.length + 1),
      seq: place.stream,
      header: (name) => headers?.get(name) ?? "",
    });
    if (--this.#left === 0) this.#markReady();
  }

  #drop(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    if (!this.#name) return;
    const { stream } = this.#bus.place;
    // It ends automatically if this request does not arrive.
    this.#bus.api(`CONSUMER.DELETE.${stream}.${this.#name}`).catch(() => {});
    this.#name = "";
  }

  /** Ends it. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#drop();
  }
}

/** The numbers of a message, from its reply subject, which has two forms with almost the same end. */
function readReply(reply: string): { stream: number; consumer: number } | undefined {
  const tokens = reply.split(".");
  if (tokens[0] !== "$JS" || tokens[1] !== "ACK") return undefined;
  const at = tokens.length >= 11 ? 7 : 5;
  return { stream: Number(tokens[at]), consumer: Number(tokens[at + 1]) };
}
