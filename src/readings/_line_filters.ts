/**
 * Physical lines of a text that are not read: a footer, and tables before and after the one that is meant.
 *
 * @module
 */

import { problemError } from "./problem.ts";

/** The longest line, in bytes: what is held of a text must stay small. */
const LONGEST_LINE = 4 * 1024 * 1024;
const FEED = 10;
const RETURN = 13;

/** Lines with their ends, however the pieces are cut; the last one may have none. */
async function* lines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  let line = 1;
  for await (const piece of pieces) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    let from = 0;
    // A carriage return at the end may belong to a line feed that is still to come.
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
    // What the loop above could not decide.
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

/** Bytes gathered so that not every line is a piece. */
class Gathered {
  #bytes = new Uint8Array(65536);
  #length = 0;

  /** Adds bytes; gives back what was gathered once there is enough. */
  add(bytes: Uint8Array): Uint8Array | undefined {
    const full = this.#length + bytes.length > this.#bytes.length ? this.take() : undefined;
    if (bytes.length > this.#bytes.length) this.#bytes = new Uint8Array(2 * bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return full;
  }

  /** What was gathered. */
  take(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }
}

/** A text without its last lines. */
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
 * One of several tables that empty lines separate. The lines before it are kept as empty ones, so that line numbers stay
 * those of the text.
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
