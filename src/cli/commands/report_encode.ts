/**
 * `archfx report encode`: turns readings in CSV or NDJSON into reports.
 *
 * @module
 */
import type { Api } from "../../api/mod.ts";
import type { Arguments } from "../../main/argument_parser.ts";
import type { Command, Context } from "../_command.ts";
import { counted } from "../../_plural.ts";
import { BadRowsFile } from "../_bad_rows_file.ts";
import { type EncodedFile, FileEncoder, type IdSource } from "../_encode_files.ts";
import { checkFlags, checkOutput, firstId, positive, word16 } from "../_encode_flags.ts";
import { CommandError, ExitCode, exitCodeOf, messageOf } from "../_errors.ts";
import { withIdState } from "../_id_state.ts";
import { type InputFile, inputFiles } from "../_input_files.ts";
import { addIntakeFlags } from "../_intake_flags.ts";
import { checkOptions, FORMATS, intakeOptions } from "../_intake_options.ts";
import { preview } from "../_preview.ts";
import { sourceError } from "../_reading_source.ts";
import { showProgress } from "../_progress.ts";
import { OutputExists } from "../_report_writers.ts";
import { addCloudArguments, withSession } from "../_session.ts";

/** The command. */
export const reportEncode: Command = {
  description:
    "Turn readings in CSV or NDJSON into reports, in constant memory. It reads the columns timestamp " +
    "and value and, if they exist, device, stream and reading_id. Choose other columns by name " +
    "or by position, counted from 0. In CSV, a stream is hexadecimal like in a slug (0001-5090); in " +
    "NDJSON, it may also be a JSON number. A time without a zone is UTC.\n" +
    "With a device column, each device gets its own report. A report that already exists is not " +
    "replaced without --force. Readings without ids get consecutive ones, from 1. The cloud ignores a " +
    "reading whose id is not above the last one of its streamer, so continue from the report before: " +
    "with --state (the first time together with --first-id cloud) or with --first-id.\n" +
    "With --json: { reports: [{ file, device, readings, bytes, ids: { first, last } }], readings, " +
    "skippedRows, leftOut, failures, seconds }; with --preview: an array of { file, format, understood, " +
    "columns, readings, streams, skippedRows, leftOut, warnings }.",
  examples: [
    [
      "archfx report encode temperature.csv --device d--1234 --stream 0001-5090 -o temperature.mp",
      "One device and one stream, ids from 1",
    ],
    [
      "archfx report encode line-1.csv --state ids.json -o 'spool/{device}-{first}.mp'",
      "A report for each device of the column; ids continue from the last run",
    ],
    [
      "archfx report encode line-1.csv --first-id cloud --state ids.json",
      "Ids continue after the last one that the cloud has",
    ],
    [
      "archfx report encode export.csv --time-column 0 --value-column 3 --device d--1 --stream 5051",
      "Columns by position",
    ],
  ],
  arguments(parser) {
    parser.addArgument("file", {
      metavar: "FILE",
      many: true,
      help: "The readings: files, folders, patterns; - for standard input",
    });
    addIntakeFlags(parser);
    parser
      .addArgument("--bad-rows", {
        metavar: "FILE",
        help: "Like --skip-bad-rows, but also write the rows to this CSV file",
      })
      .addArgument("--format", {
        choices: [...FORMATS],
        help: "The format of FILE; by default its name and first bytes decide",
      })
      .addArgument("--profile", {
        metavar: "FILE.json",
        help:
          "How to read the files: a file from archfx profile, wincc-trend or rockwell-trend; options override it",
      })
      .addArgument("--preview", {
        type: "boolean",
        help: "Show how FILE is read and its first readings, without writing anything",
      })
      .addArgument("--max-readings", {
        type: positive,
        metavar: "N",
        help: "The most readings in a report; with more, several reports are written",
      })
      .addArgument("--max-bytes", {
        type: positive,
        metavar: "N",
        help: "The most bytes in a report; with more, several reports are written",
      })
      .addArgument("--first-id", {
        type: firstId,
        metavar: "N|cloud",
        help:
          "The id of the first reading. cloud, together with --state: the id after the last one that " +
          "the cloud has, unless the file of --state has a higher one",
      })
      .addArgument("--state", {
        metavar: "FILE",
        help: "Keep the next id of each streamer in this file, and continue from it next time",
      })
      .addArgument("--streamer", {
        type: word16,
        metavar: "N",
        help: "The streamer's index, 256 (0x100) by default",
      })
      .addArgument("--selector", {
        type: word16,
        metavar: "N",
        help: "The streamer's selector, 65535 (0xffff) by default",
      })
      .addArgument("--output", {
        short: "o",
        metavar: "FILE.mp",
        help:
          "The report; FILE with .mp by default; {file}, {device}, {first} and {last} (ids) and {part} in its " +
          "name are replaced",
      })
      .addArgument("--force", {
        type: "boolean",
        help: "Replace a report that already exists, even if it may not have been sent",
      });
    addCloudArguments(parser);
  },
  async run(context, args) {
    const asksCloud = args.firstId === "cloud";
    checkFlags(args);
    if (args.preview) {
      const intake = await intakeOptions(args);
      checkOptions(intake);
      const shown = [];
      for (const input of await inputFiles(args.file)) {
        try {
          shown.push(await preview(context, input, intake));
        } catch (error) {
          throw sourceError(input.path, error);
        }
      }
      if (context.json) await context.print(JSON.stringify(shown, null, 2));
      return ExitCode.Done;
    }
    const started = performance.now();
    const run = (lastCounted?: LastCounted) =>
      encodeAll(context, args, (task) => withIds(context, args, lastCounted, task));
    const outcome = asksCloud
      ? await withSession(context, args, (api) => run(askCloud(context, args, api)))
      : await run();
    await print(context, args, { ...outcome, seconds: (performance.now() - started) / 1000 });
    if (outcome.failures === 0) return ExitCode.Done;
    const done = outcome.files.some(({ reports }) => reports.length > 0);
    return done ? ExitCode.PartlyDone : exitCodeOf(outcome.failure);
  },
};

