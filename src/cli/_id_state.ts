/**
 * Where the ids of the next report begin, kept between runs: a small JSON file.
 *
 * ```json
 * { "version": 1, "next": { "t--0000-0000-0000-0001--0100": 22696 } }
 * ```
 *
 * Ids are reserved before the report gets its name: after a crash in between there is a gap, which
 * the cloud accepts, and never an id twice, whose reading the cloud would drop.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { writeAtomically } from "./_atomic_file.ts";
import { CommandError, fileError } from "./_errors.ts";
import { withLock } from "./_file_lock.ts";

/** The next id of each streamer, by its slug. */
export type NextIds = Map<string, number>;

/**
 * Runs a task with the next ids, which no other process uses meanwhile.
 *
 * @param path The file; made where there is none.
 * @param task Gets the next ids and a function that saves them, changed in place.
 * @param signal Ends the wait for another process.
 */
export async function withIdState<T>(
  path: string,
  task: (next: NextIds, save: () => Promise<void>) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const options = { timeoutMs: 600_000, ...(signal ? { signal } : {}) };
  try {
    return await withLock(`${path}.lock`, async () => {
      const next = await read(path);
      return await task(next, async () => {
        const text = JSON.stringify({ version: 1, next: Object.fromEntries(next) }, null, 2);
        try {
          await writeAtomically(path, text + "\n");
        } catch (error) {
          throw fileError("write", path, error);
        }
      });
    }, options);
  } catch (error) {
    if ((error as { path?: string }).path === `${path}.lock`) throw fileError("write", path, error);
    throw error;
  }
}

async function read(path: string): Promise<NextIds> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return new Map();
    throw fileError("read", path, error);
  }
  const refuse = (rule: string) =>
    new CommandError(`Cannot read "${path}" as a file of next ids: ${rule}`);
  let data: { version?: unknown; next?: unknown } | null;
  try {
    data = JSON.parse(text);
  } catch {
    throw refuse("it is not JSON");
  }
  if (data?.version !== 1 || typeof data.next !== "object" || data.next === null) {
    throw refuse('it must be { "version": 1, "next": { ... } }');
  }
  const next: NextIds = new Map();
  for (const [streamer, id] of Object.entries(data.next)) {
    if (!Number.isSafeInteger(id) || (id as number) < 1) {
      throw refuse(`the id of ${streamer} must be an integer from 1 to 2^53-1`);
    }
    next.set(streamer, id as number);
  }
  return next;
}
