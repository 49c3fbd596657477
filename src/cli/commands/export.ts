/**
 * `archfx export`: all readings below a place, as Parquet files.
 *
 * @module
 */
import type { Api } from "../../api/mod.ts";
import { ArgumentError } from "../../main/argument_parser.ts";
import { counted } from "../../_plural.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError } from "../_errors.ts";
import { ExportLog } from "../_export_log.ts";
import type { ExportedStream } from "../_export_stream.ts";
import { addCloudArguments, withSession } from "../_session.ts";
import { addRangeArguments, rangeOf } from "./data.ts";

/** The command. */
export const exportReadings: Command = {
  description:
    "Export all streams below a place: FOLDER/STREAM/2026-03-02.parquet, a file for each stream and day (UTC) " +
    "that has readings. Each file is verified: it has no duplicates, and its last page was the same when it was " +
    "read again. If you run the command again, it continues: FOLDER/export.ndjson lists what is complete. " +
    "With --json: { streams, files, readings, bytes }.",
  examples: [
    [
      "archfx export acme --start 2026-03-01 --end 2026-04-01 -o march/",
      "One month of an organization",
    ],
    ["archfx export pl--0000-0001 --last 7d -o week/", "One week of a line"],
    ["duckdb -c \"select count(*) from 'march/*/*.parquet'\"", "All of it in one query"],
  ],
  arguments(parser) {
    parser.addArgument("place", {
      metavar: "PLACE",
      help: "The slug of an organization, site, area, line or device",
    });
    addRangeArguments(parser);
    parser
      .addArgument("--output", {
        short: "o",
        metavar: "FOLDER",
        required: true,
        help: "The folder; a partial export of the same range is completed",
      })
      .addArgument("--jobs", {
        type: "integer",
        metavar: "N",
        default: 4,
        help: "How many streams are read at a time",
      });
    addCloudArguments(parser);
  },
  async run(context, args) {
    const range = await rangeOf(args);
    const jobs: number = args.jobs;
    if (jobs < 1 || jobs > 64) {
      throw new ArgumentError(`Cannot use ${jobs} as --jobs: it must be from 1 to 64`);
    }
    // Readings that arrive during the run belong to the next run.
    const end = range.end ?? BigInt(Date.now()) * 1000n;
    await withSession(context, args, async (api) => {
      const { streamsBelow } = await import("../_export_plan.ts");
      const place: string = args.place;
      const slugs = await streamsBelow(api, place, context.signal);
      const log = await ExportLog.open(args.output, { server: api.domain, place });
      const total = await exportAll(context, api, {
        slugs,
        log,
        start: range.start,
        end,
        jobs,
      });
      if (context.json) {
        await context.print(JSON.stringify({ streams: slugs.length, ...withoutKept(total) }));
        return;
      }
      const earlier = total.kept === 0 ? "" : `, ${total.kept} of them from an earlier run`;
      context.note(
        `Exported ${counted(slugs.length, "stream")}, ${counted(total.readings, "reading")} to ${
          counted(total.files, "file")
        } in ${args.output}${earlier}`,
      );
    });
  },
};

function withoutKept({ files, readings, bytes }: ExportedStream) {
  return { files, readings, bytes };
}

interface Plan {
  readonly slugs: readonly string[];
  readonly log: ExportLog;
  readonly start: bigint | undefined;
  readonly end: bigint;
  readonly jobs: number;
}

async function exportAll(
  context: Context,
  api: Api,
  { slugs, log, start, end, jobs }: Plan,
): Promise<ExportedStream> {
  const { exportStream } = await exportModule();
  const total: ExportedStream = { readings: 0, files: 0, bytes: 0, kept: 0 };
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const status = liveStatus(context, slugs.length);
  const waiting = [...slugs];
  const work = async () => {
    for (let slug = waiting.shift(); slug !== undefined; slug = waiting.shift()) {
      const onReadings = status.add;
      const done = await exportStream(api, { slug, start, end, log, signal, onReadings });
      total.readings += done.readings;
      total.files += done.files;
      total.bytes += done.bytes;
      total.kept += done.kept;
      status.finished();
    }
  };
  try {
    const workers = Array.from({ length: jobs }, () =>
      work().catch((error) => {
        stop.abort(error);
        throw error;
      }));
    const results = await Promise.allSettled(workers);
    const failed = results.find((it) => it.status === "rejected");
    // The error that stopped the other streams, not the errors that follow from it.
    if (failed) throw stop.signal.reason ?? failed.reason;
  } catch (error) {
    status.stop();
    throw context.interrupted(error, "complete days are kept: run the same command to continue");
  } finally {
    status.stop();
  }
  return total;
}

/** The part that needs the Arrow libraries. A user of the npm package may not have installed them. */
async function exportModule(): Promise<typeof import("../_export_stream.ts")> {
  try {
    return await import("../_export_stream.ts");
  } catch (cause) {
    if (!/apache-arrow/.test(String(cause))) throw cause;
    throw new CommandError(
      "Cannot export: the library is not installed: npm install apache-arrow parquet-wasm",
      1,
      { cause },
    );
  }
}

/** A line on the terminal with the progress. */
function liveStatus(context: Context, streams: number) {
  let readings = 0;
  let done = 0;
  let shown = 0;
  const visible = context.io.errorIsTerminal && !context.quiet;
  const show = () => {
    if (!visible || Date.now() - shown < 100) return;
    shown = Date.now();
    context.io.writeError(
      `\r\u001b[Kexporting: ${done} of ${counted(streams, "stream")}, ${
        counted(readings, "reading")
      }`,
    );
  };
  return {
    add(count: number) {
      readings += count;
      show();
    },
    finished() {
      done++;
      show();
    },
    stop() {
      if (shown > 0) context.io.writeError("\r\u001b[K");
      shown = 0;
    },
  };
}
