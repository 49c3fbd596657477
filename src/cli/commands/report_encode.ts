/**
 * `archfx report encode`: readings in CSV or NDJSON become reports.
 *
 * @module
 */
import { basename, dirname, extname, join } from "node:path";
import { ArgumentError, type Arguments } from "../../main/argument_parser.ts";
import type { Command, Context } from "../_command.ts";
import { counted } from "../_counted.ts";
import { CommandError } from "../_errors.ts";
import { type NextIds, withIdState } from "../_id_state.ts";
import { openReadings } from "../_reading_source.ts";
import { ReportWriters, type WrittenReport } from "../_report_writers.ts";

/** The command. */
export const reportEncode: Command = {
  description:
    "Turn readings in CSV or NDJSON into reports, in constant memory. Read are the columns timestamp " +
    "and value, and where there are any device, stream and reading_id; other ones are chosen by name " +
    "or by position, counted from 0. In CSV a stream is hexadecimal as in a slug (0001-5090); in " +
    "NDJSON a number is a number. A time without a zone is UTC.\n" +
    "With a device column each device gets a report of its own. A report that is there is not replaced without --force. Readings without ids get them in " +
    "sequence, from 1 unless told: the cloud drops a reading whose id is not above the last one of " +
    "its streamer, so --state or --first-id is to go on from the report before.\n" +
    "With --json: { reports: [{ file, device, readings, bytes, ids: { first, last } }], readings, " +
    "skippedRows, seconds }.",
  examples: [
    [
      "archfx report encode temperature.csv --device d--1234 --stream 0001-5090 -o temperature.mp",
      "One device and one stream, ids from 1",
    ],
    [
      "archfx report encode line-1.csv --state ids.json -o 'spool/{device}-{first}.mp'",
      "A report for each device of the column, ids going on from the last run",
    ],
    [
      "archfx report encode export.csv --time-column 0 --value-column 3 --device d--1 --stream 5051",
      "Columns by position",
    ],
  ],
  arguments(parser) {
    parser
      .addArgument("file", { metavar: "FILE", help: "The readings; - for standard input" })
      .addArgument("--device", { metavar: "SLUG", help: "The device of every reading" })
      .addArgument("--stream", { metavar: "ID", help: "The variable of every reading: 0001-5090" })
      .addArgument("--device-column", { metavar: "COLUMN", help: "The column of devices" })
      .addArgument("--stream-column", { metavar: "COLUMN", help: "The column of variables" })
      .addArgument("--time-column", { metavar: "COLUMN", help: "The column of times" })
      .addArgument("--value-column", { metavar: "COLUMN", help: "The column of values" })
      .addArgument("--id-column", { metavar: "COLUMN", help: "The column of reading ids" })
      .addArgument("--format", {
        choices: ["csv", "ndjson"],
        help: "What FILE is; by its name unless told, CSV on standard input",
      })
      .addArgument("--delimiter", {
        metavar: "TEXT",
        help: "What separates columns of CSV; a comma unless told",
      })
      .addArgument("--headerless", {
        type: "boolean",
        help: "The CSV begins with readings; columns are counted",
      })
      .addArgument("--first-id", {
        type: positiveInteger,
        metavar: "N",
        help: "The id of the first reading",
      })
      .addArgument("--state", {
        metavar: "FILE",
        help: "Keep the next id of each streamer here, and go on from it next time",
      })
      .addArgument("--streamer", {
        type: word16,
        metavar: "N",
        help: "The streamer's index, 256 (0x100) unless told",
      })
      .addArgument("--selector", {
        type: word16,
        metavar: "N",
        help: "The streamer's selector, 65535 (0xffff) unless told",
      })
      .addArgument("--skip-bad-rows", {
        type: "boolean",
        help: "Leave out rows that cannot be read, and count them",
      })
      .addArgument("--output", {
        short: "o",
        metavar: "FILE.mp",
        help:
          "The report, FILE with .mp unless told; {device}, {first} and {last} (ids) in its name are " +
          "replaced",
      })
      .addArgument("--force", {
        type: "boolean",
        help: "Replace a report that is there, though it may not have been sent",
      });
  },
  async run(context, args) {
    if (args.firstId !== undefined && args.state !== undefined) {
      throw new ArgumentError(
        'Cannot take "--first-id" and "--state" together: either says where ids begin',
      );
    }
    const started = performance.now();
    const outcome = args.state === undefined
      ? await encode(context, args, new Map(), () => Promise.resolve())
      : await withIdState(
        args.state,
        (next, save) => encode(context, args, next, save),
        { signal: context.signal },
      );
    await print(context, args, { ...outcome, seconds: (performance.now() - started) / 1000 });
  },
};

