/** Refresh tokens that are outstanding, and those that were used or revoked. */
import type { Database } from "./database.ts";

/** The state of a refresh token. */
type RefreshState = "good" | "blacklisted" | "unknown";

/** The refresh tokens by their `jti`. */
export class RefreshTokens {
  #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Records a token that was issued, and removes those that expired long ago. */
  issue(jti: string, account: number, expires: number, now: number): void {
    this.#db.run("DELETE FROM refresh_token WHERE expires < ?", now - 86_400);
    this.#db.run(
      "INSERT INTO refresh_token (jti, account, expires) VALUES (?, ?, ?)",
      jti,
      account,
      expires,
    );
  }

  /** Marks a token as used. Of two simultaneous calls, only one returns that the token is valid. */
  use(jti: string): RefreshState {
    const used = this.#db.run(
      "UPDATE refresh_token SET blacklisted = 1 WHERE jti = ? AND blacklisted = 0",
      jti,
    );
    if (used === 1) return "good";
    const known = this.#db.get("SELECT 1 FROM refresh_token WHERE jti = ?", jti);
    return known ? "blacklisted" : "unknown";
  }

  /** Blacklists all outstanding tokens and returns how many there were. */
  revokeAll(): number {
    return this.#db.run("UPDATE refresh_token SET blacklisted = 1 WHERE blacklisted = 0");
  }
}