/** Runs a task with the ids of `--state`, or with ids that no file keeps. */
function withIds<T>(
  context: Context,
  args: Arguments,
  lastCounted: LastCounted | undefined,
  task: (ids: IdSource) => Promise<T>,
): Promise<T> {
  const cloud = lastCounted ? { lastCounted } : {};
  if (args.state === undefined) {
    return task({ next: new Map(), files: [], save: () => Promise.resolve(), ...cloud });
  }
  return withIdState(args.state, (next, save, files) => task({ next, save, files, ...cloud }), {
    signal: context.signal,
    onLower: (streamer, written, used) =>
      context.note(
        `"${args.state}" ${
          written === undefined ? "has no id" : `has id ${written}`
        } for ${streamer}, but earlier runs used the ids below ${used}: continuing with ${used}. ` +
          `To start again, remove "${args.state}.commits" too.`,
      ),
  });
}

/** The highest id of a device that the cloud has counted. */
type LastCounted = (device: string) => Promise<number>;

function askCloud(context: Context, args: Arguments, api: Api): LastCounted {
  return async (device) => {
    const { lastReadingId } = await import("../../api/mod.ts");
    const options = { signal: context.signal };
    const last = await lastReadingId(api, device, args.streamer ?? 0x100, options);
    context.trace(`last id of ${device} in the cloud: ${last}`);
    if (typeof last === "number") return last;
    throw new CommandError(
      `Cannot continue after id ${last} of ${device}: the highest id is 2^53-1 here`,
    );
  };
}

interface Outcome {
  files: EncodedFile[];
  /** Files that could not be encoded. */
  failures: number;
  /** How the last of them failed. */
  failure?: unknown;
}

/** Runs a task with the ids of one file. */
type WithIds = <T>(task: (ids: IdSource) => Promise<T>) => Promise<T>;