interface Outcome {
  reports: WrittenReport[];
  skippedRows: number;
}

async function encode(
  context: Context,
  args: Arguments,
  next: NextIds,
  save: () => Promise<void>,
): Promise<Outcome> {
  const source = await openReadings(context, args);
  let writers: ReportWriters | undefined;
  try {
    for await (const { device, columns } of source.chunks) {
      context.signal.throwIfAborted();
      writers ??= new ReportWriters({
        streamer: args.streamer ?? 0x100,
        selector: args.selector ?? 0xffff,
        output: outputPath(args, source.severalDevices),
        others: {
          "the input": args.file === "-" ? [] : [args.file],
          "the file of --state": args.state === undefined ? [] : [args.state],
        },
        force: args.force === true,
        nextIds: source.hasIds ? undefined : next,
        firstId: args.firstId ?? 1,
      });
      await writers.add(device, columns);
    }
    context.signal.throwIfAborted();
    if (!writers) {
      const skipped = source.skippedRows();
      throw new CommandError(
        `Cannot encode "${args.file}": it has no readings` +
          (skipped > 0 ? `, and ${counted(skipped, "row")} that cannot be read` : ""),
      );
    }
    const reports = await writers.finish(save);
    return { reports, skippedRows: source.skippedRows() };
  } catch (error) {
    await writers?.abandon(error);
    throw context.interrupted(error, "no report was written");
  } finally {
    source.close();
  }
}

/** The file of each device's report, with braces to fill in. */
function outputPath(args: Arguments, severalDevices: boolean): string {
  const input: string = args.file;
  const stem = input === "-" ? "report" : join(dirname(input), basename(input, extname(input)));
  const output: string = args.output ?? (severalDevices ? `${stem}-{device}.mp` : `${stem}.mp`);
  if (severalDevices && !output.includes("{device}")) {
    throw new ArgumentError(
      `Cannot take "${output}" as --output: with a device column it must contain {device}`,
    );
  }
  if (/\{(?:first|last)\}.*[\\/]/.test(output)) {
    throw new ArgumentError(
      `Cannot take "${output}" as --output: {first} and {last} must be in the file's name, not in a folder's`,
    );
  }
  return output;
}

async function print(
  context: Context,
  args: Arguments,
  outcome: Outcome & { seconds: number },
): Promise<void> {
  const { reports, skippedRows, seconds } = outcome;
  const readings = reports.reduce((sum, report) => sum + report.readings, 0);
  if (context.json) {
    await context.print(
      JSON.stringify(
        { reports, readings, skippedRows, seconds: Number(seconds.toFixed(3)) },
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
  if (skippedRows === 1) context.note("1 row was skipped, since it cannot be read");
  else if (skippedRows > 1) {
    context.note(`${skippedRows} rows were skipped, since they cannot be read`);
  }
  if (
    reports.some((report) => report.ids) && args.firstId === undefined && args.state === undefined
  ) {
    context.note(
      "The ids begin at 1. The cloud drops readings whose ids it is past: go on with --state or --first-id.",
    );
  }
  context.trace(`${counted(readings, "reading")} in ${seconds.toFixed(2)} s`);
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new RangeError("it must be an integer from 1 to 2^53-1");
  }
  return value;
}

function word16(text: string): number {
  const value = Number(text);
  if (!/^(?:\d+|0x[0-9a-fA-F]+)$/.test(text) || value > 0xffff) {
    throw new RangeError("it must be an integer from 0 to 65535, decimal or 0x and hexadecimal");
  }
  return value;
}
