/**
 * `archfx report encode`: readings in CSV or NDJSON become reports.
 *
 * @module
 */
import { basename, dirname, extname, join } from "node:path";
import type { Api } from "../../api/mod.ts";
import { ArgumentError, type Arguments } from "../../main/argument_parser.ts";
import type { Command, Context } from "../_command.ts";
import { counted } from "../../_plural.ts";
import { CommandError } from "../_errors.ts";
import { type NextIds, withIdState } from "../_id_state.ts";
import { openReadings } from "../_reading_source.ts";
import { ReportWriters, type WrittenReport } from "../_report_writers.ts";
import { addCloudArguments, withSession } from "../_session.ts";

/** The command. */
export const reportEncode: Command = {
  description:
    "Turn readings in CSV or NDJSON into reports, in constant memory. Read are the columns timestamp " +
    "and value, and where there are any device, stream and reading_id; other ones are chosen by name " +
    "or by position, counted from 0. In CSV a stream is hexadecimal as in a slug (0001-5090); in " +
    "NDJSON a number is a number. A time without a zone is UTC.\n" +
    "With a device column each device gets its own report. A report that already exists is not " +
    "replaced without --force. Readings without ids get consecutive ones, from 1. The cloud ignores a " +
    "reading whose id is not above the last one of its streamer, so continue from the report before: " +
    "with --state, for the first time together with --first-id cloud, or with --first-id.\n" +
    "With --json: { reports: [{ file, device, readings, bytes, ids: { first, last } }], readings, " +
    "skippedRows, seconds }.",
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
        type: firstId,
        metavar: "N|cloud",
        help:
          "The id of the first reading. cloud, together with --state: the id after the last one that " +
          "the cloud has, unless the file of --state has a higher one",
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
        help: "Replace a report that already exists, although it may not have been sent",
      });
    addCloudArguments(parser);
  },
  async run(context, args) {
    const asksCloud = args.firstId === "cloud";
    if (asksCloud && args.state === undefined) {
      throw new ArgumentError(
        'Cannot take "cloud" as --first-id without --state: two runs before an upload would get ' +
          "the same ids",
      );
    }
    if (!asksCloud && args.firstId !== undefined && args.state !== undefined) {
      throw new ArgumentError(
        'Cannot take "--first-id" and "--state" together: each says where the ids begin; ' +
          '"--first-id cloud" may be used with --state',
      );
    }
    const started = performance.now();
    const run = (lastCounted?: LastCounted) =>
      args.state === undefined
        ? encode(context, args, new Map(), () => Promise.resolve())
        : withIdState(
          args.state,
          (next, save) => encode(context, args, next, save, lastCounted),
          {
            signal: context.signal,
            onLower: (streamer, written, used) =>
              context.note(
                `"${args.state}" ${
                  written === undefined ? "has no id" : `has id ${written}`
                } for ${streamer}, but earlier runs used the ids below ${used}: continuing with ${used}. ` +
                  `To start again, remove "${args.state}.commits" too.`,
              ),
          },
        );
    const outcome = asksCloud
      ? await withSession(context, args, (api) => run(askCloud(context, args, api)))
      : await run();
    await print(context, args, { ...outcome, seconds: (performance.now() - started) / 1000 });
  },
};

/** The highest id of a device that the cloud has counted. */
type LastCounted = (device: string) => Promise<number>;

function askCloud(context: Context, args: Arguments, api: Api): LastCounted {
  return async (device) => {
    const { lastReadingId } = await import("../../api/mod.ts");
    const options = { signal: context.signal };
    const last = await lastReadingId(api, device, args.streamer ?? 0x100, options);
    context.trace(`last id of ${device} in the cloud: ${last}`);
    if (typeof last === "number") return last;
    throw new CommandError(`Cannot continue after id ${last} of ${device}: ids end at 2^53-1 here`);
  };
}

interface Outcome {
  reports: WrittenReport[];
  skippedRows: number;
}

async function encode(
  context: Context,
  args: Arguments,
  next: NextIds,
  save: () => Promise<void>,
  lastCounted?: LastCounted,
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
        firstId: args.firstId === undefined || lastCounted ? 1 : args.firstId,
        ...(lastCounted ? { lastCounted } : {}),
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
      "The reading ids begin at 1. If the cloud already has readings of this device, it ignores " +
        "every reading whose id is not above its last one.\n" +
        'Before you upload, encode again with "--first-id cloud --state ids.json --force": that ' +
        "continues after the last id in the cloud, and later runs after that one.",
    );
  }
  context.trace(`${counted(readings, "reading")} in ${seconds.toFixed(2)} s`);
}

function firstId(text: string): number | "cloud" {
  if (text === "cloud") return text;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new RangeError('it must be an integer from 1 to 2^53-1, or "cloud"');
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
