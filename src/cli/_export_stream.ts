/**
 * Exports one stream day by day: a Parquet file for each day that has readings.
 *
 * A day is complete when its rows are unique and its last page has not changed when it is read again. `count` may
 * come from a cache and be wrong, and rows that are added or deleted while pages are read by number shift the
 * others.
 *
 * @module
 */
import { arrowModule } from "./_arrow.ts";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Api } from "../api/mod.ts";
import { stream } from "../api/mod.ts";
import { isoTime } from "../_iso_time.ts";
import { fileTarget } from "../_node_target.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import type { DeviceReadings } from "../reports/mod.ts";
import { ArchFxStreamSlug } from "../slugs/mod.ts";
import { giveName, newPart } from "./_atomic_file.ts";
import { CommandError, fileError, systemReason } from "./_errors.ts";
import type { ExportLog } from "./_export_log.ts";

const DAY = 86_400_000_000n;
const PAGE_SIZE = 5000;
const ATTEMPTS = 3;

/** What is exported of a stream. */
interface ExportStreamOptions {
  readonly slug: string;
  /** The limits in µs; without a start, from the first reading. */
  readonly start: bigint | undefined;
  readonly end: bigint;
  readonly log: ExportLog;
  readonly signal: AbortSignal;
  /** Called with the number of readings after each page. */
  readonly onReadings: (count: number) => void;
}

/** The result. */
export interface ExportedStream {
  readings: number;
  files: number;
  bytes: number;
  /** Files that an earlier run has written. */
  kept: number;
}

/** Exports a stream. */
export async function exportStream(
  api: Api,
  options: ExportStreamOptions,
): Promise<ExportedStream> {
  const { slug, end, log, signal } = options;
  const total: ExportedStream = { readings: 0, files: 0, bytes: 0, kept: 0 };
  let from = await firstTime(api, options, options.start);
  while (from !== undefined && from < end) {
    signal.throwIfAborted();
    const midnight: bigint = from - (((from % DAY) + DAY) % DAY);
    const start = options.start !== undefined && options.start > midnight
      ? options.start
      : midnight;
    const until = midnight + DAY < end ? midnight + DAY : end;
    const day = isoTime(midnight).slice(0, 10);
    const [startText, endText] = [isoTime(start, 6), isoTime(until, 6)];
    const known = await log.done(slug, day, startText, endText);
    const made = known ?? await exportDay(api, options, day, start, until);
    if (known === undefined) {
      await log.add({ stream: slug, day, start: startText, end: endText, ...made });
    } else {
      total.kept++;
    }
    total.readings += made.readings;
    total.bytes += made.bytes;
    total.files++;
    from = await firstTime(api, options, until);
  }
  return total;
}

/** The time of the first reading at or after a time; `undefined` if there is none before the end. */
async function firstTime(
  api: Api,
  { slug, end, signal }: ExportStreamOptions,
  from: bigint | undefined,
): Promise<bigint | undefined> {
  if (from !== undefined && from >= end) return undefined;
  const range = { ...(from !== undefined && { start: from }), end, pageSize: 1, signal };
  for await (const columns of stream(api, slug).readings(range)) return columns.timestamps[0];
  return undefined;
}

async function exportDay(
  api: Api,
  options: ExportStreamOptions,
  day: string,
  start: bigint,
  end: bigint,
): Promise<{ readings: number; bytes: number }> {
  const { slug, log, signal, onReadings } = options;
  const path = log.file(slug, day);
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw fileError("write", path, error);
  }
  let problem = "";
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const check = new PageCheck();
    const pages = checked(
      stream(api, slug).readings({ start, end, pageSize: PAGE_SIZE, signal }),
      slug,
      check,
      onReadings,
    );
    // The file gets its name when it is verified; parts of a killed run beside it are removed.
    const target = await fileTarget(path);
    const part = await newPart(path, target);
    const { writeParquet } = await arrowModule();
    try {
      const { readings, bytes } = await writeParquet(pages, part, { signal });
      problem = check.repeated() ?? await changed(api, options, { start, end }, check) ?? "";
      if (problem === "") {
        await giveName(part, target);
        return { readings, bytes };
      }
    } catch (error) {
      throw systemReason(error) === undefined ? error : fileError("write", path, error);
    } finally {
      await rm(part, { force: true });
    }
    onReadings(-check.rows);
  }
  throw new CommandError(
    `Cannot export ${slug} of ${day}: ${problem}, in each of ${ATTEMPTS} attempts: run it again when no more readings of that day arrive`,
  );
}

