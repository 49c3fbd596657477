/**
 * Files that are there whole or not at all: written beside the target, then renamed. The name in
 * between is the target's and `.<process id>-<8 hexadecimal digits>.part`.
 *
 * @module
 */
import { createHash, randomUUID } from "node:crypto";
import { chmod, open, readdir, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { writeAll, writeBeside } from "../_node_files.ts";
import { besideOf, type FileTarget, fileTarget } from "../_node_target.ts";
import { CommandError, ExitCode, fileError } from "./_errors.ts";
import { isAlive } from "./_file_lock.ts";
import { isFolder } from "./_report_file.ts";

/**
 * Writes a file beside its target and renames it; writes through what is no regular file.
 *
 * @param path The target.
 * @param data What it is to hold.
 * @param mode Its permissions; unless told those of the file that is replaced.
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  mode?: number,
): Promise<void> {
  const target = await fileTarget(path);
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  await writeBeside(
    mode === undefined ? target : { ...target, mode },
    (file) => writeAll(file, bytes),
  );
}

/**
 * A name to write to until the target gets its own; says by whose machine it was made. What processes
 * of this machine left beside the target and that no longer live is removed.
 *
 * @param path The output as the user named it, for errors.
 * @param target Where it goes.
 */
export async function newPart(path: string, target: FileTarget): Promise<string> {
  const host = thisHost();
  if (!target.writtenThrough) {
    try {
      await removeParts(target.path, (pid, word) => word.startsWith(host) && !isAlive(pid));
    } catch (error) {
      throw fileError("write", path, error);
    }
  }
  return besideOf(target, host + randomUUID().slice(0, 4));
}

/**
 * Gives what was written its name: replaces a file, keeping its permissions, and copies into what is
 * no regular file.
 */
export async function giveName(part: string, target: FileTarget): Promise<void> {
  if (!target.writtenThrough) {
    if (target.mode !== undefined) await chmod(part, target.mode);
    await rename(part, target.path);
    return;
  }
  const [from, to] = [await open(part), await open(target.path, "a")];
  try {
    const buffer = new Uint8Array(1 << 20);
    while (true) {
      const { bytesRead } = await from.read(buffer, 0, buffer.length);
      if (bytesRead === 0) break;
      await writeAll(to, buffer.subarray(0, bytesRead));
    }
  } finally {
    await from.close();
    await to.close();
  }
  await rm(part, { force: true });
}

/**
 * Refuses to write over what the command itself reads or keeps.
 *
 * @param path The output.
 * @param others Files by what they are: `{ "the input": "line-1.csv" }`.
 * @returns Where the output goes.
 */
export async function checkedTarget(
  path: string,
  others: Readonly<Record<string, readonly string[]>>,
): Promise<FileTarget> {
  try {
    const target = await fileTarget(path);
    if (await isFolder(target.path)) throw Object.assign(new Error(), { code: "EISDIR" });
    for (const [what, names] of Object.entries(others)) {
      for (const name of names) {
        if (!target.writtenThrough && (await fileTarget(name)).path === target.path) {
          throw new CommandError(`Cannot write "${path}" as it is ${what}`, ExitCode.WrongUsage);
        }
      }
    }
    return target;
  } catch (error) {
    throw error instanceof CommandError ? error : fileError("write", path, error);
  }
}

/** Removes what killed processes left beside a target. Only who holds the target's lock may call it. */
export async function removeLeftovers(path: string): Promise<void> {
  await removeParts((await fileTarget(path)).path, () => true);
}

async function removeParts(
  path: string,
  wanted: (pid: number, word: string) => boolean,
): Promise<void> {
  const name = `${basename(path)}.`;
  for (const entry of await readdir(dirname(path))) {
    if (!entry.startsWith(name)) continue;
    // writeReport has parts of its own beside the part that it is given.
    const match = /^(\d+)-([0-9a-f]{8})\.part(?:\.\d+-[0-9a-f]{8}\.part)?$/
      .exec(entry.slice(name.length));
    if (match && wanted(Number(match[1]), match[2]!)) {
      await rm(join(dirname(path), entry), { force: true });
    }
  }
}

/** Four digits that tell machines apart: a process id says nothing about another one's processes. */
function thisHost(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 4);
}
