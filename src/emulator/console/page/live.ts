/// <reference lib="dom" />
/**
 * Live events of the emulator (server-sent events).
 *
 * @module
 */
import type { EmulatorEvent } from "../../control/events.ts";
export type { ReportEvent, RequestEvent } from "../../control/events.ts";

/** Whether events are received. */
export type LiveState = "connecting" | "live" | "lost";

/** Kinds of events that the emulator sends. */
const KINDS = ["request", "report", "faults", "reset"] as const;

type Of<K extends EmulatorEvent["kind"]> = Extract<EmulatorEvent, { kind: K }>;

type Listener = (event: EmulatorEvent) => void;

/** A connection that reconnects by itself. */
export class Live {
  readonly #source = new EventSource("/__emulator__/events");
  readonly #heard = new Map<string, Set<Listener>>();

  /** @param onState called when the connection opens and closes */
  constructor(onState: (state: LiveState) => void) {
    onState("connecting");
    this.#source.onopen = () => onState("live");
    this.#source.onerror = () => onState("lost");
    for (const kind of KINDS) {
      this.#source.addEventListener(kind, (message: MessageEvent<string>) => {
        const event: Of<typeof kind> = JSON.parse(message.data);
        for (const listener of this.#heard.get(kind) ?? []) listener(event);
      });
    }
  }

  /** Call a listener for every event of a kind. */
  on<K extends EmulatorEvent["kind"]>(kind: K, listener: (event: Of<K>) => void): void {
    if (!this.#heard.has(kind)) this.#heard.set(kind, new Set());
    // It only receives events of this kind.
    this.#heard.get(kind)!.add(listener as Listener);
  }

  close(): void {
    this.#source.close();
  }
}