/** Passes the pages to the file, with their device. */
async function* checked(
  pages: AsyncIterable<ReadingColumns>,
  slug: string,
  check: PageCheck,
  onReadings: (count: number) => void,
): AsyncGenerator<DeviceReadings> {
  const device = new ArchFxStreamSlug(slug).device.id;
  for await (const columns of pages) {
    check.add(columns);
    onReadings(columns.length);
    yield {
      ...columns,
      devices: new BigUint64Array(columns.length).fill(device),
    };
  }
}

/** Reads the last page again; returns a description of any change. */
async function changed(
  api: Api,
  { slug, signal }: ExportStreamOptions,
  { start, end }: { start: bigint; end: bigint },
  check: PageCheck,
): Promise<string | undefined> {
  if (check.pages === 0) return undefined;
  const page = await api("data").get({
    filter: slug,
    start: isoTime(start, 6),
    end: isoTime(end, 6),
    page_size: PAGE_SIZE,
    page: check.pages,
  }, { signal });
  const ids = (page.results ?? []).map((row) => String(row.streamer_local_id ?? 0));
  if (page.next) return "readings arrived while it was read";
  return ids.length === check.lastIds.length && ids.every((id, at) => id === check.lastIds[at])
    ? undefined
    : "its last page changed while it was read";
}

/** Detects duplicate rows, and keeps the rows of the last page. */
class PageCheck {
  rows = 0;
  pages = 0;
  lastIds: string[] = [];
  #ids = new BigUint64Array(PAGE_SIZE);
  #times = new BigInt64Array(PAGE_SIZE);
  #used = 0;
  /** Whether ids only increase, as they do with one streamer: then there are no duplicates. */
  #countsUp = true;
  #last = 0n;

  add({ readingIds, timestamps, length }: ReadingColumns): void {
    this.rows += length;
    this.pages++;
    this.lastIds = Array.from({ length }, (_, row) => String(readingIds[row]));
    if (this.#used + length > this.#ids.length) this.#grow(this.#used + length);
    for (let row = 0; row < length; row++) {
      const id = BigInt(readingIds[row]!);
      if (id === 0n) continue;
      if (id <= this.#last) this.#countsUp = false;
      this.#last = id;
      this.#ids[this.#used] = id;
      this.#times[this.#used++] = timestamps[row]!;
    }
  }

  /** The first duplicate row, if any. Two streamers may use the same id at different times. */
  repeated(): string | undefined {
    if (this.#countsUp) return undefined;
    const sorted = this.#ids.slice(0, this.#used).sort();
    const twice = new Set(sorted.filter((id, at) => at > 0 && id === sorted[at - 1]));
    const seen = new Set<string>();
    for (let row = 0; row < this.#used && twice.size > 0; row++) {
      const id = this.#ids[row]!;
      if (!twice.has(id)) continue;
      const key = `${id} ${this.#times[row]}`;
      if (seen.has(key)) return `reading ${id} came twice`;
      seen.add(key);
    }
    return undefined;
  }

  #grow(length: number): void {
    const [ids, times] = [this.#ids, this.#times];
    this.#ids = new BigUint64Array(length * 2);
    this.#ids.set(ids);
    this.#times = new BigInt64Array(length * 2);
    this.#times.set(times);
  }
}
