/**
 * The text of a source as UTF-8: decompressed, converted from its encoding, without a byte order mark.
 *
 * @module
 */
import { errorCode, errorMessage } from "../_error_fields.ts";
import { DataError } from "../codec/data_error.ts";
import { byteChunks } from "./_byte_chunks.ts";
import { foreignBytes, foreignText } from "./foreign.ts";
import { problemError } from "./problem.ts";
import type { ByteSource } from "./read_options.ts";

/** The number of bytes from which the kind of a source is recognised. */
const HEAD = 4;

/** Counts bytes while they arrive. */
export class Counted {
  /** The number of bytes so far. */
  bytes = 0;
  readonly #onProgress: ((bytes: number) => void) | undefined;

  constructor(onProgress: ((bytes: number) => void) | undefined) {
    this.#onProgress = onProgress;
  }

  /** Counts the bytes of a source; a piece counts when the reader requests the next one. */
  async *of(source: ByteSource): AsyncGenerator<Uint8Array> {
    for await (const piece of byteChunks(source)) {
      this.bytes += piece.length;
      yield piece;
      this.#onProgress?.(this.bytes);
    }
  }
}

/** Makes the first piece at least `HEAD` bytes long, if the source has that many. */
async function* withHead(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined;
  let done = false;
  try {
    for await (const piece of pieces) {
      if (done) {
        yield piece;
        continue;
      }
      head = head ? joined(head, piece) : piece;
      // The source may reuse its buffer for the next piece.
      if (head.length < HEAD) head = head.slice();
      else {
        done = true;
        yield head;
      }
    }
    if (!done && head) yield head;
  } finally {
    await pieces.return(undefined);
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

/** The compression of a source, recognised by its first bytes. */
function packing(head: Uint8Array): "gzip" | "zstd" | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  const isFrame = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  // Frames without data may come first.
  const isSkippable = head[0] >> 4 === 5 && head[1] === 0x2a && head[2] === 0x4d &&
    head[3] === 0x18;
  return isFrame || isSkippable ? "zstd" : undefined;
}

async function* unpacked(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await pieces.next();
  if (first.done) return;
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield first.value;
      yield* pieces;
    } finally {
      await pieces.return(undefined);
    }
  }
  const kind = packing(first.value);
  if (!kind) {
    yield* all();
    return;
  }
  const { unpack } = await import("./_unpack.ts");
  try {
    for await (const piece of unpack(all(), kind)) yield piece;
  } catch (error) {
    if (error instanceof DataError) throw error;
    const code = errorCode(error);
    const isFile = typeof code === "string" && /^E[A-Z]+$/.test(code);
    if (isFile || (error instanceof Error && error.name === "AbortError")) throw error;
    const reason = errorMessage(error);
    if (/too much memory/i.test(reason)) {
      throw problemError({
        message:
          `its ${kind} data needs more memory than is allowed: decompress it first (zstd -d --long=31), or compress it without --long`,
      });
    }
    throw problemError({
      message:
        `its ${kind} data cannot be decompressed, since it is cut off or damaged (${reason})`,
    });
  }
}

function reject(message: string | undefined): void {
  if (message !== undefined) throw problemError({ message });
}

/** The encoding that a byte order mark names, and the length of the mark. */
function mark(head: Uint8Array): { encoding: string; length: number } | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
    return { encoding: "utf-8", length: 3 };
  }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", length: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", length: 2 };
  return undefined;
}

/** A source as text in UTF-8. A text whose encoding is UTF-8 is passed on unchanged. */
export async function* textPieces(
  source: AsyncGenerator<Uint8Array>,
  encoding: string | undefined,
): AsyncGenerator<Uint8Array> {
  const pieces = withHead(unpacked(withHead(source)));
  const wanted = encoding === undefined ? undefined : new TextDecoder(encoding).encoding;
  let decoder: TextDecoder | undefined;
  let begun = false;
  const encoder = new TextEncoder();
  const decode = (piece?: Uint8Array): Uint8Array => {
    try {
      return encoder.encode(decoder!.decode(piece, { stream: piece !== undefined }));
    } catch {
      throw problemError({
        message: `it is not valid ${decoder!.encoding}`,
        hints: [{ option: "encoding" }],
      });
    }
  };
  for await (let piece of pieces) {
    const isFirst = !begun;
    if (isFirst) {
      begun = true;
      reject(foreignBytes(piece));
      const found = mark(piece);
      const used = found?.encoding ?? wanted ?? "utf-8";
      if (found) piece = piece.subarray(found.length);
      // A text in another encoding must be valid as a whole, since a wrong byte could hide a delimiter.
      if (used !== "utf-8") decoder = new TextDecoder(used, { fatal: true, ignoreBOM: true });
    }
    const text = decoder ? decode(piece) : piece;
    if (isFirst) reject(foreignText(text));
    if (text.length > 0) yield text;
  }
  if (decoder) {
    const rest = decode();
    if (rest.length > 0) yield rest;
  }
}
