/**
 * Removes physical lines of a text that are not read: a footer, and the tables before and after the chosen one.
 *
 * @module
 */

import { problemError } from "./problem.ts";

/** The longest line, in bytes, which limits the memory for a text. */
const LONGEST_LINE = 4 * 1024 * 1024;
const FEED = 10;
const RETURN = 13;

/** Lines with their line ends, no matter where the pieces end; the last line may have no line end. */
async function* lines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  let line = 1;
  for await (const piece of pieces) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    let from = 0;
    // A carriage return at the end may belong to a line feed in the next piece.
    const known = bytes.length - 2;
    for (let p = Math.max(0, rest.length - 2); p < bytes.length; p++) {
      let end = 0;
      if (bytes[p] === FEED) end = p + 1;
      else if (bytes[p] === RETURN && p < known) {
        end = bytes[p + 1] === FEED
          ? p + 2
          : bytes[p + 1] === RETURN && bytes[p + 2] === FEED
          ? p + 3
          : p + 1;
      } else if (bytes[p] === RETURN && p + 1 < bytes.length && bytes[p + 1] === FEED) end = p + 2;
      else if (bytes[p] === RETURN) break;
      if (end === 0 || end <= from) continue;
      yield bytes.subarray(from, end);
      line++;
      from = end;
      p = end - 1;
    }
    rest = bytes.slice(from);
    if (rest.length > LONGEST_LINE) {
      throw problemError({ line, message: `it is longer than ${LONGEST_LINE} bytes` });
    }
  }
  while (rest.length > 0) {
    // The rest, which the loop above could not decide.
    const end = rest.indexOf(RETURN);
    if (end < 0 || end + 1 === rest.length) {
      yield rest;
      return;
    }
    const length = rest[end + 1] === FEED ? end + 2 : rest[end + 2] === FEED ? end + 3 : end + 1;
    yield rest.subarray(0, length);
    rest = rest.subarray(length);
  }
}

/** Gathers lines, so that not every line becomes a piece. */
class Gathered {
  #bytes = new Uint8Array(65536);
  #length = 0;

  /** Adds bytes; returns the gathered bytes when there are enough. */
  add(bytes: Uint8Array): Uint8Array | undefined {
    const full = this.#length + bytes.length > this.#bytes.length ? this.take() : undefined;
    if (bytes.length > this.#bytes.length) this.#bytes = new Uint8Array(2 * bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return full;
  }

  /** Takes the gathered bytes. */
  take(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }
}

/** Returns a text without its last lines. */
export async function* withoutFooter(
  pieces: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  const gathered = new Gathered();
  for await (const line of lines(pieces)) {
    held.push(line.slice());
    if (held.length <= count) continue;
    const full = gathered.add(held.shift()!);
    if (full) yield full;
  }
  const rest = gathered.take();
  if (rest) yield rest;
}

/**
 * Returns one of several tables that empty lines separate. The lines before it become empty lines, so that line numbers
 * do not change.
 */
export async function* oneTable(
  pieces: AsyncIterable<Uint8Array>,
  table: number,
): AsyncGenerator<Uint8Array> {
  const gathered = new Gathered();
  const feed = Uint8Array.of(FEED);
  let current = 0;
  let within = false;
  for await (const line of lines(pieces)) {
    const isEmpty = line.every((byte) =>
      byte === FEED || byte === RETURN || byte === 32 || byte === 9
    );
    if (!isEmpty && !within) current++;
    within = !isEmpty;
    if (current > table) break;
    const full = gathered.add(current === table ? line : feed);
    if (full) yield full;
  }
  const rest = gathered.take();
  if (rest) yield rest;
}
