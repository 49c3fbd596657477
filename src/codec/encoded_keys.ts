/**
 * Keys of maps as msgpack, kept from one map to the next.
 *
 * @module
 */

/** A key as it goes out: its bytes, four in a word, the last word filled up with zeros. */
export interface EncodedKey {
  readonly length: number;
  readonly words: Uint32Array;
}

/** Keys are kept up to this length, and up to this many. */
const LONGEST_KEY = 64;
const MOST_KEYS = 1024;

const keys = new Map<string, EncodedKey>();

// The key that stood last at each place of a map, since maps in a row mostly have the same shape.
const PLACES = 32;
const placeKeys: (string | undefined)[] = new Array(PLACES).fill(undefined);
const placeEncoded: EncodedKey[] = new Array(PLACES).fill({ length: 0, words: new Uint32Array(0) });

/** The key, the `place`th of its map, where it has been kept. */
export function knownKey(key: string, place: number): EncodedKey | undefined {
  if (place >= 0 && place < PLACES && placeKeys[place] === key) return placeEncoded[place];
  const known = keys.get(key);
  if (known !== undefined && place >= 0 && place < PLACES) {
    placeKeys[place] = key;
    placeEncoded[place] = known;
  }
  return known;
}

/** Keeps a key that has been encoded. */
export function keepKey(key: string, bytes: Uint8Array): void {
  if (key.length > LONGEST_KEY || keys.size >= MOST_KEYS) return;
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  bytes.forEach((byte, i) => words[i >> 2] |= byte << 24 - 8 * (i & 3));
  keys.set(key, { length: bytes.length, words });
}

/** Whether an object has keys, of its own or inherited, that show up in loops. */
export function hasKeys(value: object): boolean {
  for (const _ in value) return true;
  return false;
}
