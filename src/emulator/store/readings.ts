/**
 * Readings: written in batches inside one transaction, and read by stream and time with the index.
 *
 * `reading_count` has the number of readings of a stream in each hour. The length of a time range is the sum over
 * its whole hours plus a count over the two partial hours at its ends, so the cost does not grow with the number
 * of readings.
 */
import type { Database, SqlValue } from "./database.ts";

const HOUR = 3_600_000_000;
const HOURS = 3_600_000_000n;
/** Rows per statement: a call into SQLite costs more than a row. */
const BATCH = 32;
const COLUMNS = 6;

const INSERT = "INSERT INTO reading (stream, ts, seq, value, extra, data) VALUES ";

/**
 * SQLite stores NaN as null and -0 as 0. So NaN is null in the table, and -0 is a blob of one byte; the table has
 * no other blobs.
 */
const NEGATIVE_ZERO = Uint8Array.of(0x80);

/** A reading from the store. */
export interface StoredReading {
  readonly id: bigint;
  readonly stream: bigint;
  /** Whole seconds since the Unix epoch. */
  readonly seconds: bigint;
  /** The microseconds beyond them, of the same sign. */
  readonly micros: bigint;
  readonly seq: bigint;
  readonly value: number;
  /** JSON text. */
  readonly extra: string | null;
  /** JSON text. */
  readonly data: string | null;
}

/** Which readings: of these streams, within these limits. */
export interface Selection {
  readonly streams: readonly number[];
  /** In microseconds; included. */
  readonly start?: bigint;
  /** In microseconds; excluded. */
  readonly end?: bigint;
  readonly ids?: { readonly from?: bigint; readonly to?: bigint };
  readonly seqs?: { readonly from?: bigint; readonly to?: bigint };
}

/** Counts the readings of one stream by the hour. */
export class StreamCount {
  /** The number of the stream. */
  readonly number: number;
  #hours = new Map<number, number>();
  #hour = Number.NaN;
  #run = 0;

  /** Starts at 0. */
  constructor(number: number) {
    this.number = number;
  }

  /** Counts one reading in an hour. */
  count(hour: number): void {
    if (hour !== this.#hour) {
      this.#endRun();
      this.#hour = hour;
    }
    this.#run++;
  }

  /** How many readings there were in each hour. */
  hours(): ReadonlyMap<number, number> {
    this.#endRun();
    return this.#hours;
  }

  #endRun(): void {
    if (this.#run > 0) this.#hours.set(this.#hour, (this.#hours.get(this.#hour) ?? 0) + this.#run);
    this.#run = 0;
  }
}

/** Adds readings one by one, writes them in batches and counts them. */
export class ReadingWriter {
  #db: Database;
  #batch: (values: SqlValue[]) => void;
  #single: (values: SqlValue[]) => void;
  #values: SqlValue[] = new Array(BATCH * COLUMNS);
  #length = 0;
  #counts = new Map<number, StreamCount>();

  constructor(db: Database) {
    this.#db = db;
    const row = `(${Array(COLUMNS).fill("?").join(",")})`;
    this.#batch = db.repeated(INSERT + Array(BATCH).fill(row).join(","));
    this.#single = db.repeated(INSERT + row);
  }

  /** The counter of a stream; call this once for each stream. */
  stream(number: number): StreamCount {
    let count = this.#counts.get(number);
    if (!count) this.#counts.set(number, count = new StreamCount(number));
    return count;
  }

  /** Adds one reading. `ts` is in microseconds; a number if it is exact. */
  add(
    stream: StreamCount,
    ts: number | bigint,
    seq: number | bigint,
    value: number,
    extra: string | null,
    data: string | null,
  ): void {
    stream.count(typeof ts === "number" ? Math.floor(ts / HOUR) : Number(floorHour(ts)));
    const values = this.#values;
    let at = this.#length;
    values[at++] = stream.number;
    values[at++] = ts;
    values[at++] = seq;
    values[at++] = value === 0 && Object.is(value, -0)
      ? NEGATIVE_ZERO
      : value === value
      ? value
      : null;
    values[at++] = extra;
    values[at++] = data;
    this.#length = at;
    if (at === values.length) {
      this.#batch(values);
      this.#length = 0;
    }
  }

  /** Writes the remaining readings and the counts. */
  finish(): void {
    for (let at = 0; at < this.#length; at += COLUMNS) {
      this.#single(this.#values.slice(at, at + COLUMNS));
    }
    this.#length = 0;
    for (const count of this.#counts.values()) {
      let total = 0;
      for (const [hour, n] of count.hours()) {
        this.#db.run(
          `INSERT INTO reading_count (stream, hour, n) VALUES (?, ?, ?)
           ON CONFLICT (stream, hour) DO UPDATE SET n = n + excluded.n`,
          count.number,
          hour,
          n,
        );
        total += n;
      }
      this.#db.run("UPDATE stream SET readings = readings + ? WHERE n = ?", total, count.number);
    }
    this.#counts.clear();
  }
}

