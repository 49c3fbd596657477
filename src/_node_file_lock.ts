/**
 * A lock between processes: a file that only one of them can create.
 *
 * The lock only avoids work; correctness does not depend on it. A lock that is based on files can be taken
 * over from a process that is stopped for long enough. If two processes hold it, compare-and-swap
 * (_committed_file.ts) decides which one writes.
 *
 * The file names its owner: process id, process space and a random word. A living owner touches it every
 * few seconds. A lock is stale if its owner, in the same process space, no longer exists, or if it did
 * not change while another process waited for it for half a minute by its own monotonic clock. Clock times
 * are never compared, so wrong clocks do no harm.
 *
 * Neither Node nor Bun offers kernel locks.
 *
 * @module
 */
import { type FileHandle, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { errorCode } from "./_error_fields.ts";
import { isAlive, processSpace } from "./_node_this_machine.ts";

const TOUCH_EVERY_MS = 5_000;

/** Limits of waiting for a lock. */
export interface LockOptions {
  /** Ends the wait. */
  signal?: AbortSignal;
  /** The maximum time to wait. @default {60_000} */
  timeoutMs?: number;
  /** The time without a change after which a lock is taken over. @default {30_000} */
  staleAfterMs?: number;
}

/**
 * Runs a task while holding a lock.
 *
 * @param path The lock file; its folder exists.
 * @param task The task.
 * @param options Limits of the wait.
 * @returns What the task returns.
 * @throws {Error} If the lock is not free in time.
 */
export async function withLock<T>(
  path: string,
  task: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const owner = `${process.pid} ${processSpace()} ${crypto.randomUUID()}`;
  const { signal, timeoutMs = 60_000, staleAfterMs = 30_000 } = options;
  const deadline = performance.now() + timeoutMs;
  let seen = { state: "", unchangedMs: 0, at: performance.now() };
  while (!(await create(path, owner))) {
    signal?.throwIfAborted();
    if (performance.now() > deadline) {
      throw new Error(
        `Cannot lock "${path}" within ${timeoutMs / 1000} s: another process holds it` +
          `${await ownerOf(path)}; if no such process exists, remove the file`,
      );
    }
    const state = await stateOf(path);
    // At most a second for each check: this process may itself have been stopped in between.
    const passed = Math.min(1_000, performance.now() - seen.at);
    const unchangedMs = state === seen.state ? seen.unchangedMs + passed : 0;
    seen = { state, unchangedMs, at: performance.now() };
    const isOld = state !== "" && unchangedMs > staleAfterMs;
    if (isOld || ownerIsGone(state)) await takeAway(path, state);
    else await wait(15 + Math.random() * 35);
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {/* Taken over: noticed by compare-and-swap. */});
  }, TOUCH_EVERY_MS);
  touching.unref?.();
  try {
    return await task();
  } finally {
    clearInterval(touching);
    // A process that was stopped for minutes may find the lock of another process here.
    if (await content(path) === owner) await rm(path, { force: true });
  }
}

async function create(path: string, owner: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, "wx", 0o600);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await file.writeFile(owner);
    return true;
  } catch (error) {
    // On a full disk the file exists but is empty: it would have no owner.
    await rm(path, { force: true });
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  } finally {
    await file.close();
  }
}

async function content(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Owner and time of the last touch; empty if the lock is free. */
async function stateOf(path: string): Promise<string> {
  const owner = await content(path);
  if (owner === undefined) return "";
  const touched = await stat(path).then((found) => found.mtimeMs, () => undefined);
  return touched === undefined ? "" : `${owner}\n${touched}`;
}

function ownerIsGone(state: string): boolean {
  const [pid, space] = state.split(/[ \n]/);
  return space === processSpace() && /^\d+$/.test(pid!) && !isAlive(Number(pid));
}

async function ownerOf(path: string): Promise<string> {
  const [pid, space] = (await content(path) ?? "").split(" ");
  return space === processSpace() ? ` (process ${pid})` : "";
}

/** Removes a stale lock. Of several processes that try this, one succeeds. */
async function takeAway(path: string, state: string): Promise<void> {
  const away = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await rename(path, away);
  } catch {
    return;
  }
  // Another process was faster, and this is the new lock of a third process: rename it back.
  if (await stateOf(away) !== state) await rename(away, path).catch(() => {});
  await rm(away, { force: true });
}
