/**
 * A SQLite database of `node:sqlite`, with its statements kept prepared. Only this file knows the driver, which
 * is imported on first use because not every runtime has it.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The values of a column. */
export type SqlValue = string | number | bigint | null | Uint8Array;
/** A row by column names. */
export type Row = Record<string, SqlValue>;

/** The store cannot be written: it is read-only, full, or locked by another process. */
export class StoreError extends Error {
  override name = "StoreError";
}

/**
 * Opens a database file, or `:memory:`.
 *
 * @throws {StoreError} On a runtime without `node:sqlite`.
 */
export async function openDatabase(path: string): Promise<Database> {
  const sqlite = await import("node:sqlite").catch((cause) => {
    throw new StoreError(
      "this runtime has no node:sqlite, which Deno, Bun and Node from 22.13 have",
      { cause },
    );
  });
  return new Database(() => new sqlite.DatabaseSync(path), path);
}

/** One connection. */
export class Database {
  /** The file, or `:memory:`. */
  readonly path: string;
  #open: () => DatabaseSync;
  #db: DatabaseSync;
  #statements = new Map<string, StatementSync>();
  #depth = 0;
  #full = false;

  /**
   * @param open Opens the file and returns a DatabaseSync. Its type is not in this signature, because every
   * consumer would need `@types/node` for it.
   */
  constructor(open: () => object, path: string) {
    this.path = path;
    this.#open = open as () => DatabaseSync;
    this.#db = this.#open();
    try {
      this.#configure();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #configure(): void {
    // WAL with synchronous=NORMAL loses nothing if the process is killed. FULL would also survive a power cut,
    // but costs an fsync per commit.
    this.#db.exec(
      "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY",
    );
    if (this.path !== ":memory:") {
      this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    }
  }

  /** Deletes everything and starts with an empty database: for `:memory:` only. */
  reopen(): void {
    this.close();
    this.#db = this.#open();
    this.#configure();
  }

  /** Runs statements without parameters. */
  exec(sql: string): void {
    try {
      this.#db.exec(sql);
    } catch (error) {
      throw storeError(error);
    }
  }

  /** The prepared statement of a text; prepared once. */
  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs one statement and returns the number of changed rows. */
  run(sql: string, ...values: SqlValue[]): number {
    if (this.#full && this.#depth === 0) return this.transaction(() => this.run(sql, ...values));
    try {
      return Number(this.#prepare(sql).run(...values).changes);
    } catch (error) {
      throw storeError(error);
    }
  }

  /** A statement to run many times, without a lookup each time. */
  repeated(sql: string): (values: SqlValue[]) => void {
    const statement = this.#prepare(sql);
    return (values) => {
      statement.run(...values);
    };
  }

  /** The first row, or `undefined`. */
  get<T = Row>(sql: string, ...values: SqlValue[]): T | undefined {
    return this.#prepare(sql).get(...values) as T | undefined;
  }

  /** All rows. */
  all<T = Row>(sql: string, ...values: SqlValue[]): T[] {
    return this.#prepare(sql).all(...values) as T[];
  }

  /** All rows, with integers as bigint, for columns that may exceed 2^53. */
  allBig<T = Row>(sql: string, ...values: SqlValue[]): T[] {
    const statement = this.#prepare(`${sql} /* bigint */`);
    statement.setReadBigInts(true);
    return statement.all(...values) as T[];
  }

  /**
   * Runs work in one transaction: either all of it is stored, or nothing. A nested transaction is part of the
   * outer one.
   */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.exec("BEGIN IMMEDIATE");
    this.#depth++;
    let result: T;
    try {
      const before = this.#full ? this.#changes() : 0;
      result = work();
      if (this.#full && this.#changes() !== before) {
        throw new StoreError("Cannot write to the store: database or disk is full");
      }
    } catch (error) {
      this.#depth--;
      this.#rollback();
      throw storeError(error);
    }
    this.#depth--;
    try {
      this.exec("COMMIT");
    } catch (error) {
      this.#rollback();
      throw error;
    }
    return result;
  }

  #rollback(): void {
    try {
      this.#db.exec("ROLLBACK");
    } catch {
      // SQLite has already rolled back, for example because the disk is full.
    }
  }

  /** Makes SQLite reject every write, or accept writes again. */
  setReadOnly(readOnly: boolean): void {
    this.#db.exec(`PRAGMA query_only = ${readOnly ? "ON" : "OFF"}`);
  }

  #changes(): number {
    return this.get<{ n: number }>("SELECT total_changes() AS n")!.n;
  }

  /**
   * Rejects every write like on a full disk, or accepts writes again. SQLite's page limit alone would still allow
   * writes to free pages, but on a full disk the log of a write does not fit either.
   */
  setFull(full: boolean): void {
    this.#full = full;
    // SQLite raises a limit below the current size to that size.
    this.#db.exec(`PRAGMA max_page_count = ${full ? 1 : 4_294_967_294}`);
  }

  /** Closes the connection. */
  close(): void {
    this.#statements.clear();
    this.#db.close();
  }
}

/** Turns the driver's write errors into StoreError; other errors are unchanged. */
function storeError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = "errcode" in error ? Number(error.errcode) & 0xff : 0;
  // SQLITE_BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN
  const isRejected = [5, 6, 8, 10, 13, 14].includes(code) ||
    /readonly|read-only|disk is full|disk i\/o|database is locked|unable to open/i.test(
      error.message,
    );
  return isRejected
    ? new StoreError(`Cannot write to the store: ${error.message}`, { cause: error })
    : error;
}
