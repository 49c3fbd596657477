/**
 * Reads and writes JSON with exact integers: beyond 2^53 they are bigints. `JSON.parse` would round them, and
 * `JSON.stringify` rejects bigints.
 *
 * @module
 */

import { isTypedArray } from "./_typed_array.ts";

/** A text or a number: everything that can contain digits in JSON. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Integers with fewer digits are always exact as numbers. */
const LONG = 16;
const POINT = 0x2e;

/** An integer of sixteen digits or more; JSON allows no leading zero. */
const LONG_INTEGER = /^-?[1-9]\d{15,}$/;

/** The colon after a key. */
const COLON = /\s*:/y;

/**
 * Parses JSON; an integer that a number cannot hold exactly becomes a bigint.
 *
 * @param text The JSON text.
 * @returns What `JSON.parse` returns, with bigints for integers beyond ±(2^53−1).
 * @throws {SyntaxError} If `text` is not JSON, the same error as from `JSON.parse`.
 */
export function parseExactJson(text: string): unknown {
  if (!mayHaveLongInteger(text)) return JSON.parse(text);
  let mark = "#";
  while (text.includes(mark)) mark += Math.floor(Math.random() * 36).toString(36);
  let marked = false;
  const tagged = text.replace(TOKENS, (token, at: number) => {
    if (!LONG_INTEGER.test(token) || Number.isSafeInteger(Number(token))) return token;
    // A number as a key is not JSON: JSON.parse must see and reject it.
    COLON.lastIndex = at + token.length;
    if (COLON.test(text)) return token;
    marked = true;
    return `"${mark}${token}"`;
  });
  if (!marked) return JSON.parse(text);
  return JSON.parse(
    tagged,
    (_key, value) =>
      typeof value === "string" && value.startsWith(mark)
        ? BigInt(value.slice(mark.length))
        : value,
  );
}

/**
 * Whether a text has sixteen consecutive digits that are not the fraction of a number. A regular expression reads each
 * character, which takes as long as JSON.parse; it is enough to check every sixteenth character first.
 */
function mayHaveLongInteger(text: string): boolean {
  const isDigit = (at: number) => {
    const code = text.charCodeAt(at);
    return code >= 0x30 && code <= 0x39;
  };
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(at)) continue;
    let from = at;
    while (from > 0 && isDigit(from - 1)) from--;
    while (isDigit(at + 1)) at++;
    if (at + 1 - from >= LONG && text.charCodeAt(from - 1) !== POINT) return true;
  }
  return false;
}

/**
 * Writes a value as JSON; bigints become integers, maps become objects.
 *
 * @param value The value. NaN and the infinities, which JSON does not have, become their names as text; bytes become
 * base64; values that `JSON.stringify` omits are omitted.
 * @returns The JSON text, without white space; `undefined` if `JSON.stringify` returns that.
 */
export function exactJson(value: unknown): string | undefined {
  let mark = "";
  const replace = function (this: unknown, _key: string, item: unknown): unknown {
    if (typeof item === "bigint") return `${mark}${item}`;
    if (typeof item === "number" && !Number.isFinite(item)) return String(item);
    if (item instanceof Map) {
      return Object.fromEntries([...item].map(([key, member]) => [keyText(key), member]));
    }
    if (item instanceof Uint8Array) return base64(item);
    if (isTypedArray(item)) return Array.from<number | bigint>(item);
    return item;
  };
  let bigints = false;
  const text = JSON.stringify(value, function (key, item) {
    if (typeof item === "bigint") bigints = true;
    return replace.call(this, key, item);
  });
  if (!bigints) return text;
  // A second time, with a mark that the data does not contain, so that only the bigints lose their quotes.
  mark = "#";
  while (text.includes(mark)) mark += Math.floor(Math.random() * 36).toString(36);
  return JSON.stringify(value, replace).replace(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}

/** A key of a map: text, or the bytes of a text that is not UTF-8. */
function keyText(key: unknown): string {
  return key instanceof Uint8Array ? base64(key) : String(key);
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
