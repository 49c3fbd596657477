/**
 * Bus, the few requests of a queue to JetStream: all of them are JSON, and all of them are in this file.
 *
 * Reads of the end of a subject go to the leader of the stream. Any replica may handle reads of many messages,
 * and it may lag: they never prove that something does not exist.
 *
 * @module
 */
import { asError } from "../../_error_fields.ts";
import { Budget } from "../_pauses.ts";
import { QueueError } from "../errors.ts";
import {
  type NatsConnection,
  type NatsHeaders,
  type NatsLibrary,
  natsLibrary,
} from "./_library.ts";
import { connectError, isDenied, isLasting, requestError, unreachable } from "./_nats_errors.ts";
import type { CheckedNatsOptions, NatsAddress } from "./_options.ts";
import { Reach, type RequestKind } from "./_reach.ts";
import { CONNECTION_NAME } from "./_sockets.ts";
import { type ApiMessage, ofApi, type Stored } from "./_stored.ts";

/** How long a request may take; after that, its outcome is unknown. */
const TIMEOUT_MS = 5000;
const CONNECT_MS = 20_000;
/** The time after which a read is sent again. */
const REPEAT_MS = 1000;
/** The number of simultaneous reads: ten thousand streamers start at the same time. */
const MOST_READS = 128;

/** The error codes of JetStream that are handled. */
export const CODES = {
  wrongSequence: 10071,
  inProcess: 10164,
  noMessage: 10037,
  noStream: 10059,
} as const;

/** The server has no leader: it has just died, or this server is cut off from the others. */
const LEADERLESS = [10008, 10009];

/** JetStream rejects a request. */
export class JetStreamError extends Error {
  override readonly name = "JetStreamError";
  readonly code: number;

  constructor(code: number, description: string) {
    super(description);
    this.code = code;
  }
}

/**
 * Whether a message was rejected because the expected message is not the last one of its subject, or because
 * another one of its subject is just being stored.
 */
export function isOvertaken(error: unknown): boolean {
  return error instanceof JetStreamError &&
    (error.code === CODES.wrongSequence || error.code === CODES.inProcess);
}

/** A message that is to be sent. */
export interface Outgoing {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** The sequence of the previous message on its subject; undefined: not checked. */
  readonly after?: number;
}

/** The configuration and the state of a stream. */
export interface StreamInfo {
  readonly created: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: {
    readonly messages: number;
    readonly bytes: number;
    readonly first_seq: number;
    readonly last_seq: number;
    readonly subjects?: Readonly<Record<string, number>>;
  };
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly { readonly name: string; readonly current: boolean }[];
  };
}

const decoder = new TextDecoder();

/** One stream, over one connection. */
export class Bus {
  readonly place: NatsAddress;
  readonly #library: NatsLibrary;
  readonly #connection: NatsConnection;
  readonly #reads = new Budget(MOST_READS);
  readonly #reach: Reach;

  private constructor(place: NatsAddress, library: NatsLibrary, connection: NatsConnection) {
    this.place = place;
    this.#library = library;
    this.#connection = connection;
    this.#reach = new Reach(connection);
  }

  /**
   * Connects; later it always reconnects automatically.
   *
   * @throws {QueueError} If no server responds, or they reject the credentials.
   */
  static async open(place: NatsAddress, options: CheckedNatsOptions): Promise<Bus> {
    const library = await natsLibrary();
    const { credentials, tls } = options;
    const settings = {
      servers: [...place.servers],
      name: CONNECTION_NAME,
      timeout: TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: 5000,
      maxPingOut: 2,
      // A stack trace for each request would cost more than sending it.
      noAsyncTraces: true,
      ...(typeof credentials === "string" && { authenticator: signIn(library, credentials) }),
      ...(typeof credentials === "object" && "user" in credentials &&
        { user: credentials.user, pass: credentials.password }),
      ...(typeof credentials === "object" && "token" in credentials &&
        { token: credentials.token }),
      ...(tls !== undefined && { tls: tls === true ? {} : { ...tls } }),
    };
    const until = performance.now() + CONNECT_MS;
    for (;;) {
      try {
        return new Bus(place, library, await library.connect(settings));
      } catch (error) {
        const failure = asError(error);
        if (performance.now() < until && !isLasting(failure)) {
          await new Promise((resolve) => setTimeout(resolve, 250));
          continue;
        }
        const why = connectError(failure);
        throw new QueueError(`Cannot open the queue "${place.text}": ${why}`, { cause: error });
      }
    }
  }

