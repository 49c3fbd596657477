/**
 * The functions that are called when lanes of an outbox change.
 *
 * @module
 */
import type { Outbox } from "./outbox.ts";

type Listener = Parameters<Outbox["onChange"]>[0];

/** The listeners of an outbox. */
export class LaneListeners implements Pick<Outbox, "onChange"> {
  readonly #listeners = new Set<Listener>();

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Notifies the senders of a change. */
  changed(lanes?: readonly string[]): void {
    for (const listener of this.#listeners) listener(lanes);
  }
}
