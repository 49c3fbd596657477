/** The state that `reset` goes back to. */
import { readFile, Snapshot } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** Up to this many readings a copy of the start is kept in memory; above, it would cost too much. */
const MAX_READINGS = 100_000;

/** The state at the start: a copy, or the file it was imported from. */
export class Initial {
  readonly #store: Store;
  readonly #snapshot: Snapshot | undefined;
  readonly #file: string | undefined;

  private constructor(store: Store, snapshot: Snapshot | undefined, file: string | undefined) {
    this.#store = store;
    this.#snapshot = snapshot;
    this.#file = file;
  }

  /** Notes the state that a store is in. */
  static async note(store: Store, importedFile: string | undefined): Promise<Initial> {
    const isSmall = store.readings.total() <= MAX_READINGS;
    return new Initial(store, isSmall ? await Snapshot.take(store.db) : undefined, importedFile);
  }

  /**
   * Puts the store back.
   *
   * @throws TypeError if no copy was made, because the store was large when it was opened.
   */
  restore(): void {
    if (this.#snapshot) this.#snapshot.restore(this.#store.db);
    else if (this.#file !== undefined) readFile(this.#store.db, this.#file);
    else {
      throw new TypeError(
        `Cannot reset the emulator as its store held more than ${MAX_READINGS} readings at the start: no copy was made`,
      );
    }
  }

  /** Frees the memory. */
  close(): void {
    this.#snapshot?.close();
  }
}
