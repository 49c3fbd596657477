/**
 * Keys of JSON that options name and that may be missing from an object: one that no object has is a mistake, and its
 * readings would be lost without a word.
 *
 * @module
 */
import { cut, problemError } from "./problem.ts";

/** How many keys an error lists. */
const LISTED = 30;

const decoder = new TextDecoder();

/** Looks out for keys. */
export class KeyWatch {
  /** The keys that have not occurred, and the options that name them. */
  readonly #unseen: Map<string, string>;
  /** Keys that objects have. */
  readonly #present = new Set<string>();

  /** @param named The keys that options name, and the options. */
  constructor(named: ReadonlyMap<string, string>) {
    this.#unseen = new Map(named);
  }

  /** Whether all have occurred. */
  get done(): boolean {
    return this.#unseen.size === 0;
  }

  /** Notes the keys of an object. */
  see(line: object): void {
    for (const key of this.#unseen.keys()) if (Object.hasOwn(line, key)) this.#unseen.delete(key);
    if (this.#unseen.size === 0 || this.#present.size > LISTED) return;
    for (const key of Object.keys(line)) this.#present.add(key);
  }

  /** Notes keys in lines that are not parsed here; a text with the same letters counts too. */
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
      message: `no object has the key ${JSON.stringify(cut(key))}, since the keys are ${
        keyList([...this.#present])
      }`,
      hints: [{ option }],
      unused: [...this.#unseen.keys()],
    });
  }
}

/** Keys as part of a sentence. */
export function keyList(keys: readonly string[]): string {
  const shown = keys.slice(0, LISTED).map((key) => JSON.stringify(cut(key))).join(", ");
  return keys.length > LISTED ? `${shown} and more` : shown;
}
