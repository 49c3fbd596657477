/**
 * Reports that were answered but not counted yet. They are on disk like everything else, so that after a kill the
 * next process counts them, like the workers of a cloud.
 *
 * The table is made on first use and is not part of the schema: it is not in snapshots and exports, and a store
 * without it is not changed.
 */
import type { Database } from "./database.ts";

/** A report that waits. */
interface WaitingReport {
  /** Its number, in the order of arrival. */
  readonly n: number;
  /** The bytes of the report. */
  readonly file: Uint8Array;
  /** The time in the query, in microseconds since the Unix epoch. */
  readonly sentAt: bigint;
  /** The slug and the e-mail address of the account that sent it. */
  readonly account: string;
  readonly email: string;
}

/** The reports that wait. */
export class WaitingReports {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Keeps a report; returns its number. */
  add({ file, sentAt, account, email }: Omit<WaitingReport, "n">): number {
    return this.#db.transaction(() => {
      this.#db.exec(
        `CREATE TABLE IF NOT EXISTS waiting_report (
           n INTEGER PRIMARY KEY AUTOINCREMENT, file BLOB NOT NULL, sent_at TEXT NOT NULL,
           account TEXT NOT NULL, email TEXT NOT NULL)`,
      );
      return this.#db.get<{ n: number }>(
        "INSERT INTO waiting_report (file, sent_at, account, email) VALUES (?, ?, ?, ?) RETURNING n",
        file,
        String(sentAt),
        account,
        email,
      )!.n;
    });
  }

  /** A report that still waits. */
  find(n: number): WaitingReport | undefined {
    if (!this.#exists) return undefined;
    const row = this.#db.get<{ file: Uint8Array; sentAt: string; account: string; email: string }>(
      "SELECT file, sent_at AS sentAt, account, email FROM waiting_report WHERE n = ?",
      n,
    );
    return row && { ...row, n, sentAt: BigInt(row.sentAt) };
  }

  /** Removes a report, because it is counted or never will be. */
  remove(n: number): void {
    if (this.#exists) this.#db.run("DELETE FROM waiting_report WHERE n = ?", n);
  }

  /** Removes all of them. */
  clear(): void {
    if (this.#exists) this.#db.run("DELETE FROM waiting_report");
  }

  /** The numbers of all, in the order of arrival. */
  numbers(): number[] {
    if (!this.#exists) return [];
    return this.#db.all<{ n: number }>("SELECT n FROM waiting_report ORDER BY n").map(({ n }) => n);
  }

  get #exists(): boolean {
    return this.#db.get("SELECT 1 FROM sqlite_schema WHERE name = 'waiting_report'") !== undefined;
  }
}
