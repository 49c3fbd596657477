/**
 * Watches the optional keys of JSON that options name. A key that no object has is a mistake: its readings would be
 * lost silently.
 *
 * @module
 */
import { cut, problemError } from "./problem.ts";

/** The number of keys that an error lists. */
const LISTED = 30;

const decoder = new TextDecoder();

/** Records the keys that occur. */
export class KeyWatch {
  /** The keys that have not occurred, and the options that name them. */
  readonly #unseen: Map<string, string>;
  /** The keys of the objects so far. */
  readonly #present = new Set<string>();

  /** @param named The keys that options name, and the options. */
  constructor(named: ReadonlyMap<string, string>) {
    this.#unseen = new Map(named);
  }

  /** Whether all named keys have occurred. */
  get done(): boolean {
    return this.#unseen.size === 0;
  }

  /** Records the keys of an object. */
  see(line: object): void {
    for (const key of this.#unseen.keys()) if (Object.hasOwn(line, key)) this.#unseen.delete(key);
    if (this.#unseen.size === 0 || this.#present.size > LISTED) return;
    for (const key of Object.keys(line)) this.#present.add(key);
  }

  /** Records keys in lines that are not parsed here; any text with the same letters counts as well. */
  seeText(bytes: Uint8Array): void {
    const text = decoder.decode(bytes);
    for (const key of this.#unseen.keys()) {
      if (text.includes(JSON.stringify(key))) this.#unseen.delete(key);
    }
  }

  /** Throws if a key has not occurred although there were objects. */
  finish(): void {
    const [first] = this.#unseen;
    if (first === undefined || this.#present.size === 0) return;
    const [key, option] = first;
    throw problemError({
      message: `no object has the key ${JSON.stringify(cut(key))}; the keys are ${
        keyList([...this.#present])
      }`,
      hints: [{ option }],
      unused: [...this.#unseen.keys()],
    });
  }
}

/** A list of keys for a sentence. */
export function keyList(keys: readonly string[]): string {
  const shown = keys.slice(0, LISTED).map((key) => JSON.stringify(cut(key))).join(", ");
  return keys.length > LISTED ? `${shown} and more` : shown;
}
