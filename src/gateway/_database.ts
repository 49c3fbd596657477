/**
 * The SQLite file of a queue: opened in such a way that commits survive a power cut, and that a second process
 * cannot use it.
 *
 * - `auto_vacuum` is set before `journal_mode`, and read back: after `journal_mode`, it silently has no effect.
 * - `synchronous=FULL` with WAL: each commit is one fsync of the log.
 * - `locking_mode=exclusive` at the first access: otherwise, two gateways would seal the same report.
 *
 * @module
 */
import fs from "node:fs";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { isRecord } from "../_is_record.ts";
import { QueueError } from "./errors.ts";

/** The problems of a file that SQLite reports and the queue handles. */
type Trouble = "full" | "damaged" | "locked" | "other";

/** The kind of an error. On Deno, errors have no `errcode`, so it depends on the message. */
export function troubleOf(error: unknown): Trouble {
  const { errcode, message } = isRecord(error) ? error : {};
  const text = String(message ?? "");
  const code = Number(errcode ?? 0) & 0xff;
  if (code === 13 || /disk is full|ENOSPC|disk I\/O error.*28/i.test(text)) return "full";
  if (code === 11 || code === 26 || /malformed|not a database|database corruption/i.test(text)) {
    return "damaged";
  }
  if (code === 5 || code === 6 || /database is locked/i.test(text)) return "locked";
  return "other";
}

const SCHEMA = `
  CREATE TABLE record(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, data BLOB NOT NULL);
  CREATE TABLE batch(id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE INDEX batch_of_lane ON batch(lane, id);
  CREATE TABLE key(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, at INTEGER NOT NULL);
  CREATE TABLE dead(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE copy(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, data BLOB NOT NULL);
`;

/** The layout of the tables; a file with another layout is rejected. */
const LAYOUT = 1;

interface Globals {
  readonly process?: {
    readonly getBuiltinModule?: (
      name: "node:sqlite",
    ) => typeof import("node:sqlite") | undefined;
  };
}

/**
 * The driver, or an error with the reason why it is missing. Synchronous, because a worker from text has no
 * imports.
 */
function driver(): typeof import("node:sqlite") {
  const { process }: Globals = globalThis;
  const sqlite = process?.getBuiltinModule?.("node:sqlite");
  if (sqlite) return sqlite;
  throw new QueueError(
    "Cannot open the queue: this runtime has no node:sqlite; Deno, Bun and Node from 22.13 have it",
  );
}

/** Reads rows of a file without changing it. */
export function readRows(
  path: string,
  work: (rows: (sql: string, ...values: SQLInputValue[]) => Record<string, unknown>[]) => void,
): void {
  const { DatabaseSync } = driver();
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    work((sql, ...values) => db.prepare(sql).all(...values));
  } finally {
    db.close();
    fs.rmSync(`${path}-shm`, { force: true });
  }
}

/** One connection, with its statements kept prepared. */
export class QueueDatabase {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens a file and makes the tables if it is new. */
  constructor(path: string) {
    this.path = path;
    const { DatabaseSync } = driver();
    // SQLite gives its log the mode of the file, so other users cannot read the queue.
    fs.closeSync(fs.openSync(path, "a", 0o600));
    this.#db = new DatabaseSync(path);
    try {
      this.#configure();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #configure(): void {
    this.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 1000; PRAGMA temp_store = MEMORY",
    );
    const layout = Number(this.value("PRAGMA user_version"));
    if (layout === 0) this.exec("PRAGMA auto_vacuum = INCREMENTAL");
    const mode = this.value("PRAGMA journal_mode = WAL");
    if (mode !== "wal") {
      throw new QueueError(
        `Cannot open the queue "${this.path}": its file system cannot hold a WAL`,
      );
    }
    this.exec("PRAGMA synchronous = FULL; PRAGMA cache_size = -4000");
    if (layout === 0) {
      this.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${LAYOUT}; COMMIT`);
    } else if (layout !== LAYOUT) {
      throw new QueueError(
        `Cannot open the queue "${this.path}": it has layout ${layout}, and this version reads ${LAYOUT}`,
      );
    }
    if (Number(this.value("PRAGMA auto_vacuum")) !== 2) {
      throw new QueueError(
        `Cannot open the queue "${this.path}": another program made this file (auto_vacuum is not incremental)`,
      );
    }
    // Takes the lock now: a second process fails here with a clear error.
    this.exec("BEGIN IMMEDIATE; COMMIT");
    try {
      // A new log contains nothing from before an earlier crash: see _wal.ts.
      this.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The disk is full, or the file is damaged: later steps report both.
    }
  }

  /** Runs statements without parameters. */
  exec(sql: string): void {
    this.#db.exec(sql);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }

  /** Runs one statement. */
  run(sql: string, ...values: SQLInputValue[]): void {
    this.#prepare(sql).run(...values);
  }

  /** All rows. */
  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#prepare(sql).all(...values) as T[];
  }

  /** The first column of the first row. */
  value(sql: string, ...values: SQLInputValue[]): unknown {
    const row = this.#prepare(sql).get(...values);
    return isRecord(row) ? Object.values(row)[0] : undefined;
  }

  /** The first column of the first row, if it has bytes: after damage to a row, it may be text or a number. */
  bytes(sql: string, ...values: SQLInputValue[]): Uint8Array | undefined {
    const found = this.value(sql, ...values);
    return found instanceof Uint8Array ? found : undefined;
  }

  /** Runs a function in one transaction. */
  transaction<T>(work: () => T): T {
    this.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        this.exec("ROLLBACK");
      } catch {
        // SQLite has already rolled back, for example because the disk is full.
      }
      throw error;
    }
  }

  /** Closes the connection; the log is written back into the file. */
  close(): void {
    this.#statements.clear();
    this.#db.close();
  }
}
