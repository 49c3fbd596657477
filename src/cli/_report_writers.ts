/**
 * One report a device, written side by side while the readings come in, and given their names
 * together at the end: either every report is there, or none is.
 *
 * @module
 */
import { rename, rm } from "node:fs/promises";
import process from "node:process";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { writeReport } from "../reports/mod.ts";
import { ArchFxDeviceSlug, ArchFxStreamerSlug } from "../slugs/mod.ts";
import { Channel } from "./_channel.ts";
import { fileError, systemReason } from "./_errors.ts";
import type { NextIds } from "./_id_state.ts";

/** How reports are written. */
export interface ReportWriterOptions {
  /** The streamer's index. */
  streamer: number;
  /** The streamer's selector. */
  selector: number;
  /** The file of a device. */
  target: (device: string) => string;
  /** The first id by streamer, or `undefined` where the readings have ids of their own. */
  nextIds: NextIds | undefined;
  /** The first id of a streamer that `nextIds` does not have. */
  firstId: number;
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
  readonly beside: string;
  readonly target: string;
  readonly firstId: number | undefined;
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
    if (!writer) this.#writers.set(device, writer = this.#start(device));
    await writer.channel.send(columns);
  }

  /**
   * Ends every report and gives them their names.
   *
   * @param reserve Runs before the first name is given: keeps the next ids.
   */
  async finish(reserve: () => Promise<void>): Promise<WrittenReport[]> {
    const writers = [...this.#writers.values()];
    for (const writer of writers) writer.channel.close();
    const results = await Promise.all(writers.map((writer) => writer.done));
    const reports = writers.map((writer, index): WrittenReport => {
      const { readings, bytes } = results[index]!;
      const { device, target: file, firstId } = writer;
      if (firstId === undefined) return { file, device, readings, bytes };
      const last = firstId + readings - 1;
      this.#options.nextIds!.set(this.#streamerOf(device), last + 1);
      return { file, device, readings, bytes, ids: { first: firstId, last } };
    });
    await reserve();
    for (const { beside, target } of writers) {
      try {
        await rename(beside, target);
      } catch (error) {
        throw fileError("write", target, error);
      }
    }
    return reports;
  }

  /** Takes away what is half written. */
  async abandon(error: unknown): Promise<void> {
    const writers = [...this.#writers.values()];
    for (const writer of writers) writer.channel.fail(error);
    await Promise.allSettled(writers.map((writer) => writer.done));
    for (const { beside } of writers) await rm(beside, { force: true });
  }

  #start(device: string): Writer {
    const { streamer, selector, nextIds, firstId } = this.#options;
    const first = nextIds && (nextIds.get(this.#streamerOf(device)) ?? firstId);
    const target = this.#options.target(device);
    const beside = `${target}.${process.pid}.part`;
    const channel = new Channel<ReadingColumns>();
    const done = writeReport(channel, beside, {
      device,
      streamer,
      selector,
      ...(first === undefined ? {} : { nextReadingId: first }),
    }).catch((error: unknown) => {
      const failure = systemReason(error) === undefined ? error : fileError("write", target, error);
      channel.fail(failure);
      throw failure;
    });
    // Awaited in finish() or abandon(): a failure before that reaches the sender by the channel.
    done.catch(() => {});
    return { device, channel, beside, target, firstId: first, done };
  }

  #streamerOf(device: string): string {
    return String(new ArchFxStreamerSlug(new ArchFxDeviceSlug(device), this.#options.streamer));
  }
}
