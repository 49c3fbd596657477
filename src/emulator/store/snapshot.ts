/** Copies of a whole store: held in memory for `restore`, or as a file for export and import. */
import { type Database, openDatabase } from "./database.ts";
import { SCHEMA, SCHEMA_VERSION, TABLES } from "./schema.ts";

/** A copy of a store in memory. */
export class Snapshot {
  readonly #holder: Database;
  readonly #name: string;
  #closed = false;

  private constructor(holder: Database, name: string) {
    this.#holder = holder;
    this.#name = name;
  }

  /** Copies the current content of a store. */
  static async take(db: Database): Promise<Snapshot> {
    // A shared database in memory exists as long as one of its connections is open.
    const name = `file:archfx-${crypto.randomUUID()}?mode=memory&cache=shared`;
    const holder = await openDatabase(name);
    holder.exec(SCHEMA);
    attached(db, name, () => db.transaction(() => copy(db, "main", "other")));
    return new Snapshot(holder, name);
  }

  /** Restores this copy to a store. */
  restore(db: Database): void {
    if (this.#closed) throw new TypeError("Cannot restore the snapshot: it is closed");
    replace(db, this.#name);
  }

  /** Frees the memory. The snapshot cannot be restored after that. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#holder.close();
  }
}

/** Writes a store into a file that does not exist yet. */
export function writeFile(db: Database, path: string): void {
  db.run("VACUUM INTO ?", path);
}

/**
 * Replaces a store by a file that {@linkcode writeFile} wrote.
 *
 * @throws TypeError if the file has another version.
 */
export function readFile(db: Database, path: string): void {
  attached(db, path, () => {
    const version = db.get<{ user_version: number }>("PRAGMA other.user_version")!.user_version;
    if (version !== SCHEMA_VERSION) {
      throw new TypeError(
        `Cannot import "${path}": its tables have version ${version}, not ${SCHEMA_VERSION}`,
      );
    }
  });
  replace(db, path);
}

function replace(db: Database, other: string): void {
  if (db.path === ":memory:") {
    // Faster than deleting, for any content.
    db.reopen();
    db.exec(SCHEMA);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  }
  attached(db, other, () => {
    db.exec("PRAGMA foreign_keys = OFF");
    try {
      db.transaction(() => {
        if (db.path !== ":memory:") {
          for (const table of TABLES) db.exec(`DELETE FROM main.${table}`);
        }
        copy(db, "other", "main");
      });
    } finally {
      db.exec("PRAGMA foreign_keys = ON");
    }
  });
}

function copy(db: Database, from: string, to: string): void {
  for (const table of TABLES) db.exec(`INSERT INTO ${to}.${table} SELECT * FROM ${from}.${table}`);
}

function attached(db: Database, path: string, work: () => void): void {
  db.exec(`ATTACH '${path.replaceAll("'", "''")}' AS other`);
  try {
    work();
  } finally {
    db.exec("DETACH other");
  }
}