async function encodeAll(context: Context, args: Arguments, withIds: WithIds): Promise<Outcome> {
  const intake = await intakeOptions(args);
  checkOptions(intake);
  const inputs = await inputFiles(args.file);
  checkOutput(args, inputs.length > 1);
  const encoder = new FileEncoder(context, args, intake);
  encoder.inputs = inputs.map(({ path }) => path);
  if (args.badRows !== undefined) {
    encoder.badRows = await BadRowsFile.open(args.badRows, {
      "the input": inputs.map(({ path }) => path).filter((path) => path !== "-"),
      "the file of --state": args.state === undefined ? [] : [args.state],
    });
  }
  const bars = await showProgress(
    context,
    "encoding",
    inputs.reduce((sum, it) => sum + it.size, 0),
  );
  const outcome: Outcome = { files: [], failures: 0 };
  let before = 0;
  try {
    for (const input of inputs) {
      await encodeOne(
        context,
        encoder,
        input,
        withIds,
        outcome,
        inputs.length > 1,
        (bytes) => bars.update(before + bytes),
      );
      before += input.size;
    }
    if (outcome.files.some(({ reports }) => reports.length > 0)) await encoder.badRows?.finish();
    return outcome;
  } catch (error) {
    const done = outcome.files.filter(({ reports }) => reports.length > 0);
    throw context.interrupted(
      error,
      done.length === 0
        ? "no report was written"
        : `${done.length} of ${counted(inputs.length, "file")} encoded: ${
          done.map(({ path }) => `"${path}"`).join(", ")
        }`,
    );
  } finally {
    bars.stop();
    await encoder.badRows?.abandon();
  }
}

async function encodeOne(
  context: Context,
  encoder: FileEncoder,
  input: InputFile,
  withIds: WithIds,
  outcome: Outcome,
  several: boolean,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const { path } = input;
  const skip = (skipped: string) => {
    context.note(`Skipped "${path}": ${skipped}`);
    outcome.files.push({ path, reports: [], skippedRows: 0, leftOut: 0, warnings: [], skipped });
  };
  try {
    await withIds(async (ids) => {
      if (await encoder.isFinished(input, ids.files)) {
        skip(
          "an earlier run has encoded it, according to the file of --state; --force encodes it again",
        );
        return;
      }
      const encoded = await encoder.encode(input, ids, onProgress);
      outcome.files.push(encoded);
      for (const { kind, message } of encoded.warnings) {
        context.note(
          `"${path}": ${message}${kind === "utc" ? "; set another zone with --time-zone" : ""}`,
        );
      }
    });
  } catch (error) {
    if (!several || context.signal.aborted || exitCodeOf(error) === ExitCode.WrongUsage) {
      throw error;
    }
    if (error instanceof OutputExists) {
      skip(error.message);
      return;
    }
    context.complain(`archfx report encode: ${messageOf(error)}`);
    outcome.failures++;
    outcome.failure = error;
  }
}

async function print(
  context: Context,
  args: Arguments,
  outcome: Outcome & { seconds: number },
): Promise<void> {
  const { files, failures, seconds } = outcome;
  const reports = files.flatMap((file) => file.reports);
  const skippedRows = files.reduce((sum, file) => sum + file.skippedRows, 0);
  const leftOut = files.reduce((sum, file) => sum + file.leftOut, 0);
  const readings = reports.reduce((sum, report) => sum + report.readings, 0);
  if (context.json) {
    await context.print(
      JSON.stringify(
        { reports, readings, skippedRows, leftOut, failures, seconds: Number(seconds.toFixed(3)) },
        null,
        2,
      ),
    );
  } else {
    for (const { file, device, readings: count, bytes, ids } of reports) {
      const range = ids ? `\tids ${ids.first} to ${ids.last}` : "";
      await context.print(
        `${file}\t${device}\t${counted(count, "reading")}\t${bytes} bytes${range}`,
      );
    }
  }
  if (leftOut > 0) context.note(`${counted(leftOut, "value")} left out, as the options say`);
  if (skippedRows === 1) context.note("1 row was skipped, because it cannot be read");
  else if (skippedRows > 1) {
    context.note(`${skippedRows} rows were skipped, because they cannot be read`);
  }
  if (
    reports.some((report) => report.ids) && args.firstId === undefined && args.state === undefined
  ) {
    context.note(
      "The reading ids begin at 1. If the cloud already has readings of this device, it ignores " +
        "every reading whose id is not above its last one.\n" +
        'Before you upload, encode again with "--first-id cloud --state ids.json --force": that ' +
        "continues after the last id in the cloud, and later runs after that one.",
    );
  }
  context.trace(`${counted(readings, "reading")} in ${seconds.toFixed(2)} s`);
}
