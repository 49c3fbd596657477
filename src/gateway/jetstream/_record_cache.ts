/**
 * RecordCache, the records of devices that a gateway knows, as text: an object of a record takes ten times as much, and
 * there may be ten thousand. Those that are in use now are objects as well.
 *
 * @module
 */

/** So many are objects. */
const MOST_OBJECTS = 128;

/** A record, and the sequence of its message. */
export interface Cached<T> {
  readonly seq: number;
  readonly record: T;
}

/** Records by device. */
export class RecordCache<T> {
  readonly #texts = new Map<bigint, { readonly seq: number; readonly text: string }>();
  readonly #recent = new Map<bigint, Cached<T>>();

  /** A record; nobody changes it. */
  get(device: bigint): Cached<T> | undefined {
    const recent = this.#recent.get(device);
    if (recent) return recent;
    const known = this.#texts.get(device);
    if (!known) return undefined;
    return this.#keep(device, { seq: known.seq, record: JSON.parse(known.text) });
  }

  /** The sequence of a record. */
  seq(device: bigint): number | undefined {
    return this.#texts.get(device)?.seq;
  }

  #keep(device: bigint, cached: Cached<T>): Cached<T> {
    this.#recent.delete(device);
    this.#recent.set(device, cached);
    if (this.#recent.size > MOST_OBJECTS) {
      const [oldest] = this.#recent.keys();
      this.#recent.delete(oldest!);
    }
    return cached;
  }

  /** Keeps a record, and its text. */
  set(device: bigint, cached: Cached<T>, text: string): void {
    this.#texts.set(device, { seq: cached.seq, text });
    this.#keep(device, cached);
  }

  /** Forgets a record. */
  delete(device: bigint): void {
    this.#texts.delete(device);
    this.#recent.delete(device);
  }

  /** The devices whose records are known. */
  devices(): Iterable<bigint> {
    return this.#texts.keys();
  }
}
