/**
 * A file as a Blob whose parts are read when they are requested. `openAsBlob` reads the whole file on Deno.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises";
import { naming } from "../_file_error.ts";

/** A file, or a part of it. */
class FileBlob extends Blob {
  readonly #file: FileHandle;
  readonly #from: number;
  readonly #size: number;

  constructor(file: FileHandle, from: number, size: number) {
    super();
    this.#file = file;
    this.#from = from;
    this.#size = size;
  }

  override get size(): number {
    return this.#size;
  }

  override slice(start = 0, end: number = this.#size): Blob {
    const from = start < 0 ? Math.max(0, this.#size + start) : Math.min(start, this.#size);
    const to = end < 0 ? Math.max(0, this.#size + end) : Math.min(end, this.#size);
    return new FileBlob(this.#file, this.#from + from, Math.max(0, to - from));
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.#size);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await this.#file.read(bytes, at, bytes.length - at, this.#from + at);
      if (bytesRead === 0) throw new Error("the file has become shorter while it was read");
      at += bytesRead;
    }
    return bytes.buffer;
  }
}

/** Opens a file. Call `close` when its parts are not needed any more. */
export async function openBlob(
  path: string | URL,
): Promise<{ blob: Blob; close: () => Promise<void> }> {
  const file = await naming("read", path, open(path));
  try {
    const { size } = await naming("read", path, file.stat());
    return { blob: new FileBlob(file, 0, size), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}
