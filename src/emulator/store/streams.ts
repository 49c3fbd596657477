/** Streams, their pages and streamers for uploads: found by number, and created when first seen. */
import type { Database } from "./database.ts";

/** The data of a streamer that an upload needs. */
interface StreamerRow {
  readonly id: number;
  readonly last_id: bigint;
}

/** Streams and streamers. */
export class Streams {
  #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The streamer with its high-water mark. */
  streamer(slug: string): StreamerRow | undefined {
    const [row] = this.#db.allBig<{ id: bigint; last_id: bigint }>(
      "SELECT id, last_id FROM streamer WHERE slug = ?",
      slug,
    );
    return row && { id: Number(row.id), last_id: row.last_id };
  }

  /** Raises a streamer's high-water mark. */
  advance(slug: string, lastId: bigint, selector: number | null): void {
    this.#db.run(
      "UPDATE streamer SET last_id = max(last_id, ?), selector = coalesce(?, selector) WHERE slug = ?",
      lastId,
      selector,
      slug,
    );
  }

  /** The number under which a stream's readings are kept. */
  numberOf(slug: string): number | undefined {
    return this.#db.get<{ n: number }>("SELECT n FROM stream WHERE slug = ?", slug)?.n;
  }

  /** The streams of a device, or of a machine. */
  ofDevice(slug: string): { n: number; slug: string; org: string }[] {
    return this.#db.all(
      "SELECT n, slug, org FROM stream WHERE device = ?1 UNION SELECT n, slug, org FROM stream WHERE machine = ?1",
      slug,
    );
  }

  /** Closes the open pages of a device's streams under other parents than this. */
  closePages(device: string, stream: string, end: string): void {
    this.#db.run(
      `UPDATE streampage SET "end" = ? WHERE device = ? AND "end" IS NULL AND stream <> ?
         AND stream IN (SELECT slug FROM stream WHERE device = ?
                        AND variable = (SELECT variable FROM stream WHERE slug = ?))`,
      end,
      device,
      stream,
      device,
      stream,
    );
  }

  /** Whether a stream has a page of this device that is open. */
  hasOpenPage(stream: string, device: string): boolean {
    return this.#db.get(
      `SELECT 1 FROM streampage WHERE stream = ? AND device = ? AND "end" IS NULL`,
      stream,
      device,
    ) !== undefined;
  }
}
