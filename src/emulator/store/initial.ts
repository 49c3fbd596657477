/** The state that `reset` restores. */
import { readFile, Snapshot } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** Up to this number of readings, a copy of the initial state is kept in memory. For more, it would cost too much. */
const MAX_READINGS = 100_000;

/** The initial state: a copy, or the file from which it was imported. */
export class Initial {
  readonly #store: Store;
  readonly #snapshot: Snapshot | undefined;
  readonly #file: string | undefined;

  private constructor(store: Store, snapshot: Snapshot | undefined, file: string | undefined) {
    this.#store = store;
    this.#snapshot = snapshot;
    this.#file = file;
  }

  /** Records the current state of a store. */
  static async note(store: Store, importedFile: string | undefined): Promise<Initial> {
    const isSmall = store.readings.total() <= MAX_READINGS;
    return new Initial(store, isSmall ? await Snapshot.take(store.db) : undefined, importedFile);
  }

  /**
   * Restores the store.
   *
   * @throws TypeError If no copy was made, because the store was large when it was opened.
   */
  restore(): void {
    if (this.#snapshot) this.#snapshot.restore(this.#store.db);
    else if (this.#file !== undefined) readFile(this.#store.db, this.#file);
    else {
      throw new TypeError(
        `Cannot reset the emulator: its store had more than ${MAX_READINGS} readings at the start, so no copy was made`,
      );
    }
  }

  /** Frees the memory. */
  close(): void {
    this.#snapshot?.close();
  }
}
