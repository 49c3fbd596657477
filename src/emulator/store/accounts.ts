/** Accounts and their memberships. */
import type { Database } from "./database.ts";

/** An account with the fields that the API never shows. */
export interface Account {
  readonly id: number;
  readonly slug: string;
  readonly email: string;
  readonly username: string;
  readonly name: string;
  readonly tagline: string;
  readonly password: string;
  readonly key: string;
  readonly api_key: string;
  readonly is_staff: boolean;
  readonly is_active: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

type Stored = Omit<Account, "is_staff" | "is_active"> & { is_staff: number; is_active: number };

/** Look-ups of accounts. */
export class Accounts {
  #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The account with this id. */
  byId(id: number): Account | undefined {
    return read(this.#db.get<Stored>("SELECT * FROM account WHERE id = ?", id));
  }

  /** The account with this e-mail address, in any case. */
  byEmail(email: string): Account | undefined {
    return read(this.#db.get<Stored>("SELECT * FROM account WHERE email = ?", email));
  }

  /** The account with this 40-digit key. */
  byKey(key: string): Account | undefined {
    return read(this.#db.get<Stored>("SELECT * FROM account WHERE key = ?", key));
  }

  /** The account with this API key. */
  byApiKey(key: string): Account | undefined {
    return read(this.#db.get<Stored>("SELECT * FROM account WHERE api_key = ?", key));
  }

  /** The slugs of the organisations of an account, with its role in each. */
  memberships(slug: string): Map<string, string> {
    const rows = this.#db.all<{ org: string; role: string }>(
      "SELECT org, role FROM member WHERE account = ? AND is_active = 1",
      slug,
    );
    return new Map(rows.map(({ org, role }) => [org, role]));
  }

  /** How many rows of each kind an organisation has. */
  counts(org: string): Record<string, number> {
    const kinds = ["site", "area", "line", "machine", "device", "stream", "member"] as const;
    return Object.fromEntries(kinds.map((kind) => [
      kind,
      this.#db.get<{ n: number }>(`SELECT count(*) AS n FROM ${kind} WHERE org = ?`, org)!.n,
    ]));
  }
}

function read(row: Stored | undefined): Account | undefined {
  return row && { ...row, is_staff: row.is_staff === 1, is_active: row.is_active === 1 };
}
