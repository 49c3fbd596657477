/**
 * Writes one report for each device (or several, with a limit) in parallel while the readings arrive. They get
 * their names together at the end: either all reports appear, or none.
 *
 * @module
 */
import { lstat, rm } from "node:fs/promises";
import { errorCode } from "../_error_fields.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { ArchFXFlexibleDictionaryReport } from "../reports/mod.ts";
import { writeReportWithin } from "../reports/write_report.ts";
import { ArchFxDeviceSlug, ArchFxStreamerSlug } from "../slugs/mod.ts";
import type { FileTarget } from "../_node_target.ts";
import { checkedTarget, createPart, giveName, newPart, PartsOfFolders } from "./_atomic_file.ts";
import { Channel } from "./_channel.ts";
import { CommandError, fileError, systemReason } from "./_errors.ts";
import type { NextIds } from "./_id_state.ts";

/** An upper limit for the bytes of a report without its readings. */
const HEADER_BYTES = 256;

/** Bytes that all reports together gather before they are written to their files, and bytes that each may gather anyway. */
const GATHERED_BYTES = 32 << 20;
const LEAST_GATHERED_BYTES = 32 << 10;

/** How reports are written. */
interface ReportWriterOptions {
  /** The streamer's index. */
  streamer: number;
  /** The streamer's selector. */
  selector: number;
  /** The name of a device's report; {@linkcode fillName} replaces the placeholders. */
  output: string;
  /** Files that must not be overwritten, by their role. */
  others: Readonly<Record<string, readonly string[]>>;
  /** Whether existing reports may be replaced. */
  force: boolean;
  /** The first id by streamer, or `undefined` if the readings already have ids. */
  nextIds: NextIds | undefined;
  /** The first id of a streamer that `nextIds` does not have. */
  firstId: number;
  /** The most readings of a report. @default {Infinity} */
  maxReadings?: number;
  /** The most bytes of a report. @default {Infinity} */
  maxBytes?: number;
  /** The highest id of a device that the cloud has counted: ids begin above it. */
  lastCounted?: (device: string) => Promise<number>;
}

/** A report that is being written. */
export interface WrittenReport {
  file: string;
  device: string;
  readings: number;
  bytes: number;
  /** The consecutive ids that were assigned. */
  ids?: { first: number; last: number };
}

interface Writer {
  readonly device: string;
  readonly channel: Channel<ReadingColumns>;
  readonly part: string;
  readonly firstId: number | undefined;
  /** How many readings it has, and their size in bytes, which is counted only if it is limited. */
  readings: number;
  bytes: number;
  /** The ids from the input, if any. */
  lowest: bigint;
  highest: bigint;
  readonly done: Promise<{ readings: number; bytes: number }>;
}

/** The reports of one run. */
export class ReportWriters {
  readonly #options: ReportWriterOptions;
  /** The reports of each device; the last one is open. */
  readonly #writers = new Map<string, Writer[]>();
  /** Unfinished files in the folders of the reports. */
  readonly #parts = new PartsOfFolders();

  constructor(options: ReportWriterOptions) {
    this.#options = options;
  }

  /** Adds readings of a device to its report; waits while it is being written. */
  async add(device: string, columns: ReadingColumns): Promise<void> {
    const { maxReadings = Infinity, maxBytes = Infinity } = this.#options;
    for (let from = 0; from < columns.length;) {
      const writer = this.#writers.get(device)?.at(-1) ?? await this.#next(device);
      let to = Math.min(columns.length, from + maxReadings - writer.readings);
      if (maxBytes < Infinity && to > from) to = this.#fitting(writer, columns, from, to, maxBytes);
      if (to === from) {
        if (writer.readings === 0) {
          throw new CommandError(
            `Cannot write a report of ${maxBytes} bytes: a reading of ${device} takes more; use a higher --max-bytes`,
          );
        }
        await this.#next(device);
        continue;
      }
      const part = from === 0 && to === columns.length ? columns : rowsOf(columns, from, to);
      if (writer.firstId === undefined) noteIds(writer, part);
      writer.readings += to - from;
      from = to;
      await writer.channel.send(part);
    }
  }

