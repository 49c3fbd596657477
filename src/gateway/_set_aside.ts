/**
 * Opens the file of a queue: a damaged file is set aside, never deleted, and its contents are salvaged.
 *
 * @module
 */
import fs from "node:fs";
import { errorMessage } from "../_error_fields.ts";
import { troubleOf } from "./_database.ts";
import { deviceText } from "./_device_text.ts";
import { QueueError } from "./errors.ts";
import { markPath, type Progress, readMark } from "./_mark.ts";
import { repair } from "./_repair.ts";
import type { StoreEvent } from "./_store_event.ts";
import { salvage, type Salvaged } from "./_salvage.ts";
import { lostBehindDamage } from "./_wal.ts";
import { Store } from "./_store.ts";

/** Opens a file; a damaged one is set aside, and a new one starts with everything that can be recovered. */
export function openStore(path: string, tell: (event: StoreEvent) => void): Store {
  const mark = readMark(path);
  const behind = lostBehindDamage(path);
  // A single commit may have been in progress when the power failed: it was not acknowledged.
  if (behind && behind.commits > 1) {
    return setAside(path, new Error(damagedLog(behind)), tell);
  }
  try {
    const store = new Store(path);
    if (store.damagedRecords.length === 0) {
      if (!mark || mark.version <= store.progress.version) return store;
      if (!behind) {
        tellMissing(mark, store, tell);
        return store;
      }
      store.db.close();
      return setAside(path, new Error(damagedLog(behind)), tell);
    }
    // SQLite may not read everything: the salvage reads every page.
    store.db.close();
    return setAside(
      path,
      new Error(`both copies of ${store.damagedRecords.join(", ")} are damaged`),
      tell,
    );
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === "locked") {
      throw new QueueError(
        `Cannot open the queue "${path}": another process uses it; stop that process, or see ` +
          '"archfx gateway status"',
      );
    }
    if (trouble === "damaged" && wasQueue(path)) return setAside(path, error, tell);
    if (trouble === "damaged") {
      throw new QueueError(
        `Cannot open the queue "${path}": the file is neither a queue nor a damaged queue; use another file`,
      );
    }
    if (error instanceof QueueError) throw error;
    throw new QueueError(`Cannot open the queue "${path}": ${errorMessage(error)}`);
  }
}

/**
 * Whether a file that SQLite cannot read was a queue: if the path is wrong, the file of another program must not
 * be renamed.
 */
function wasQueue(path: string): boolean {
  if ([markPath(path), `${path}.reserve`, `${path}-wal`].some((it) => fs.existsSync(it))) {
    return true;
  }
  const head = new Uint8Array(1 << 20);
  const file = fs.openSync(path, "r");
  try {
    const text = new TextDecoder("latin1").decode(head.subarray(0, fs.readSync(file, head)));
    return /AFX[brd]/.test(text);
  } finally {
    fs.closeSync(file);
  }
}

function damagedLog({ commits, at }: { commits: number; at: number }): string {
  return `its log is damaged at byte ${at}, with ${commits} ${
    commits === 1 ? "commit" : "commits"
  } behind`;
}

/** Reports commits that are missing, and continues after them. */
function tellMissing(mark: Progress, store: Store, tell: (event: StoreEvent) => void): void {
  const { batch, readings } = store.progress;
  const missing = mark.readings - readings;
  const newest = mark.batch > batch
    ? `${missing} readings in the batches ${batch + 1} to ${mark.batch}`
    : "the last records of the gateway";
  tell({
    level: "error",
    message:
      `Commits of the queue are missing: ${newest}. Its log was truncated, or it is an older copy. Sources with a ` +
      "position deliver theirs again; readings of other sources are lost",
    ...(missing > 0 && { dropped: missing }),
  });
  goOnBehind(mark, store);
}

/** Numbers that were assigned are not used again, and the next start does not report the loss again. */
function goOnBehind(mark: Progress, store: Store): void {
  store.skipTo(mark);
  try {
    store.transaction(() => {});
  } catch {
    // The disk is full: the next start reports it again.
  }
}

/** Renames a damaged file and creates a new one with everything that can be recovered. */
export function setAside(path: string, cause: unknown, tell: (event: StoreEvent) => void): Store {
  let n = 1;
  while (fs.existsSync(`${path}.damaged-${n}`)) n++;
  const aside = `${path}.damaged-${n}`;
  for (const end of ["", "-wal"]) {
    if (fs.existsSync(path + end)) fs.renameSync(path + end, aside + end);
  }
  fs.rmSync(`${path}-shm`, { force: true });
  tell({
    level: "error",
    message: `The queue "${path}" is damaged (${errorMessage(cause)}): it was renamed to ` +
      `"${aside}", and a new one was created`,
  });
  const mark = readMark(path);
  const store = new Store(path);
  try {
    const salvaged = salvage(aside, store);
    tellSalvaged(salvaged, aside, tell);
    repair(store, tell);
    if (mark && mark.batch > store.progress.batch) tellMissing(mark, store, tell);
    else if (mark) goOnBehind(mark, store);
  } catch (error) {
    tell({
      level: "error",
      message: `Cannot salvage "${aside}": ${errorMessage(error)}; ` +
        '"archfx gateway queue check --salvage" tries again',
    });
  }
  return store;
}

/** Reports what was recovered and what is lost. */
function tellSalvaged(
  { batches, readings, keys, damaged, lost }: Salvaged,
  aside: string,
  tell: (event: StoreEvent) => void,
): void {
  tell({
    level: "warning",
    message: `Salvaged ${readings} readings in ${batches} batches from "${aside}"; ` +
      `${damaged} damaged pieces are left there`,
  });
  if (keys === undefined) {
    tell({
      level: "warning",
      message:
        `The idempotency keys of "${aside}" cannot be read: an earlier request that is repeated is ` +
        "stored again",
    });
  }
  for (const { device, readings } of lost) {
    tell({
      level: "error",
      message: `About ${readings} readings of device ${deviceText(device)} were lost by damage`,
      dropped: readings,
    });
  }
}
