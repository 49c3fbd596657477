/**
 * The output of a command: standard output, or a file that gets its name when it is complete.
 *
 * @module
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { FileTarget } from "../_node_target.ts";
import { giveName, newPart } from "./_atomic_file.ts";
import type { Context } from "./_command.ts";
import { fileError } from "./_errors.ts";

/** An output for text or bytes, piece by piece. */
export interface Sink {
  /** Writes a piece, and waits for a slow reader. */
  write(piece: string | Uint8Array): Promise<void>;
  /** Ends the output; a file gets its name. */
  close(): Promise<void>;
  /** Removes an incomplete file. */
  abandon(): Promise<void>;
}

/** Standard output. */
export function standardOutput(context: Context): Sink {
  return {
    write: (piece) => context.io.write(piece),
    close: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
  };
}

/** A file that gets its name when it is complete. A pipe or a device is written directly. */
export async function fileSink(path: string, target: FileTarget): Promise<Sink> {
  const part = target.writtenThrough ? target.path : await newPart(path, target);
  const stream = createWriteStream(part, { flags: target.writtenThrough ? "a" : "wx" });
  let failure: Error | undefined;
  stream.on("error", (error) => failure = fileError("write", path, error));
  const settled = async (...events: string[]) => {
    // Stops waiting for the other events, because each would leave a listener behind.
    const ended = new AbortController();
    const { signal } = ended;
    // An error rejects each of these; it is kept as the failure.
    await Promise.race(events.map((event) => once(stream, event, { signal }))).catch(() => {});
    ended.abort();
  };
  return {
    async write(piece) {
      if (failure) throw failure;
      if (!stream.write(piece)) await settled("drain", "close");
      if (failure) throw failure;
    },
    async close() {
      stream.end();
      if (!stream.closed) await settled("close");
      if (failure) throw failure;
      try {
        if (!target.writtenThrough) await giveName(part, target);
      } catch (error) {
        throw fileError("write", path, error);
      }
    },
    async abandon() {
      stream.destroy();
      if (!target.writtenThrough) await rm(part, { force: true });
    },
  };
}