  /**
   * Ends every report and gives it its name. If one of the names already exists, no ids are reserved and no file
   * is changed.
   *
   * @param reserve Called with the reports before the first one gets its name, to save the next ids.
   */
  async finish(
    reserve: (reports: readonly WrittenReport[]) => Promise<void>,
  ): Promise<WrittenReport[]> {
    const writers = this.#all();
    for (const { channel } of writers) channel.close();
    const results = await Promise.all(writers.map((writer) => writer.done));
    const reports = writers.map((writer, index): WrittenReport => {
      const { device, firstId, lowest, highest, part: _ } = writer;
      const { readings, bytes } = results[index]!;
      const last = firstId === undefined ? highest : firstId + readings - 1;
      const part = this.#writers.get(device)!.indexOf(writer) + 1;
      const ids = { device, first: firstId ?? lowest, last, part };
      const report = { file: fillName(this.#options.output, ids), device, readings, bytes };
      return firstId === undefined
        ? report
        : { ...report, ids: { first: firstId, last: Number(last) } };
    });
    const targets: FileTarget[] = [];
    const files = new Set<string>();
    for (const { file } of reports) {
      if (files.has(file)) {
        throw new CommandError(
          `Cannot write several reports to "${file}": --output must contain {first}, {last} or {part}`,
        );
      }
      files.add(file);
      targets.push(await this.#freeTarget(file));
    }
    for (const { device, ids } of reports) {
      if (ids) this.#options.nextIds!.set(this.#streamerOf(device), ids.last + 1);
    }
    await reserve(reports);
    for (const [index, { file }] of reports.entries()) {
      try {
        await giveName(writers[index]!.part, targets[index]!, this.#options.force);
      } catch (error) {
        const taken = errorCode(error) === "EEXIST";
        throw taken ? alreadyExists(file) : fileError("write", file, error);
      }
    }
    return reports;
  }

  #all(): Writer[] {
    return [...this.#writers.values()].flat();
  }

  /** Starts a device's next report, whose ids continue from the one before. */
  async #next(device: string): Promise<Writer> {
    let writers = this.#writers.get(device);
    if (!writers) {
      const [first] = this.#writers.keys();
      const { output } = this.#options;
      if (first !== undefined && !output.includes("{device}")) {
        throw new CommandError(
          `Cannot write the readings of ${first} and ${device} to "${output}": --output must contain {device}, since a report has one device`,
        );
      }
      this.#writers.set(device, writers = []);
    }
    const before = writers.at(-1);
    before?.channel.close();
    const firstId = before?.firstId === undefined ? undefined : before.firstId + before.readings;
    const writer = await this.#start(device, firstId);
    writers.push(writer);
    return writer;
  }

  /** How many readings fit into a report of this size. */
  #fitting(writer: Writer, columns: ReadingColumns, from: number, to: number, max: number): number {
    if (writer.bytes === 0) writer.bytes = HEADER_BYTES;
    const bytesOf = (end: number) => {
      const rows = rowsOf(columns, from, end);
      const first = writer.firstId;
      const readingIds = first === undefined
        ? rows.readingIds
        : Float64Array.from({ length: end - from }, (_, i) => first + writer.readings + i);
      return ArchFXFlexibleDictionaryReport
        .fromColumns({ device: writer.device, columns: { ...rows, readingIds } }).byteLength;
    };
    let [least, most] = [from, to];
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      if (writer.bytes + bytesOf(middle) <= max) least = middle;
      else most = middle - 1;
    }
    if (least > from) writer.bytes += bytesOf(least);
    return least;
  }

  /** Removes incomplete files. */
  async abandon(error: unknown): Promise<void> {
    const writers = this.#all();
    for (const writer of writers) writer.channel.fail(error);
    await Promise.allSettled(writers.map((writer) => writer.done));
    for (const { part } of writers) await rm(part, { force: true });
  }

  /** The file of a report; throws if it already exists. */
  async #freeTarget(file: string): Promise<FileTarget> {
    const target = await checkedTarget(file, this.#options.others);
    if (this.#options.force || target.writtenThrough || !(await exists(target.path))) return target;
    throw alreadyExists(file);
  }

  async #start(device: string, following: number | undefined): Promise<Writer> {
    const { streamer, selector, nextIds, output } = this.#options;
    const first = following ?? (nextIds && await this.#firstId(device, nextIds));
    // The ids in the name may only be known at the end.
    const file = fillName(output, { device, first: "new", last: "new", part: "new" });
    const target = file === fillName(output, { device, first: "", last: "", part: "" })
      ? await this.#freeTarget(file)
      : await checkedTarget(file, {});
    const part = await newPart(file, target, this.#parts);
    if (!target.writtenThrough) {
      await createPart(part, target).catch((error) => {
        throw fileError("write", file, error);
      });
    }
    const channel = new Channel<ReadingColumns>();
    const mostGathered = () => Math.max(LEAST_GATHERED_BYTES, GATHERED_BYTES / this.#writers.size);
    const done = writeReportWithin(mostGathered, channel, part, {
      device,
      streamer,
      selector,
      ...(first === undefined ? {} : { nextReadingId: first }),
    }).catch((error: unknown) => {
      const failure = systemReason(error) === undefined ? error : fileError("write", file, error);
      channel.fail(failure);
      throw failure;
    });
    // Awaited in finish() or abandon(). An earlier failure reaches the sender through the channel.
    done.catch(() => {});
    return {
      device,
      channel,
      part,
      firstId: first,
      readings: 0,
      bytes: 0,
      lowest: 0n,
      highest: 0n,
      done,
    };
  }

  async #firstId(device: string, nextIds: NextIds): Promise<number> {
    const { firstId, lastCounted } = this.#options;
    const kept = nextIds.get(this.#streamerOf(device)) ?? firstId;
    return lastCounted ? Math.max(kept, await lastCounted(device) + 1) : kept;
  }

  #streamerOf(device: string): string {
    return String(new ArchFxStreamerSlug(new ArchFxDeviceSlug(device), this.#options.streamer));
  }
}

/** A name with its placeholders replaced: `{device}`, `{first}` and `{last}` (ids), `{part}`. */
function fillName(
  name: string,
  values: Readonly<Record<"device" | "first" | "last" | "part", string | number | bigint>>,
): string {
  return name.replace(/\{(device|first|last|part)\}/g, (_, key: keyof typeof values) => {
    return String(values[key]);
  });
}

/** The rows of columns from `from` to `to`, not included. */
function rowsOf(columns: ReadingColumns, from: number, to: number): ReadingColumns {
  const { streams, readingIds, timestamps, values, summaryData, rawData } = columns;
  return {
    length: to - from,
    streams: streams.subarray(from, to),
    readingIds: readingIds.subarray(from, to),
    timestamps: timestamps.subarray(from, to),
    values: values.subarray(from, to),
    ...(summaryData && { summaryData: summaryData.slice(from, to) }),
    ...(rawData && { rawData: rawData.slice(from, to) }),
  };
}

/** A report that is not written, because a file with its name exists. */
export class OutputExists extends CommandError {}

function alreadyExists(file: string): CommandError {
  return new OutputExists(
    `Cannot write "${file}": it already exists and may not have been sent; choose another name ` +
      "with --output, or replace it with --force",
  );
}

function noteIds(writer: Writer, { length, readingIds }: ReadingColumns): void {
  for (let row = 0; row < length; row++) {
    const id = BigInt(readingIds[row]!);
    if (id === 0n) continue;
    if (writer.lowest === 0n || id < writer.lowest) writer.lowest = id;
    if (id > writer.highest) writer.highest = id;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
