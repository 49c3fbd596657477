/** All stored data, by subject. All SQL of the emulator is in this folder. */
import { errorMessage } from "../../_error_fields.ts";
import { type Database, openDatabase } from "./database.ts";
import { Accounts } from "./accounts.ts";
import { Readings } from "./readings.ts";
import { MIGRATIONS, SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { Streams } from "./streams.ts";
import { Table, type TableShape } from "./table.ts";
import { RefreshTokens } from "./refresh_tokens.ts";

const PLACE = ["id", "slug", "name", "gid", "org", "about", "created_on", "created_by"];

const SHAPES = {
  site: { name: "site", columns: PLACE, order: "id" },
  area: { name: "area", columns: [...PLACE, "site", "area_type"], order: "id" },
  line: { name: "line", columns: [...PLACE, "site", "area", "line_type"], order: "id" },
  machine: {
    name: "machine",
    columns: [
      ...["id", "slug", "label", "brand", "model", "serial_number", "asset_number", "parent"],
      ...["site", "area", "line", "org", "active", "created_on", "created_by"],
    ],
    booleans: ["active"],
    order: "id",
  },
  device: {
    name: "device",
    columns: [
      ...["id", "slug", "gid", "label", "active", "external_id", "sg", "template", "org", "lat"],
      ...["lon", "state", "busy", "created_on", "claimed_by", "claimed_on", "parent"],
      ...["connector_type", "machine"],
    ],
    booleans: ["active", "busy"],
    order: "id",
  },
  org: {
    name: "org",
    columns: ["id", "slug", "name", "ot", "about", "domain_names", "created_on", "created_by"],
    json: ["domain_names"],
    order: "slug",
  },
  member: {
    name: "member",
    columns: ["org", "account", "role", "is_active", "created_on"],
    booleans: ["is_active"],
    order: "account",
  },
  account: {
    name: "account",
    columns: [
      ...["id", "slug", "email", "username", "name", "tagline", "password", "key", "api_key"],
      ...["is_staff", "is_active", "created_at", "updated_at"],
    ],
    booleans: ["is_staff", "is_active"],
    order: "id",
  },
  stream: {
    name: "stream",
    columns: [
      ...["n", "id", "slug", "org", "parent", "machine", "device", "variable", "data_label"],
      ...["data_type", "var_name", "enabled", "created_on", "readings"],
    ],
    booleans: ["enabled"],
    order: "slug",
  },
  streampage: {
    name: "streampage",
    columns: ["id", "slug", "stream", "org", "device", "start", "end"],
    order: "slug",
  },
  streamer: {
    name: "streamer",
    columns: [
      ...["id", "slug", "org", "device", "process_engine_ver", "index", "last_id"],
      ...["last_reboot_ts", "is_system", "selector"],
    ],
    booleans: ["is_system"],
    order: "id",
  },
  report: {
    name: "report",
    columns: [
      ...["n", "id", "streamer", "org", "original_first_id", "original_last_id"],
      ...["actual_first_id", "actual_last_id", "sent_timestamp", "device_sent_timestamp"],
      ...["incremental_id", "time_epsilon", "created_on", "created_by"],
    ],
    order: "n",
  },
} as const satisfies Record<string, TableShape>;

/** The tables that are reached row by row. */
export type TableName = keyof typeof SHAPES;

/** The store of one emulator. */
export class Store {
  readonly db: Database;
  readonly tables: Readonly<Record<TableName, Table>>;
  readonly accounts: Accounts;
  readonly refreshTokens: RefreshTokens;
  readonly streams: Streams;
  readonly readings: Readings;

  constructor(db: Database) {
    this.db = db;
    const tables = Object.entries(SHAPES).map(([name, shape]) => [name, new Table(db, shape)]);
    this.tables = Object.fromEntries(tables);
    this.accounts = new Accounts(db);
    this.refreshTokens = new RefreshTokens(db);
    this.streams = new Streams(db);
    this.readings = new Readings(db);
  }

  /**
   * Opens a store, and makes its tables if they do not exist.
   *
   * @throws TypeError If the file cannot be opened, or is not a store.
   */
  static async open(path: string): Promise<Store> {
    let store: Store | undefined;
    try {
      store = new Store(await openDatabase(path));
      store.migrate();
      return store;
    } catch (error) {
      store?.close();
      if (error instanceof TypeError) throw error;
      throw new TypeError(`Cannot open the store "${path}": ${errorMessage(error)}`, {
        cause: error,
      });
    }
  }

  /** Makes the tables if they do not exist, migrates older ones, and rejects other files. */
  migrate(): void {
    const version = this.db.get<{ user_version: number }>("PRAGMA user_version")!.user_version;
    if (version === SCHEMA_VERSION) return;
    if (Object.hasOwn(MIGRATIONS, version)) {
      this.db.transaction(() => {
        for (let from = version; from < SCHEMA_VERSION; from++) this.db.exec(MIGRATIONS[from]);
        this.db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
      });
      return;
    }
    const tables = this.db.get<{ n: number }>("SELECT count(*) AS n FROM sqlite_schema")!.n;
    if (version !== 0 || tables > 0) {
      throw new TypeError(
        `Cannot open "${this.db.path}": its tables are not those of this emulator (version ${version}, not ${SCHEMA_VERSION})`,
      );
    }
    this.db.transaction(() => {
      this.db.exec(SCHEMA);
      this.db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    });
  }

  /** Whether the store has any data. */
  get isEmpty(): boolean {
    return this.tables.account.count([]) === 0 && this.tables.org.count([]) === 0;
  }

  /** The next number of a sequence. It is never returned twice, even after deletions. */
  next(sequence: string): number {
    return this.db.get<{ last: number }>(
      `INSERT INTO sequence (name, last) VALUES (?, 1)
       ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last`,
      sequence,
    )!.last;
  }

  /** Keeps a sequence from returning a number up to this one. */
  reserve(sequence: string, number: number): void {
    this.db.run(
      `INSERT INTO sequence (name, last) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)`,
      sequence,
      number,
    );
  }

  /** A value of the store itself, or `undefined`. */
  meta(key: string): string | undefined {
    return this.db.get<{ value: string }>("SELECT value FROM meta WHERE key = ?", key)?.value;
  }

  /** Keeps a value of the store itself. */
  setMeta(key: string, value: string): void {
    this.db.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, value);
  }

  /** Updates the content of a place that was moved. */
  moveContents(): void {
    this.db.exec(`
      UPDATE area SET org = site.org FROM site WHERE site.slug = area.site AND area.org <> site.org;
      UPDATE line SET site = area.site FROM area WHERE area.slug = line.area AND line.site <> area.site;
      UPDATE line SET org = site.org FROM site WHERE site.slug = line.site AND line.org <> site.org;
      UPDATE machine SET area = line.area, site = line.site, org = line.org
        FROM line WHERE line.slug = machine.parent;
      UPDATE machine SET site = area.site, org = area.org FROM area WHERE area.slug = machine.parent;
      UPDATE machine SET org = site.org FROM site WHERE site.slug = machine.parent;
      UPDATE device SET org = place.org FROM (
        SELECT slug, org FROM line UNION ALL SELECT slug, org FROM area UNION ALL SELECT slug, org FROM site
      ) AS place WHERE place.slug = device.parent AND device.org IS NOT place.org;`);
  }

  /** Cleans up after deleted rows: devices of deleted places are unclaimed, readings of deleted streams are dropped. */
  sweep(): void {
    const gone =
      "NOT IN (SELECT slug FROM line UNION SELECT slug FROM area UNION SELECT slug FROM site)";
    this.db.run(
      `UPDATE device SET parent = NULL, org = NULL, claimed_by = NULL, claimed_on = NULL WHERE parent ${gone}`,
    );
    this.db.run(`UPDATE machine SET parent = NULL WHERE parent ${gone}`);
    const streams = this.db.all<{ stream: number }>(
      "SELECT DISTINCT stream FROM reading_count WHERE stream NOT IN (SELECT n FROM stream)",
    );
    for (const { stream } of streams) this.readings.deleteStream(stream);
  }

  /** Closes the store. */
  close(): void {
    this.db.close();
  }
}
