/** The tables. Slugs are the keys between them; times are ISO text, except in readings. */

/** Raised with every change of the tables: a file of another version is migrated or rejected, never misread. */
export const SCHEMA_VERSION = 2;

/** The statements that migrate the tables of an older version, by that version. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  1: `ALTER TABLE account ADD COLUMN api_key TEXT NOT NULL DEFAULT '';
      UPDATE account SET api_key = lower(hex(randomblob(4)) || '.' || hex(randomblob(16)));
      CREATE UNIQUE INDEX account_api_key ON account (api_key);`,
};

/** Tables in the order in which rows can be copied without breaking a reference. */
export const TABLES = [
  "meta",
  "sequence",
  "account",
  "refresh_token",
  "org",
  "member",
  "site",
  "area",
  "line",
  "machine",
  "device",
  "stream",
  "streampage",
  "streamer",
  "report",
  "reading",
  "reading_count",
] as const;

/** Common to site, area and line. */
const PLACE = `
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, gid TEXT NOT NULL,
  org TEXT NOT NULL REFERENCES org(slug) ON UPDATE CASCADE ON DELETE CASCADE,
  about TEXT NOT NULL DEFAULT '', created_on TEXT NOT NULL, created_by TEXT`;

/**
 * A reading is a row of `reading`: `ts` in microseconds since the Unix epoch. The index finds the readings of one
 * stream in the order of time; apart from the id, that table needs no other index. `reading_count` has the number
 * of readings of a stream in each hour, so the length of a list is known without reading it.
 */
export const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sequence (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE account (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE COLLATE NOCASE,
  username TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '', tagline TEXT NOT NULL DEFAULT '',
  password TEXT NOT NULL, key TEXT NOT NULL UNIQUE, is_staff INTEGER NOT NULL DEFAULT 0,
  is_active INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  api_key TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX account_api_key ON account (api_key);
CREATE TABLE refresh_token (
  jti TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  expires INTEGER NOT NULL, blacklisted INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE org (
  id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, ot TEXT NOT NULL DEFAULT '',
  about TEXT NOT NULL DEFAULT '', domain_names TEXT NOT NULL DEFAULT '[]',
  created_on TEXT NOT NULL, created_by TEXT) WITHOUT ROWID;
CREATE TABLE member (
  org TEXT NOT NULL REFERENCES org(slug) ON UPDATE CASCADE ON DELETE CASCADE,
  account TEXT NOT NULL REFERENCES account(slug) ON UPDATE CASCADE ON DELETE CASCADE,
  role TEXT NOT NULL, is_active INTEGER NOT NULL DEFAULT 1, created_on TEXT NOT NULL,
  PRIMARY KEY (account, org)) WITHOUT ROWID;
CREATE TABLE site (${PLACE});
CREATE TABLE area (${PLACE},
  site TEXT NOT NULL REFERENCES site(slug) ON DELETE CASCADE, area_type TEXT NOT NULL DEFAULT '');
CREATE TABLE line (${PLACE},
  site TEXT NOT NULL REFERENCES site(slug) ON DELETE CASCADE,
  area TEXT REFERENCES area(slug) ON DELETE SET NULL, line_type TEXT NOT NULL DEFAULT '');
CREATE TABLE machine (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, label TEXT NOT NULL DEFAULT '',
  brand TEXT NOT NULL DEFAULT '', model TEXT NOT NULL DEFAULT '',
  serial_number TEXT NOT NULL DEFAULT '', asset_number TEXT NOT NULL DEFAULT '',
  parent TEXT, site TEXT REFERENCES site(slug) ON DELETE SET NULL,
  area TEXT REFERENCES area(slug) ON DELETE SET NULL,
  line TEXT REFERENCES line(slug) ON DELETE SET NULL,
  org TEXT NOT NULL REFERENCES org(slug) ON UPDATE CASCADE ON DELETE CASCADE,
  active INTEGER NOT NULL DEFAULT 1, created_on TEXT NOT NULL, created_by TEXT);
CREATE TABLE device (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, gid TEXT NOT NULL, label TEXT NOT NULL DEFAULT '',
  active INTEGER NOT NULL DEFAULT 1, external_id TEXT NOT NULL DEFAULT '', sg TEXT NOT NULL DEFAULT '',
  template TEXT NOT NULL DEFAULT '', org TEXT REFERENCES org(slug) ON UPDATE CASCADE ON DELETE SET NULL,
  lat TEXT, lon TEXT, state TEXT NOT NULL DEFAULT 'N1', busy INTEGER NOT NULL DEFAULT 0,
  created_on TEXT NOT NULL, claimed_by TEXT, claimed_on TEXT, parent TEXT,
  connector_type TEXT NOT NULL DEFAULT '', machine TEXT REFERENCES machine(slug) ON DELETE SET NULL);
CREATE INDEX device_parent ON device (parent);
CREATE TABLE stream (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, slug TEXT NOT NULL UNIQUE,
  org TEXT NOT NULL REFERENCES org(slug) ON UPDATE CASCADE ON DELETE CASCADE,
  parent TEXT, machine TEXT, device TEXT, variable TEXT NOT NULL, data_label TEXT NOT NULL DEFAULT '',
  data_type TEXT NOT NULL DEFAULT '00', var_name TEXT NOT NULL DEFAULT '', enabled INTEGER NOT NULL DEFAULT 1,
  created_on TEXT NOT NULL, readings INTEGER NOT NULL DEFAULT 0);
CREATE INDEX stream_device ON stream (device, variable);
CREATE TABLE streampage (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE,
  stream TEXT NOT NULL REFERENCES stream(slug) ON DELETE CASCADE,
  org TEXT NOT NULL REFERENCES org(slug) ON UPDATE CASCADE ON DELETE CASCADE,
  device TEXT, start TEXT NOT NULL, "end" TEXT);
CREATE INDEX streampage_stream ON streampage (stream);
CREATE TABLE streamer (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE,
  org TEXT NOT NULL REFERENCES org(slug) ON UPDATE CASCADE ON DELETE CASCADE,
  device TEXT NOT NULL, process_engine_ver INTEGER NOT NULL DEFAULT 0, "index" INTEGER NOT NULL,
  last_id INTEGER NOT NULL DEFAULT 0, last_reboot_ts TEXT, is_system INTEGER NOT NULL DEFAULT 0,
  selector INTEGER);
CREATE TABLE report (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  streamer TEXT NOT NULL REFERENCES streamer(slug) ON DELETE CASCADE,
  org TEXT NOT NULL REFERENCES org(slug) ON UPDATE CASCADE ON DELETE CASCADE,
  original_first_id INTEGER NOT NULL, original_last_id INTEGER NOT NULL,
  actual_first_id INTEGER NOT NULL, actual_last_id INTEGER NOT NULL,
  sent_timestamp TEXT NOT NULL, device_sent_timestamp TEXT, incremental_id INTEGER,
  time_epsilon REAL NOT NULL DEFAULT 1.0, created_on TEXT NOT NULL, created_by TEXT);
CREATE INDEX report_streamer ON report (streamer, n);
CREATE TABLE reading (
  id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, ts INTEGER NOT NULL, seq INTEGER NOT NULL,
  value REAL, extra TEXT, data TEXT);
CREATE INDEX reading_time ON reading (stream, ts);
CREATE TABLE reading_count (
  stream INTEGER NOT NULL, hour INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (stream, hour)) WITHOUT ROWID;
`;
