/**
 * The bytes of an input file or of standard input, piece by piece, with their hash.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { UntilAborted } from "../_until_aborted.ts";
import type { Context } from "./_command.ts";
import { CommandError, fileError } from "./_errors.ts";

/** How many bytes are read at a time. */
const PIECE = 1 << 20;

/** How many first bytes show what an input is. */
const HEAD = 512;

/** An open input. */
export interface InputBytes {
  /** Its first bytes. */
  readonly head: Uint8Array;
  /** The whole content. A piece is valid until the next one is requested, because its memory is reused. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The SHA-256 of all that has been read, in hexadecimal. */
  sha256(): string;
  /** Reads the rest if the hash needs it, and checks that the file has not changed. */
  end(): Promise<void>;
  /** Whether it is a file, which can be opened again, and not a pipe. */
  readonly isFile: boolean;
  /** Closes the file. */
  close(): void;
}

/**
 * Opens an input.
 *
 * @param context The context of the command.
 * @param path The file, `-` for standard input.
 * @param hashed Whether the hash is needed. It takes a fifth of the time for encoding a plain file.
 */
export async function openInput(
  context: Context,
  path: string,
  hashed: boolean,
): Promise<InputBytes> {
  const { source, close, check } = path === "-"
    ? { source: context.io.input(), close: () => {}, check: undefined }
    : await openFile(path);
  const iterator = source[Symbol.asyncIterator]();
  // A process may keep a pipe open without writing. Ctrl-C must not wait for it.
  const untilAborted = check ? undefined : new UntilAborted(context.signal);
  const hash = hashed ? createHash("sha256") : undefined;
  const next = async () => {
    try {
      const found = await (untilAborted ? untilAborted.wait(iterator.next()) : iterator.next());
      if (!found.done) hash?.update(found.value);
      else await check?.();
      return found;
    } catch (error) {
      context.signal.throwIfAborted();
      throw fileError("read", path, error);
    }
  };
  let found = await next();
  let head = found.done ? new Uint8Array() : found.value;
  // Bytes from a pipe may come in small pieces.
  while (!found.done && head.length < HEAD) {
    head = head.slice();
    found = await next();
    if (!found.done) head = joined(head, found.value);
  }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    while (!found.done) {
      context.signal.throwIfAborted();
      found = await next();
      if (!found.done) yield found.value;
    }
  }
  const all = bytes();
  let digest: string | undefined;
  return {
    head,
    bytes: all,
    isFile: check !== undefined,
    close() {
      untilAborted?.close();
      close();
    },
    sha256: () => digest ??= hash!.digest("hex"),
    async end() {
      if (hashed) { for await (const _ of all); }
      else await check?.();
    },
  };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}

interface OpenedFile {
  source: AsyncIterable<Uint8Array>;
  close: () => void;
  /** Throws if the file has changed since it was opened; absent for pipes. */
  check: (() => Promise<void>) | undefined;
}

async function openFile(path: string): Promise<OpenedFile> {
  try {
    if ((await stat(path)).isFile()) {
      const file = await open(path);
      const { size, check } = await changeCheck(path, file);
      return {
        source: pieces(file, size, check),
        close: () => void file.close().catch(() => {/* Nothing was written. */}),
        check,
      };
    }
  } catch (error) {
    throw fileError("read", path, error);
  }
  // A read from a named pipe may wait forever, but a stream can be destroyed in the meantime.
  const stream = createReadStream(path, { highWaterMark: PIECE });
  return { source: stream, close: () => stream.destroy(), check: undefined };
}

/** A file that another program is still writing may end in the middle of a number. */
async function changeCheck(
  path: string,
  file: FileHandle,
): Promise<{ size: number; check: () => Promise<void> }> {
  const before = await file.stat({ bigint: true });
  const check = async () => {
    const after = await file.stat({ bigint: true });
    const rule = after.size < before.size
      ? "it became shorter while it was read"
      : after.size !== before.size || after.mtimeNs !== before.mtimeNs
      ? "it was changed while it was read"
      : after.nlink < before.nlink
      ? "it was removed while it was read"
      : undefined;
    if (rule === undefined) return;
    throw new CommandError(
      `Cannot read "${path}": ${rule}; encode it again once it is complete`,
    );
  };
  return { size: Number(before.size), check };
}

/** The pieces of a file, in one buffer: new memory for each piece would take longer than reading it. */
async function* pieces(
  file: FileHandle,
  size: number,
  check: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(PIECE);
  let length = 0;
  while (true) {
    const { bytesRead } = await file.read(buffer, 0, PIECE, null);
    if (bytesRead === 0) return;
    length += bytesRead;
    // Files such as those in /proc have no size. A file that grows faster than it is read would have no end.
    if (size > 0 && length > size) await check();
    yield buffer.subarray(0, bytesRead);
  }
}
