/** Events of the emulator: the last ones are kept, and new ones are sent to listeners. */
import { inspectable } from "../../_inspect.ts";
import type { FaultSpec } from "./faults.ts";

/** A request, without secrets. */
export interface RequestEvent {
  /** The kind of the event. */
  readonly kind: "request";
  /** Its number: later events have higher ones. */
  readonly id: number;
  /** When, as ISO 8601. */
  readonly at: string;
  /** The method of the request. */
  readonly method: string;
  /** The path, without the query. */
  readonly path: string;
  /** The query, with the values of secrets left out. */
  readonly query: string;
  /** The e-mail address of the account; null without one. */
  readonly account: string | null;
  /** 0 if the connection was dropped. */
  readonly status: number;
  /** How long it took. */
  readonly milliseconds: number;
  /** The size of the request body. */
  readonly requestBytes: number;
  /** The size of the response body; 0 if it was streamed. */
  readonly responseBytes: number;
  /** The names of the parts of a multipart body, with the file name if there is one. */
  readonly parts: readonly string[];
  /** The ids of the faults that affected it. */
  readonly faults: readonly string[];
  /** The faults that affected it, which may have been removed since. */
  readonly struck: readonly FaultSpec[];
  /** The headers of the request, with secrets redacted. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** The headers of the response, with secrets redacted; empty if the connection was dropped. */
  readonly responseHeaders: Readonly<Record<string, string>>;
  /**
   * The body of a response with status 400 or higher: its first 4,000 characters with secrets redacted; otherwise
   * null.
   */
  readonly errorBody: string | null;
  /** The internal error, for a response with status 500 or 507. */
  readonly error?: string;
}

/** An upload of a report and its result. */
export interface ReportEvent {
  /** The kind of the event. */
  readonly kind: "report";
  /** Its number: later events have higher ones. */
  readonly id: number;
  /** When, as ISO 8601. */
  readonly at: string;
  /** The e-mail address of the account; null without one. */
  readonly account: string | null;
  /** The slug of the device; null if the report does not say it. */
  readonly device: string | null;
  /** The slug of the streamer; null if the report does not say it. */
  readonly streamer: string | null;
  /** The size of the report. */
  readonly bytes: number;
  /** How many readings the report has; 0 if it could not be read. */
  readonly readings: number;
  /** How many readings were new. */
  readonly new: number;
  /** Readings at or below the streamer's last id, or twice in the report. */
  readonly duplicates: number;
  /** Readings without an id, which are never new. */
  readonly missingIds: number;
  /** Why the report was rejected; null if it was accepted. */
  readonly rejected: string | null;
  /** The streams that grew, and by how many readings. */
  readonly streams: Readonly<Record<string, number>>;
  /** How long it took. */
  readonly milliseconds: number;
}

/** Faults were set or cleared, or the store was reset. */
export interface StateEvent {
  /** What changed. */
  readonly kind: "faults" | "reset";
  /** Its number: later events have higher ones. */
  readonly id: number;
  /** When, as ISO 8601. */
  readonly at: string;
}

/** Any event. */
export type EmulatorEvent = RequestEvent | ReportEvent | StateEvent;

/** An event that does not have its number yet. */
export type NewEvent<E extends EmulatorEvent = EmulatorEvent> = E extends unknown ? Omit<E, "id">
  : never;

const KEPT = 500;

/**
 * Keeps the last events and passes new ones to listeners.
 *
 * @example
 * ```ts
 * import { createEmulator } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * await using emulator = await createEmulator({ seed: "empty" });
 * const heard: string[] = [];
 * const stop = emulator.events.listen(({ kind }) => heard.push(kind));
 * emulator.faults.add({ kind: "status", status: 503 });
 * stop();
 * assertEquals(heard, ["faults"]);
 * ```
 */
export class Events {
  #next = 1;
  #requests: RequestEvent[] = [];
  #reports: ReportEvent[] = [];
  #listeners = new Set<(event: EmulatorEvent) => void>();

  /** The last requests, oldest first. */
  get requests(): readonly RequestEvent[] {
    return this.#requests;
  }

  /** The last uploads, oldest first. */
  get reports(): readonly ReportEvent[] {
    return this.#reports;
  }

  /** Keeps an event and sends it to the listeners. */
  emit(event: NewEvent): void {
    const numbered = { ...event, id: this.#next++ };
    if (numbered.kind === "request") keep(this.#requests, numbered);
    if (numbered.kind === "report") keep(this.#reports, numbered);
    for (const listener of this.#listeners) listener(numbered);
  }

  /** Calls the listener for every event from now on. Returns a function that ends it. */
  listen(listener: (event: EmulatorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets the requests. */
  clearRequests(): void {
    this.#requests = [];
  }

  /** Forgets everything that was kept. */
  clear(): void {
    this.#requests = [];
    this.#reports = [];
  }

  /** How many are kept. */
  toString(): string {
    return `Events(${this.#requests.length} requests, ${this.#reports.length} uploads)`;
  }

  /** The kept events. */
  toJSON(): { requests: readonly RequestEvent[]; reports: readonly ReportEvent[] } {
    return { requests: this.#requests, reports: this.#reports };
  }

  static {
    inspectable(this.prototype, String);
  }
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.shift();
}
