/**
 * A lock between processes: a file that only one of them can create.
 *
 * The file names its owner: process, host and a random word. An owner that lives touches it every
 * few seconds. A lock whose owner died, or that nobody touched for half a minute, is stale. Taking
 * a stale one away is itself done by one process at a time (`.break`, created in the same way), so
 * that nobody removes a lock that was just taken anew.
 *
 * Neither Node nor Bun offers the locks of the kernel, which would need none of this.
 *
 * @module
 */
import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";

const TOUCH_EVERY_MS = 5_000;
const STALE_AFTER_MS = 30_000;

/** Limits of waiting for a lock. */
export interface LockOptions {
  /** Ends the wait. */
  signal?: AbortSignal;
  /** How long to wait. @default {60_000} */
  timeoutMs?: number;
}

/**
 * Runs a task while holding a lock.
 *
 * @param path The lock file; its folder exists.
 * @param task What to do meanwhile.
 * @param options Limits of the wait.
 * @returns What the task returns.
 * @throws {Error} Where the lock is not had in time.
 */
export async function withLock<T>(
  path: string,
  task: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const owner = `${process.pid} ${hostname()} ${crypto.randomUUID()}`;
  const deadline = performance.now() + (options.timeoutMs ?? 60_000);
  while (!(await create(path, owner))) {
    options.signal?.throwIfAborted();
    if (performance.now() > deadline) {
      throw new Error(`Cannot lock "${path}" as another process holds it`);
    }
    if (!(await breakStale(path))) await wait(15 + Math.random() * 35);
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {/* Taken away: seen where it matters, below. */});
  }, TOUCH_EVERY_MS);
  touching.unref?.();
  try {
    return await task();
  } finally {
    clearInterval(touching);
    // A process that slept for minutes may find its lock taken over: that one is not ours to remove.
    if (await content(path) === owner) await rm(path, { force: true });
  }
}

async function create(path: string, owner: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(owner);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function content(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Whether the lock was found stale and taken away. */
async function breakStale(path: string): Promise<boolean> {
  if (!(await isStale(path))) return false;
  const breaker = `${path}.break`;
  if (!(await create(breaker, String(process.pid)))) {
    // Its owner has it for microseconds, unless it was killed in just these.
    if (await untouchedMs(breaker) > STALE_AFTER_MS) await rm(breaker, { force: true });
    return false;
  }
  try {
    // Asked again: before the breaker was ours, another process may have taken the lock anew.
    if (!(await isStale(path))) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await rm(breaker, { force: true });
  }
}

async function isStale(path: string): Promise<boolean> {
  const owner = await content(path);
  if (owner === undefined) return false;
  const untouched = await untouchedMs(path);
  if (untouched > STALE_AFTER_MS) return true;
  const [pid, host] = owner.split(" ");
  // Killed between creating and writing: empty. Given a second, since the writing may be under way.
  if (!pid || !host) return untouched > 1_000;
  return host === hostname() && !isAlive(Number(pid));
}

async function untouchedMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

/** Whether a process of this machine lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
