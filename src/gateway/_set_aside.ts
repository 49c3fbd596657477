/**
 * Opening a queue's file: a damaged one is set aside, never deleted, and what it holds is salvaged.
 *
 * @module
 */
import fs from "node:fs";
import { troubleOf } from "./_database.ts";
import { deviceText } from "./_device_text.ts";
import { QueueError } from "./errors.ts";
import { repair } from "./_repair.ts";
import type { StoreEvent } from "./_store_event.ts";
import { salvage, type Salvaged } from "./_salvage.ts";
import { Store } from "./_store.ts";

/** Opens a file; a damaged one is set aside, and a new one begins with what can be recovered. */
export function openStore(path: string, tell: (event: StoreEvent) => void): Store {
  try {
    const store = new Store(path);
    if (store.damagedRecords.length === 0) return store;
    // What SQLite can read is not the whole truth: the salvage looks at every page.
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
        `Cannot open the queue "${path}": another process uses it; stop that process, or ask it ` +
          'with "archfx gateway status"',
      );
    }
    if (trouble === "damaged") return setAside(path, error, tell);
    if (error instanceof QueueError) throw error;
    throw new QueueError(`Cannot open the queue "${path}": ${(error as Error).message}`);
  }
}

/** Puts a damaged file out of the way and begins a new one with what can be recovered. */
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
    message: `The queue "${path}" is damaged (${(cause as Error).message}): it was renamed to ` +
      `"${aside}", and a new one begins`,
  });
  const store = new Store(path);
  try {
    tellSalvaged(salvage(aside, store), aside, tell);
    repair(store, tell);
  } catch (error) {
    tell({
      level: "error",
      message: `Cannot salvage "${aside}": ${(error as Error).message}; ` +
        '"archfx gateway queue check --salvage" tries again',
    });
  }
  return store;
}

/** Says what was recovered and what was lost. */
export function tellSalvaged(
  { batches, readings, damaged, lost }: Salvaged,
  aside: string,
  tell: (event: StoreEvent) => void,
): void {
  tell({
    level: "warning",
    message: `Salvaged ${readings} readings in ${batches} batches from "${aside}"; ` +
      `${damaged} damaged pieces stay there`,
  });
  for (const { device, readings } of lost) {
    tell({
      level: "error",
      message: `About ${readings} readings of device ${deviceText(device)} were lost by damage`,
      dropped: readings,
    });
  }
}
