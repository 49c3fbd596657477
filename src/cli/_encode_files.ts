/**
 * Encodes files of readings to reports, one file after another. Either all reports of a file get their names, or
 * none of them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Arguments } from "../main/argument_parser.ts";
import type { BadRow, ReadingColumns, ReadWarning } from "../readings/mod.ts";
import { deviceOf } from "../slugs/device_of.ts";
import { ArchFxDeviceSlug, ArchFxStreamerSlug } from "../slugs/mod.ts";
import type { BadRowsFile } from "./_bad_rows_file.ts";
import type { Context } from "./_command.ts";
import { counted } from "../_plural.ts";
import { CommandError, fileError } from "./_errors.ts";
import type { FinishedFile, NextIds } from "./_id_state.ts";
import { INCLUDED_PROFILES } from "./_included_profiles.ts";
import type { InputFile } from "./_input_files.ts";
import type { IntakeOptions } from "./_intake_options.ts";
import { openReadings, problemLine, type ReadingSource, unpackedName } from "./_reading_source.ts";
import { ReportWriters, type WrittenReport } from "./_report_writers.ts";

/** How many skipped rows of a file are shown on standard error. */
const NAMED_ROWS = 5;

/** The ids that a run may use, and the other state that is kept between runs. */
export interface IdSource {
  readonly next: NextIds;
  readonly files: FinishedFile[];
  /** Saves them, before a report becomes visible. */
  save(): Promise<void>;
  /** The highest id of a device that the cloud has counted. */
  readonly lastCounted?: (device: string) => Promise<number>;
}

/** The result of a file. */
export interface EncodedFile {
  readonly path: string;
  readonly reports: readonly WrittenReport[];
  readonly skippedRows: number;
  readonly leftOut: number;
  readonly warnings: readonly ReadWarning[];
  /** Why nothing was done. */
  readonly skipped?: string;
}

/** Encodes files with the arguments of a command. */
export class FileEncoder {
  readonly #context: Context;
  readonly #args: Arguments;
  readonly #intake: IntakeOptions;
  /** All files that are read, which no output may replace. */
  inputs: readonly string[] = [];
  /** The file of bad rows. */
  badRows: BadRowsFile | undefined;

  constructor(context: Context, args: Arguments, intake: IntakeOptions) {
    this.#context = context;
    this.#args = args;
    this.#intake = intake;
  }

  /** Whether a file has been encoded, according to the state. */
  async isFinished(file: InputFile, files: readonly FinishedFile[]): Promise<boolean> {
    if (file.path === "-" || this.#args.force) return false;
    const path = resolve(file.path);
    const records = files.filter((it) =>
      resolve(it.path) === path && it.size === file.size && this.#isOurs(it)
    );
    if (records.length === 0) return false;
    const sha256 = await hashOf(file.path);
    return records.some((it) => it.sha256 === sha256);
  }

  /** With --device, a file may be encoded once for each device. */
  #isOurs({ reports }: FinishedFile): boolean {
    const { device } = this.#intake.options;
    if (device === undefined) return true;
    let streamer: string;
    try {
      streamer = this.#streamerOf(String(deviceOf(device)));
    } catch {
      return true;
    }
    return reports.some((it) => it.streamer === streamer);
  }

  /**
   * Encodes a file.
   *
   * @param file The file.
   * @param ids The ids.
   * @param onProgress Called with the number of bytes read.
   */
  async encode(
    file: InputFile,
    ids: IdSource,
    onProgress: (bytes: number) => void,
  ): Promise<EncodedFile> {
    const { path } = file;
    const named: BadRow[] = [];
    const source = await openReadings(this.#context, file, this.#withBadRows(path, named), {
      onProgress,
      hashed: this.#args.state !== undefined,
    });
    let writers: ReportWriters | undefined;
    try {
      for await (const { device, columns } of source.chunks) {
        this.#context.signal.throwIfAborted();
        writers ??= this.#begin(path, source, ids);
        await writers.add(device, this.#withIds(columns, source));
      }
      this.#context.signal.throwIfAborted();
      if (!writers) throw this.#noReading(path, source);
      // A write error must be known before a report gets its name.
      this.badRows?.flush();
      const reports = await writers.finish(async (reports) => {
        this.#remember(file, source, reports, ids.files);
        await ids.save();
      });
      const { leftOut } = source;
      return {
        path,
        reports,
        skippedRows: source.skippedRows,
        leftOut: leftOut.quality + leftOut.blank + leftOut.nan,
        warnings: source.warnings,
      };
    } catch (error) {
      await writers?.abandon(error);
      throw error;
    } finally {
      this.#nameRows(path, named, source.skippedRows);
      source.close();
    }
  }

  #withBadRows(path: string, named: BadRow[]): IntakeOptions {
    const { options } = this.#intake;
    const skips = options.skipBadRows === true || options.maxBadRows !== undefined || this.badRows;
    if (!skips) return this.#intake;
    const onBadRow = (row: BadRow) => {
      if (named.length < NAMED_ROWS) named.push(row);
      this.badRows?.add(path, row);
    };
    const { skipBadRows: _, ...others } = options;
    return { ...this.#intake, options: { ...others, onBadRow } };
  }