/** The readings of all streams. */
export class Readings {
  #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A writer, for use inside one transaction. */
  writer(): ReadingWriter {
    return new ReadingWriter(this.#db);
  }

  /** How many readings there are in all. */
  total(): number {
    return this.#db.get<{ n: number }>("SELECT coalesce(sum(readings), 0) AS n FROM stream")!.n;
  }

  /** The number of the latest reading stored. */
  lastNumber(): bigint {
    const [row] = this.#db.allBig<{ n: bigint | null }>("SELECT max(id) AS n FROM reading");
    return row.n ?? 0n;
  }

  /** One reading by its number. */
  find(id: bigint): StoredReading | undefined {
    return readBack(this.#db.allBig<StoredRow>(`${SELECT} WHERE id = ?`, id))[0];
  }

  /** How many readings a selection has. */
  count(selection: Selection): number {
    if (selection.ids || selection.seqs) {
      const [where, values] = conditions(selection);
      return this.#db.get<{ n: number }>(`SELECT count(*) AS n FROM reading ${where}`, ...values)!
        .n;
    }
    return selection.streams.reduce(
      (sum, stream) => sum + this.#countOf(stream, selection.start, selection.end),
      0,
    );
  }

  #countOf(stream: number, start: bigint | undefined, end: bigint | undefined): number {
    if (start === undefined && end === undefined) {
      return this.#db.get<{ readings: number }>(
        "SELECT readings FROM stream WHERE n = ?",
        stream,
      )?.readings ?? 0;
    }
    if (start !== undefined && end !== undefined && end <= start) return 0;
    // The whole hours inside: from the first that starts at or after `start`.
    const first = start === undefined ? undefined : -floorHour(-start);
    const last = end === undefined ? undefined : floorHour(end);
    if (first !== undefined && last !== undefined && first >= last) {
      return this.#countScan(stream, start!, end!);
    }
    let total = this.#db.get<{ n: number }>(
      `SELECT coalesce(sum(n), 0) AS n FROM reading_count
       WHERE stream = ? AND hour >= ? AND hour < ?`,
      stream,
      first ?? -(10n ** 15n),
      last ?? 10n ** 15n,
    )!.n;
    if (start !== undefined) total += this.#countScan(stream, start, first! * HOURS);
    if (end !== undefined) total += this.#countScan(stream, last! * HOURS, end);
    return total;
  }

  #countScan(stream: number, start: bigint, end: bigint): number {
    if (start >= end) return 0;
    return this.#db.get<{ n: number }>(
      "SELECT count(*) AS n FROM reading WHERE stream = ? AND ts >= ? AND ts < ?",
      stream,
      start,
      end,
    )!.n;
  }

  /**
   * A part of a selection in the order of time. For rows in the second half, SQLite starts from the end.
   */
  list(selection: Selection, count: number, offset: number, limit: number): StoredReading[] {
    const size = Math.max(0, Math.min(limit, count - offset));
    if (size === 0 || selection.streams.length === 0) return [];
    const fromEnd = offset > count / 2;
    const [query, values] = stretch(selection, fromEnd ? " DESC" : "");
    const skip = fromEnd ? count - offset - size : offset;
    const rows = readBack(this.#db.allBig<StoredRow>(query, ...values, size, skip));
    return fromEnd ? rows.reverse() : rows;
  }

  /** The query plan for a page of a selection, for benchmarks and tests. */
  plan(selection: Selection): string[] {
    const [query, values] = stretch(selection, "");
    return this.#db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...values, 1000, 0)
      .map(({ detail }) => detail);
  }

  /** Removes the readings of a stream. */
  deleteStream(stream: number): void {
    this.#db.run("DELETE FROM reading WHERE stream = ?", stream);
    this.#db.run("DELETE FROM reading_count WHERE stream = ?", stream);
  }
}

interface StoredRow extends Omit<StoredReading, "value"> {
  value: number | Uint8Array | null;
}

/** Rows with their values as numbers, in place. */
function readBack(rows: StoredRow[]): StoredReading[] {
  for (const row of rows) {
    if (typeof row.value !== "number") row.value = row.value === null ? NaN : -0;
  }
  return rows as StoredReading[];
}

const COLUMNS_READ =
  "id, stream, ts / 1000000 AS seconds, ts % 1000000 AS micros, seq, value, extra, data";
const SELECT = `SELECT ${COLUMNS_READ} FROM reading`;

/** SQLite can merge this number of streams in the order of time; for more, it sorts. */
const MAX_MERGED = 100;

/**
 * The query of a part, with two open parameters: how many rows, and how many to skip. Rows are skipped in the
 * index; only the rows of the part are looked up.
 */
function stretch(selection: Selection, direction: "" | " DESC"): [string, SqlValue[]] {
  const { streams } = selection;
  const merged = streams.length <= MAX_MERGED ? streams.map((stream) => [stream]) : [streams];
  const parts = merged.map((streams) => conditions({ ...selection, streams }));
  const order = `ts${direction}, id${direction}`;
  const ids = parts.map(([where]) => `SELECT id, ts FROM reading ${where}`).join(" UNION ALL ");
  return [
    `WITH page AS (${ids} ORDER BY ${order} LIMIT ? OFFSET ?)
     SELECT ${COLUMNS_READ.replace(/\b(id|ts)\b/g, "page.$1")}
     FROM page CROSS JOIN reading ON reading.id = page.id
     ORDER BY page.ts${direction}, page.id${direction}`,
    parts.flatMap(([, values]) => values),
  ];
}

function conditions(selection: Selection): [string, SqlValue[]] {
  const terms: string[] = [];
  const values: SqlValue[] = [];
  const term = (text: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    terms.push(text);
    values.push(value);
  };
  if (selection.streams.length === 1) term("stream = ?", selection.streams[0]);
  else term("stream IN (SELECT value FROM json_each(?))", JSON.stringify(selection.streams));
  term("ts >= ?", selection.start);
  term("ts < ?", selection.end);
  term("id >= ?", selection.ids?.from);
  term("id <= ?", selection.ids?.to);
  term("seq >= ?", selection.seqs?.from);
  term("seq <= ?", selection.seqs?.to);
  return [`WHERE ${terms.join(" AND ")}`, values];
}

function floorHour(micros: bigint): bigint {
  const hour = micros / HOURS;
  return micros % HOURS < 0n ? hour - 1n : hour;
}