  /** The version of the server, and the maximum size of a message. */
  get server(): NonNullable<NatsConnection["info"]> {
    return this.#connection.info ?? { server_id: "", version: "0.0.0", max_payload: 1 << 20 };
  }

  /** The connection, for subscriptions. */
  get connection(): NatsConnection {
    return this.#connection;
  }

  /** A unique subject, for responses. */
  inbox(): string {
    return this.#library.createInbox();
  }

  /**
   * A request to the API of JetStream.
   *
   * @throws {JetStreamError} If it is rejected.
   */
  async api<T>(name: string, body: unknown = "", timeout = TIMEOUT_MS): Promise<T> {
    const text = body === "" ? "" : JSON.stringify(body);
    return await this.#request<T>("read", `$JS.API.${name}`, text, { timeout });
  }

  /**
   * A request that changes nothing. While the servers choose a leader, nobody responds: it is sent again each second, so
   * that the new one does within a second, and the first response counts.
   */
  async #read<T>(name: string, body: unknown): Promise<T> {
    const until = performance.now() + TIMEOUT_MS;
    let timer: ReturnType<typeof setInterval> | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const ask = () => {
          const left = until - performance.now();
          if (left > REPEAT_MS / 2) this.api<T>(name, body, left).then(resolve, reject);
        };
        timer = setInterval(ask, REPEAT_MS);
        ask();
      });
    } finally {
      clearInterval(timer);
    }
  }

  async #request<T>(
    kind: RequestKind,
    subject: string,
    data: Uint8Array | string,
    options: { timeout: number; headers?: NatsHeaders },
  ): Promise<T> {
    const started = performance.now();
    let reply;
    try {
      reply = await this.#connection.request(subject, data, options);
    } catch (error) {
      if (!isDenied(error)) this.#reach.unanswered(kind, started);
      throw requestError(error);
    }
    const { error, ...rest }: { error?: ApiError } = JSON.parse(decoder.decode(reply.data));
    const code = error?.err_code ?? error?.code ?? 0;
    if (LEADERLESS.includes(code)) {
      this.#reach.unanswered(kind, started);
      throw unreachable(`the servers of the queue have no leader now: ${error!.description}`);
    }
    // Requests that store nothing do not prove that other servers are reachable.
    if (error && kind === "write") this.#reach.look();
    else this.#reach.answered(kind);
    if (error) throw new JetStreamError(code, error.description);
    return rest as T;
  }

  /** The configuration and the state of the stream, with the number of messages of each subject of a filter. */
  async info(subjects?: string): Promise<StreamInfo> {
    const { stream } = this.place;
    const body = subjects === undefined ? "" : { subjects_filter: this.subject(subjects) };
    return await this.api<StreamInfo>(`STREAM.INFO.${stream}`, body);
  }

  /** A subject of the stream, which begins with its name. */
  subject(below: string): string {
    return `${this.place.stream}.${below}`;
  }

  #headers(message: Outgoing): NatsHeaders {
    const headers = this.#library.headers();
    for (const [name, value] of Object.entries(message.headers)) headers.set(name, value);
    if (message.after !== undefined) {
      headers.set("Nats-Expected-Last-Subject-Sequence", String(message.after));
    }
    return headers;
  }

  /**
   * Stores all of the messages or none.
   *
   * @returns The sequence of the last one; the others have the numbers before it.
   * @throws {JetStreamError} If they are rejected.
   * @throws {Later} If no server responds in time: it is unknown whether they were stored.
   */
  async store(messages: readonly Outgoing[]): Promise<number> {
    const batch = messages.length > 1 ? crypto.randomUUID() : undefined;
    for (const [i, message] of messages.entries()) {
      const headers = this.#headers(message);
      const subject = this.subject(message.subject);
      if (batch) {
        headers.set("Nats-Batch-Id", batch);
        headers.set("Nats-Batch-Sequence", String(i + 1));
      }
      if (i < messages.length - 1) {
        this.#connection.publish(subject, message.data, { headers });
        continue;
      }
      if (batch) headers.set("Nats-Batch-Commit", "1");
      const options = { headers, timeout: TIMEOUT_MS };
      return (await this.#request<{ seq: number }>("write", subject, message.data, options)).seq;
    }
    return 0;
  }

  /** The last message of a subject, from the leader. */
  async last(subject: string): Promise<Stored | undefined> {
    return await this.#get({ last_by_subj: this.subject(subject) });
  }

  /** The first message of a subject from a sequence on, from the leader. */
  async next(subject: string, seq: number): Promise<Stored | undefined> {
    return await this.#get({ next_by_subj: this.subject(subject), seq });
  }

  async #get(query: Record<string, unknown>): Promise<Stored | undefined> {
    const { stream } = this.place;
    const release = await this.#reads.take(1);
    try {
      const { message } = await this.#read<{ message: ApiMessage }>(
        `STREAM.MSG.GET.${stream}`,
        query,
      );
      return ofApi(message, stream);
    } catch (error) {
      if (error instanceof JetStreamError && error.code === CODES.noMessage) return undefined;
      throw error;
    } finally {
      release();
    }
  }

  /**
   * Messages of a subject from a sequence on, from any replica: a replica that lags has fewer.
   *
   * @param options The maximum number of messages and bytes; at least one message is returned.
   */
  async batch(
    subject: string,
    seq: number,
    { messages, bytes }: { readonly messages: number; readonly bytes: number },
  ): Promise<Stored[]> {
    const release = await this.#reads.take(1);
    try {
      return await this.#many({
        next_by_subj: this.subject(subject),
        seq,
        batch: messages,
        max_bytes: bytes,
      });
    } finally {
      release();
    }
  }

  #many(query: Record<string, unknown>): Promise<Stored[]> {
    const inbox = this.inbox();
    const { stream } = this.place;
    const found: Stored[] = [];
    return new Promise((resolve, reject) => {
      const late = () => end(unreachable("no server of the queue responds in time"));
      let timer = setTimeout(late, TIMEOUT_MS);
      const subscription = this.#connection.subscribe(inbox, {
        callback: (error, message) => {
          if (error) return end(error);
          const { headers } = message;
          const code = headers?.code ?? 0;
          if (code === 204 || code === 404) return end();
          if (code !== 0 || !headers) {
            return end(unreachable(headers?.description || "no server of the queue responds"));
          }
          clearTimeout(timer);
          timer = setTimeout(late, TIMEOUT_MS);
          found.push({
            subject: headers.get("Nats-Subject").slice(stream.length + 1),
            seq: Number(headers.get("Nats-Sequence")),
            time: headers.get("Nats-Time-Stamp"),
            data: message.data,
            header: (name) => headers.get(name),
          });
        },
      });
      const end = (error?: Error): void => {
        clearTimeout(timer);
        subscription.unsubscribe();
        if (error) reject(error);
        else resolve(found);
      };
      const text = JSON.stringify(query);
      try {
        this.#connection.publish(`$JS.API.DIRECT.GET.${stream}`, text, { reply: inbox });
      } catch (error) {
        end(asError(error));
      }
    });
  }

  /** Removes the messages of a subject before a sequence. */
  async purge(subject: string, before: number): Promise<void> {
    const body = { filter: this.subject(subject), seq: before };
    await this.api(`STREAM.PURGE.${this.place.stream}`, body);
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    await this.#connection.close();
  }
}

/** Authenticates with a .creds file, or with only an nkey. */
function signIn(library: NatsLibrary, text: string): unknown {
  const bytes = new TextEncoder().encode(text.trim());
  return text.includes("-----BEGIN")
    ? library.credsAuthenticator(bytes)
    : library.nkeyAuthenticator(bytes);
}

interface ApiError {
  readonly err_code?: number;
  readonly code: number;
  readonly description: string;
}
