/** Export and import: all data of an emulator as a folder. */
import { errorMessage } from "../../_error_fields.ts";
import { StoreError } from "../store/database.ts";
import { readFile as readStore, writeFile as writeStore } from "../store/snapshot.ts";
import type { Store } from "../store/store.ts";

/** The file with the tables. */
const STORE_FILE = "archfx.sqlite";
/** The file that describes the folder. */
const ABOUT_FILE = "archfx-export.json";

/**
 * Writes everything into a folder, which is created if it does not exist. An existing export is
 * replaced once the new one is complete.
 */
export async function exportStore(store: Store, dir: string): Promise<void> {
  try {
    await writeFolder(store, dir);
  } catch (cause) {
    const why = errorMessage(cause);
    throw new Error(`Cannot export to "${dir}": ${why}`, { cause });
  }
}

async function writeFolder(store: Store, dir: string): Promise<void> {
  const { mkdir, rename, rm, writeFile } = await import("node:fs/promises");
  await mkdir(dir, { recursive: true });
  const part = `${dir}/${STORE_FILE}.${crypto.randomUUID()}.part`;
  try {
    writeStore(store.db, part);
    await rename(part, `${dir}/${STORE_FILE}`);
  } finally {
    await rm(part, { force: true });
  }
  const about = { kind: "archfx-emulator-export", version: 1, exported: new Date().toISOString() };
  await writeFile(`${dir}/${ABOUT_FILE}`, JSON.stringify(about, null, 2) + "\n");
}

/**
 * Replaces all data with the export in a folder.
 *
 * @returns The file with the tables.
 * @throws TypeError if the folder does not hold an export.
 */
export async function importStore(store: Store, dir: string): Promise<string> {
  const { access } = await import("node:fs/promises");
  const path = `${dir}/${STORE_FILE}`;
  try {
    await access(path);
  } catch {
    throw new TypeError(`Cannot import "${dir}": an export must contain ${STORE_FILE}`);
  }
  try {
    readStore(store.db, path);
    return path;
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const why = error instanceof StoreError ? error.message : errorMessage(error);
    throw new TypeError(`Cannot import "${dir}": ${why}`);
  }
}
