/**
 * Files that appear complete or not at all: written beside the target, then renamed. The temporary name is the
 * target's name with `.<process id>-<8 hexadecimal digits>.part`.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { chmod, link, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../_error_fields.ts";
import { writeAll, writeBeside } from "../_node_files.ts";
import { besideOf, type FileTarget, fileTarget } from "../_node_target.ts";
import { CommandError, ExitCode, fileError } from "./_errors.ts";
import { isAlive, processSpace } from "../_node_this_machine.ts";
import { isFolder } from "./_report_file.ts";

/**
 * Writes a file beside its target and renames it. Something that is not a regular file is written to.
 *
 * @param path The target.
 * @param data The content.
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  await writeBeside(await fileTarget(path), (file) => writeAll(file, bytes));
}

/** The parts in each folder at the first request: a folder with thousands of files is listed once, not once for each file. */
export class PartsOfFolders {
  readonly #parts = new Map<string, Promise<string[]>>();

  /** The names of the parts in a folder. */
  in(folder: string): Promise<string[]> {
    let parts = this.#parts.get(folder);
    if (parts === undefined) {
      parts = readdir(folder).then((names) => names.filter((name) => name.endsWith(".part")));
      this.#parts.set(folder, parts);
    }
    return parts;
  }
}

/** How many part names this process has made. */
let made = Number.parseInt(randomUUID().slice(0, 4), 16);

/**
 * A name to write to until the file is renamed to its target. The name says where the process runs.
 * Parts of dead processes beside the target are removed.
 *
 * @param path The output as the user named it, for errors.
 * @param target The final file.
 * @param parts The parts in its folder.
 */
export async function newPart(
  path: string,
  target: FileTarget,
  parts: PartsOfFolders = new PartsOfFolders(),
): Promise<string> {
  // A process id has no meaning on another machine or in another container.
  const space = processSpace().slice(0, 4);
  if (!target.writtenThrough) {
    try {
      await removeParts(target.path, parts, (pid, word) => word.startsWith(space) && !isAlive(pid));
    } catch (error) {
      throw fileError("write", path, error);
    }
  }
  // A counter, because the parts of one process must differ: among 300 random words of four digits, two are often
  // equal.
  const count = made++ % 0x10000;
  return besideOf(target, space + count.toString(16).padStart(4, "0"));
}

/** Creates an empty part with the permissions of the file that it replaces, so that the content stays private. */
export async function createPart(part: string, target: FileTarget): Promise<void> {
  const file = await open(part, "wx", target.mode ?? 0o666);
  try {
    if (target.mode !== undefined) await file.chmod(target.mode);
  } finally {
    await file.close();
  }
}

/**
 * Renames the part to its target and keeps the permissions of a file that it replaces, or appends to
 * something that is not a regular file.
 *
 * @param part The part that was written.
 * @param target The final file.
 * @param replace Whether a file may be replaced. If not, and another process created one since the check,
 * this throws EEXIST.
 */
export async function giveName(part: string, target: FileTarget, replace = true): Promise<void> {
  if (!target.writtenThrough) {
    if (target.mode !== undefined) await chmod(part, target.mode);
    if (replace) await rename(part, target.path);
    else await giveNewName(part, target.path);
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
 * Rejects an output file that the command also reads or uses for its state.
 *
 * @param path The output.
 * @param others Files by their role: `{ "the input": "line-1.csv" }`.
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
          throw new CommandError(`Cannot write "${path}": it is ${what}`, ExitCode.WrongUsage);
        }
      }
    }
    return target;
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** A rename that never replaces a file, even if this process is paused just before it. */
async function giveNewName(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw error;
    // Without hard links, only a file that this process has created is replaced.
    await (await open(path, "wx")).close();
    await rename(part, path);
    return;
  }
  await rm(part, { force: true });
}

async function removeParts(
  path: string,
  parts: PartsOfFolders,
  wanted: (pid: number, word: string) => boolean,
): Promise<void> {
  const name = `${basename(path)}.`;
  for (const entry of await parts.in(dirname(path))) {
    if (!entry.startsWith(name)) continue;
    // writeReport writes another part beside the one that it is given.
    const match = /^(\d+)-([0-9a-f]{8})\.part(?:\.\d+-[0-9a-f]{8}\.part)?$/
      .exec(entry.slice(name.length));
    if (match && wanted(Number(match[1]), match[2]!)) {
      await rm(join(dirname(path), entry), { force: true });
    }
  }
}
