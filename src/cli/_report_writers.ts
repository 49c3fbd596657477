/**
 * One report a device, written side by side while the readings come in, and given their names
 * together at the end: either every report is there, or none is.
 *
 * @module
 */
import { lstat, rm } from "node:fs/promises";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { writeReport } from "../reports/mod.ts";
import { ArchFxDeviceSlug, ArchFxStreamerSlug } from "../slugs/mod.ts";
import type { FileTarget } from "../_node_target.ts";
import { checkedTarget, giveName, newPart } from "./_atomic_file.ts";
import { Channel } from "./_channel.ts";
import { CommandError, fileError, systemReason } from "./_errors.ts";
import type { NextIds } from "./_id_state.ts";

/** How reports are written. */
export interface ReportWriterOptions {
  /** The streamer's index. */
  streamer: number;
  /** The streamer's selector. */
  selector: number;
  /** The file of a device's report: {@linkcode fillName} fills in what is in braces. */
  output: string;
  /** Files that must not be written over, by what they are. */
  others: Readonly<Record<string, readonly string[]>>;
  /** Whether reports that are there may be replaced. */
  force: boolean;
  /** The first id by streamer, or `undefined` where the readings have ids of their own. */
  nextIds: NextIds | undefined;
  /** The first id of a streamer that `nextIds` does not have. */
  firstId: number;
  /** The highest id of a device that the cloud has counted: ids begin above it. */
  lastCounted?: (device: string) => Promise<number>;
}

/** A report that is written. */
export interface WrittenReport {
  file: string;
  device: string;
  readings: number;
  bytes: number;
  /** The ids that were given in sequence. */
  ids?: { first: number; last: number };
}

interface Writer {
  readonly device: string;
  readonly channel: Channel<ReadingColumns>;
  readonly part: string;
  readonly firstId: number | undefined;
  /** The ids that the readings came with, where they did. */
  lowest: bigint;
  highest: bigint;
  readonly done: Promise<{ readings: number; bytes: number }>;
}

/** The reports of one run. */
export class ReportWriters {
  readonly #options: ReportWriterOptions;
  readonly #writers = new Map<string, Writer>();

  constructor(options: ReportWriterOptions) {
    this.#options = options;
  }

  /** Adds readings of a device to its report; waits while it is being written. */
  async add(device: string, columns: ReadingColumns): Promise<void> {
    let writer = this.#writers.get(device);
    if (!writer) this.#writers.set(device, writer = await this.#start(device));
    if (writer.firstId === undefined) noteIds(writer, columns);
    await writer.channel.send(columns);
  }

  /**
   * Ends every report and gives them their names. Where one of the names is taken, nothing happens
   * to the ids or to any file.
   *
   * @param reserve Runs before the first name is given: keeps the next ids.
   */
  async finish(reserve: () => Promise<void>): Promise<WrittenReport[]> {
    const writers = [...this.#writers.values()];
    for (const writer of writers) writer.channel.close();
    const results = await Promise.all(writers.map((writer) => writer.done));
    const reports = writers.map(({ device, firstId, lowest, highest }, index): WrittenReport => {
      const { readings, bytes } = results[index]!;
      const last = firstId === undefined ? highest : firstId + readings - 1;
      const ids = { device, first: firstId ?? lowest, last };
      const report = { file: fillName(this.#options.output, ids), device, readings, bytes };
      return firstId === undefined
        ? report
        : { ...report, ids: { first: firstId, last: Number(last) } };
    });
    const targets: FileTarget[] = [];
    for (const { file } of reports) targets.push(await this.#freeTarget(file));
    for (const { device, ids } of reports) {
      if (ids) this.#options.nextIds!.set(this.#streamerOf(device), ids.last + 1);
    }
    await reserve();
    for (const [index, { file }] of reports.entries()) {
      try {
        await giveName(writers[index]!.part, targets[index]!, this.#options.force);
      } catch (error) {
        const taken = (error as { code?: unknown }).code === "EEXIST";
        throw taken ? alreadyExists(file) : fileError("write", file, error);
      }
    }
    return reports;
  }

  /** Takes away what is half written. */
  async abandon(error: unknown): Promise<void> {
    const writers = [...this.#writers.values()];
    for (const writer of writers) writer.channel.fail(error);
    await Promise.allSettled(writers.map((writer) => writer.done));
    for (const { part } of writers) await rm(part, { force: true });
  }

  /** Where a report goes, unless that is taken. */
  async #freeTarget(file: string): Promise<FileTarget> {
    const target = await checkedTarget(file, this.#options.others);
    if (this.#options.force || target.writtenThrough || !(await exists(target.path))) return target;
    throw alreadyExists(file);
  }

  async #start(device: string): Promise<Writer> {
    const { streamer, selector, nextIds, output } = this.#options;
    const first = nextIds && await this.#firstId(device, nextIds);
    // The ids that the name is to have may be known at the end only.
    const file = fillName(output, { device, first: "new", last: "new" });
    const target = file === fillName(output, { device, first: "", last: "" })
      ? await this.#freeTarget(file)
      : await checkedTarget(file, {});
    const part = await newPart(file, target);
    const channel = new Channel<ReadingColumns>();
    const done = writeReport(channel, part, {
      device,
      streamer,
      selector,
      ...(first === undefined ? {} : { nextReadingId: first }),
    }).catch((error: unknown) => {
      const failure = systemReason(error) === undefined ? error : fileError("write", file, error);
      channel.fail(failure);
      throw failure;
    });
    // Awaited in finish() or abandon(): a failure before that reaches the sender by the channel.
    done.catch(() => {});
    return { device, channel, part, firstId: first, lowest: 0n, highest: 0n, done };
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

/** A name with what is in braces filled in: `{device}`, `{first}` and `{last}` id. */
export function fillName(
  name: string,
  values: Readonly<Record<"device" | "first" | "last", string | number | bigint>>,
): string {
  return name.replace(/\{(device|first|last)\}/g, (_, key: keyof typeof values) => {
    return String(values[key]);
  });
}

function alreadyExists(file: string): CommandError {
  return new CommandError(
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
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
