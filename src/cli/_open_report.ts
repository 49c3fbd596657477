/**
 * A report file that is read a window at a time.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { CommandError, fileError } from "./_errors.ts";
import { type FileIdentity, identityFrom } from "./_sent_file.ts";

/** An open file. */
interface OpenReport {
  /** The identity of the file. */
  readonly identity: FileIdentity;
  /** Its size in bytes. */
  readonly length: number;
  /** Returns bytes of it; the next call overwrites them. */
  read(offset: number, size: number): Uint8Array;
  /** Closes it. */
  close(): void;
}

/**
 * Opens a regular file, which may be removed later; not a pipe or a folder.
 *
 * @throws {CommandError} If it cannot be opened.
 */
export function openReport(path: string): OpenReport {
  const naming = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw error instanceof CommandError ? error : fileError("read", path, error);
    }
  };
  const check = (isFile: boolean) => {
    if (!isFile) throw new CommandError(`Cannot send "${path}": it is not a regular file`);
  };
  // Checked before it is opened: opening a named pipe would wait for a writer.
  naming(() => check(statSync(path).isFile()));
  const file = naming(() => openSync(path, "r"));
  try {
    const info = naming(() => fstatSync(file, { bigint: true }));
    check(info.isFile());
    const identity = identityFrom(info);
    let buffer = new Uint8Array(0);
    return {
      identity,
      length: Number(identity.size),
      read(offset, size) {
        if (buffer.length < size) buffer = new Uint8Array(size);
        let length = 0;
        while (length < size) {
          const read = naming(() => readSync(file, buffer, length, size - length, offset + length));
          if (read === 0) {
            throw new CommandError(`Cannot read "${path}": it became shorter while it was read`);
          }
          length += read;
        }
        return buffer.subarray(0, size);
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