  #nameRows(path: string, rows: readonly BadRow[], count: number): void {
    for (const row of rows) {
      const { hints: _, ...problem } = row;
      this.#context.note(problemLine(path, problem).replace(/^Cannot read/, "Skipped"));
    }
    if (count > rows.length) {
      const all = this.badRows ? "" : "; --bad-rows FILE writes all of them";
      this.#context.note(`and ${counted(count - rows.length, "more row")}${all}`);
    }
  }

  #noReading(path: string, source: ReadingSource): CommandError {
    const { skippedRows, leftOut } = source;
    const others = [
      ...(skippedRows > 0 ? [`${counted(skippedRows, "row")} that cannot be read`] : []),
      ...(leftOut.quality > 0
        ? [`${counted(leftOut.quality, "row")} whose quality is not one of --good`]
        : []),
      ...(leftOut.blank > 0
        ? [`${counted(leftOut.blank, "blank value")} (--blank bad makes them errors)`]
        : []),
      ...(leftOut.nan > 0 ? [`${counted(leftOut.nan, "value")} left out by --nan skip`] : []),
    ];
    return new CommandError(
      `Cannot encode "${path}": it has no readings${
        others.length > 0 ? `, and ${others.join(" and ")}` : ""
      }`,
    );
  }

  #begin(path: string, source: ReadingSource, ids: IdSource): ReportWriters {
    const args = this.#args;
    const ignores = args.override === true &&
      (args.firstId !== undefined || args.state !== undefined);
    const hasIds = source.found?.readingId !== undefined && !ignores;
    if (hasIds && (args.firstId !== undefined || args.state !== undefined)) {
      const flag = args.state === undefined ? "--first-id" : "--state";
      throw new CommandError(
        `Cannot encode "${path}" with ${flag}: its readings have ids, in ${
          source.format === "csv" ? "column" : "key"
        } ${
          JSON.stringify(source.found!.readingId)
        }; leave ${flag} out, or replace the ids with --override`,
      );
    }
    // Each output is compared with each of these files. With many inputs, an output is compared only with its own
    // input.
    const inputs = this.inputs.length > 50 ? [path] : this.inputs;
    return new ReportWriters({
      streamer: args.streamer ?? 0x100,
      selector: args.selector ?? 0xffff,
      output: outputPath(args, path, source.found?.device !== undefined),
      others: {
        "the input": inputs.filter((it) => it !== "-"),
        "the profile": [args.profile].filter((it) =>
          it !== undefined && !(it in INCLUDED_PROFILES)
        ),
        "the file of tags": args.tags === undefined ? [] : [args.tags],
        "the file of --state": args.state === undefined ? [] : [args.state],
      },
      force: args.force === true,
      nextIds: hasIds ? undefined : ids.next,
      firstId: args.firstId === undefined || ids.lastCounted ? 1 : args.firstId,
      ...(args.maxReadings === undefined ? {} : { maxReadings: args.maxReadings }),
      ...(args.maxBytes === undefined ? {} : { maxBytes: args.maxBytes }),
      ...(ids.lastCounted ? { lastCounted: ids.lastCounted } : {}),
    });
  }

  /** Removes the ids of a column that is overridden. */
  #withIds(columns: ReadingColumns, source: ReadingSource): ReadingColumns {
    const { override, firstId, state } = this.#args;
    if (!override || (firstId === undefined && state === undefined) || !source.found?.readingId) {
      return columns;
    }
    return { ...columns, readingIds: new Float64Array(columns.length) };
  }

  #remember(
    file: InputFile,
    source: ReadingSource,
    reports: readonly WrittenReport[],
    files: FinishedFile[],
  ): void {
    if (file.path === "-" || this.#args.state === undefined) return;
    files.push({
      path: file.path,
      size: file.size,
      sha256: source.sha256(),
      readings: reports.reduce((sum, { readings }) => sum + readings, 0),
      reports: reports.map(({ device, ids }) => ({
        streamer: this.#streamerOf(device),
        first: ids?.first ?? 0,
        last: ids?.last ?? 0,
      })),
    });
  }

  #streamerOf(device: string): string {
    return String(
      new ArchFxStreamerSlug(new ArchFxDeviceSlug(device), this.#args.streamer ?? 0x100),
    );
  }
}

/** The name of each device's report, with placeholders in braces. */
function outputPath(args: Arguments, path: string, severalDevices: boolean): string {
  const name = unpackedName(path);
  const stem = path === "-" ? "report" : basename(name, extname(name));
  if (args.output !== undefined) return args.output.replaceAll("{file}", stem);
  const base = path === "-" ? stem : join(dirname(path), stem);
  const isSplit = args.maxReadings !== undefined || args.maxBytes !== undefined;
  return `${base}${severalDevices ? "-{device}" : ""}${isSplit ? "-{part}" : ""}.mp`;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(path)) hash.update(piece);
  } catch (error) {
    throw fileError("read", path, error);
  }
  return hash.digest("hex");
}
