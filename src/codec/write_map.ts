/**
 * Writes plain objects as msgpack.
 *
 * Consecutive maps mostly have the same keys: the last key at each place is kept in its encoded form. Short keys and
 * texts are written without a call.
 *
 * @module
 */
import { writeAscii } from "./ascii.ts";
import { MAX_LEVEL, tooDeep } from "./nesting.ts";
import { putNumber } from "./put_number.ts";
import type { ValueSink } from "./value_sink.ts";

const { hasOwnProperty } = Object.prototype;

/** Number of places that keep a key; those of a level begin `LEVEL_PLACES` after those of the level above. */
const PLACES = 64;
const LAST_PLACE = PLACES - 1;
const LEVEL_PLACES = 8;
/** Words of an encoded key: one byte for its length and up to 31 characters of ASCII. */
const WORDS = 8;
/** Text below this length has a head of one byte. */
const SHORT_TEXT = 32;
/** Bytes for a short key and a short value. */
const ROOM = 2 * 4 * WORDS;

const placeKeys: (string | undefined)[] = new Array(PLACES).fill(undefined);
const placeLengths = new Uint8Array(PLACES);
const placeWords = new Uint32Array(PLACES * WORDS);
const placeView = new DataView(placeWords.buffer);
const placeBytes = new Uint8Array(placeWords.buffer);

/** Keeps a key; false if it is not short. */
function keepKey(place: number, key: string): boolean {
  const at = 4 * WORDS * place;
  placeKeys[place] = undefined;
  if (key.length >= SHORT_TEXT || !writeAscii(placeBytes, at + 1, key)) return false;
  placeBytes[at] = 0xa0 | key.length;
  for (let i = 0; i < WORDS; i++) placeWords[WORDS * place + i] = placeView.getUint32(at + 4 * i);
  placeLengths[place] = key.length + 1;
  placeKeys[place] = key;
  return true;
}

/**
 * Writes a plain object without the entries whose value is undefined.
 *
 * @param level Its level below the report's map.
 */
export function writeMap(
  writer: ValueSink,
  value: Record<string, unknown>,
  level: number,
): void {
  if (level > MAX_LEVEL) tooDeep();
  const start = writer.length;
  writer.reserve(ROOM);
  let { bytes, view } = writer;
  let at = start + 1;
  let count = 0;
  let place = LEVEL_PLACES * level & LAST_PLACE;
  // The engine knows where the value of the loop's current key is, and that the key is an own property;
  // `Object.hasOwn` would look it up again.
  for (const key in value) {
    const item = value[key];
    if (item === undefined || !hasOwnProperty.call(value, key)) continue;
    if (level === MAX_LEVEL) tooDeep();
    if (at + ROOM > bytes.length) {
      writer.length = at;
      writer.reserve(ROOM);
      ({ bytes, view } = writer);
    }
    if (placeKeys[place] === key || keepKey(place, key)) {
      const length = placeLengths[place];
      const word = WORDS * place;
      view.setUint32(at, placeWords[word]);
      view.setUint32(at + 4, placeWords[word + 1]);
      for (let i = 2; 4 * i < length; i++) view.setUint32(at + 4 * i, placeWords[word + i]);
      at += length;
    } else {
      writer.length = at;
      writer.text(key);
      writer.reserve(ROOM);
      ({ bytes, view, length: at } = writer);
    }
    place = place + 1 & LAST_PLACE;
    count++;
    if (typeof item === "number") {
      at = putNumber(view, at, item);
    } else if (
      typeof item === "string" && item.length < SHORT_TEXT && writeAscii(bytes, at + 1, item)
    ) {
      bytes[at] = 0xa0 | item.length;
      at += item.length + 1;
    } else {
      writer.length = at;
      writer.write(item, level + 1);
      ({ bytes, view, length: at } = writer);
    }
  }
  writer.length = at;
  if (count < 16) bytes[start] = 0x80 | count;
  else writeLongHead(writer, start, count);
}

/** Makes room for the head of a map with more than 15 entries. */
function writeLongHead(writer: ValueSink, start: number, count: number): void {
  writer.reserve(4);
  const moved = count < 0x10000 ? 2 : 4;
  const end = writer.length + moved;
  writer.bytes.copyWithin(start + 1 + moved, start + 1, writer.length);
  writer.length = start;
  writer.head(0x80, 0xde, count);
  writer.length = end;
}
