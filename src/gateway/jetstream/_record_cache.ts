/**
 * RecordCache, the known records of devices as text: as an object, a record takes ten times as much memory, and
 * there may be ten thousand. The ones that are in use are also objects.
 *
 * @module
 */

/** The maximum number of objects. */
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

  /** A record, which must not be changed. */
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

  /** Stores a record and its text. */
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
