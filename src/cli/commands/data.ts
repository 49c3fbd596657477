/**
 * `archfx data`: the readings of streams.
 *
 * @module
 */
import { exactJson } from "../../_exact_json.ts";
import { isoTime } from "../../_iso_time.ts";
import { DURATION_FORM, durationMicros } from "../../_duration.ts";
import { streamTitle } from "../../_stream_unit.ts";
import type { Api, TimeRange } from "../../api/mod.ts";
import { ArgumentError, type ArgumentParser, type Arguments } from "../../main/argument_parser.ts";
import { DataError } from "../../codec/data_error.ts";
import type { ReadingColumns, ResampleBy } from "../../readings/mod.ts";
import type { DeviceReadings } from "../../reports/mod.ts";
import type { ArchFxStreamSlug } from "../../slugs/mod.ts";
import type { Command, Context } from "../_command.ts";
import { counted } from "../../_plural.ts";
import { follow } from "../_follow.ts";
import { FILE_FORMATS, formatOfName, writeLines, writeReadingsFile } from "../_readings_file.ts";
import { addCloudArguments, withSession } from "../_session.ts";
import { standardOutput } from "../_sink.ts";
import { mergeByTime, resampled } from "../_stream_sources.ts";
import { gather, printCharts, writeSvg } from "../_stream_charts.ts";

const WAYS = ["mean", "min", "max", "first", "last", "count"] as const;

/** The command. */
export const data: Command = {
  description:
    "Print the readings of one or more streams: a line chart of each on a terminal, CSV in a pipe (timestamp, " +
    "stream, reading_id, value; with device in front for several streams, in order of time). -o FILE writes a " +
    "file in the format of its extension: .csv, .ndjson, .parquet, .arrow or .svg. With --json: { stream, " +
    "readings: [{ timestamp, reading_id, value }] }, for several streams an array of these.",
  examples: [
    [
      "archfx data sl--0000-0001--0000-0000-0000-0001--0001-5090 --last 2h",
      "A chart of the last two hours",
    ],
    ["archfx data STREAM --start 2026-03-02 --end 2026-03-03 > readings.csv", "One day as CSV"],
    [
      "archfx data STREAM STREAM --last 7d --every 1m --by mean -o week.parquet",
      "The mean of each minute, for pandas or DuckDB",
    ],
    ["archfx data STREAM --last 10m --follow", "A chart that moves with new readings"],
  ],
  arguments(parser) {
    parser.addArgument("stream", {
      metavar: "STREAM",
      many: true,
      help: "The slugs of the streams",
    });
    addRangeArguments(parser);
    parser
      .addArgument("--every", {
        metavar: "TIME",
        help: "One reading for each interval of this length: 10s, 1m, 1h",
      })
      .addArgument("--by", {
        choices: WAYS,
        help: "How to combine the readings of an interval; default mean",
      })
      .addArgument("--format", {
        choices: ["csv", "ndjson", "chart"],
        help: "By default: chart on a terminal, csv in a pipe",
      })
      .addArgument("--output", {
        short: "o",
        metavar: "FILE",
        help: "Write a .csv, .ndjson, .parquet, .arrow or .svg file instead of printing",
      })
      .addArgument("--svg", {
        metavar: "FILE",
        help: "The same as -o with a name that ends in .svg",
      })
      .addArgument("--follow", {
        short: "f",
        type: "boolean",
        help: "Continue with readings that arrive later, until Ctrl-C",
      });
    addCloudArguments(parser);
  },
  async run(context, args) {
    const plan = await planOf(context, args);
    await withSession(context, args, async (api) => {
      await print(context, api, plan);
    });
  },
};

/** Declares `--last`, `--start` and `--end`. */
export function addRangeArguments(parser: ArgumentParser): void {
  parser
    .addArgument("--last", {
      metavar: "TIME",
      help: "The length of time up to now: 90s, 15m, 2h, 7d",
    })
    .addArgument("--start", {
      metavar: "TIME",
      help: "The start: 2026-03-02, 2026-03-02T06:00:00Z, or -2h for two hours ago",
    })
    .addArgument("--end", {
      metavar: "TIME",
      help: "The end, not included, in the same forms as --start",
    });
}

/**
 * The range from the arguments, checked before anything is read.
 *
 * @throws {ArgumentError} If a limit is not a time, or limits contradict each other.
 */
export async function rangeOf(args: Arguments): Promise<{ start?: bigint; end?: bigint }> {
  const { rangeMicros } = await import("../../api/time_range.ts");
  const range: TimeRange = { start: args.start, end: args.end, last: args.last };
  try {
    const { start, end } = rangeMicros(range);
    return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
  } catch (error) {
    if (!(error instanceof DataError || error instanceof TypeError)) throw error;
    const message = error.message.replace(/\b(as|with|or) (start|end|last)\b/g, "$1 --$2")
      .replace(/use last/, "use --last");
    throw new ArgumentError(message);
  }
}

interface Plan {
  readonly slugs: readonly ArchFxStreamSlug[];
  readonly range: { start?: bigint; end?: bigint };
  /** The length of a moving chart in µs; without it, the chart starts with the range. */
  readonly window: bigint | undefined;
  readonly every: { everyMs: number; by: ResampleBy } | undefined;
  readonly follow: boolean;
  readonly format: "csv" | "ndjson" | "chart" | "json";
  readonly output: string | undefined;
}

async function planOf(context: Context, args: Arguments): Promise<Plan> {
  const { ArchFxStreamSlug } = await import("../../slugs/mod.ts");
  const texts: string[] = args.stream;
  const slugs = texts.map((text) => new ArchFxStreamSlug(text));
  const twice = slugs.find((slug, at) => slugs.findIndex((it) => it.equals(slug)) !== at);
  if (twice) throw new ArgumentError(`Cannot read "${twice}": it is named twice`);
  const output: string | undefined = args.output ?? args.svg;
  if (args.output !== undefined && args.svg !== undefined) {
    throw new ArgumentError("Cannot use --output with --svg: each names the file to write");
  }
  if (output !== undefined) {
    if (!/\.svg$/i.test(output) && (args.svg !== undefined || formatOfName(output) === undefined)) {
      const names = args.svg !== undefined
        ? ".svg"
        : [...FILE_FORMATS.map((it) => `.${it}`), ".svg"].join(", ");
      throw new ArgumentError(`Cannot write "${output}": the name must end in ${names}`);
    }
    for (const other of ["format", "follow", "json"]) {
      if (args[other] !== undefined && args[other] !== false) {
        throw new ArgumentError(
          `Cannot use --${other} with a file: the extension of its name determines the format`,
        );
      }
    }
  }
  const follow = args.follow === true;
  if (follow && args.end !== undefined) {
    throw new ArgumentError("Cannot use --follow with --end: new readings come after it");
  }
  if (follow && context.json) {
    throw new ArgumentError("Cannot use --follow with --json: its document would never end");
  }
  if (args.by !== undefined && args.every === undefined) {
    throw new ArgumentError(
      "Cannot use --by without --every, the length of an interval: --every 1m",
    );
  }
  const every = args.every === undefined ? undefined : durationMicros(args.every);
  if (args.every !== undefined && every === undefined) {
    throw new ArgumentError(`Cannot read "${args.every}" as --every: it must be ${DURATION_FORM}`);
  }
  if (follow && every !== undefined) {
    throw new ArgumentError(
      "Cannot use --follow with --every: the last interval would be incomplete",
    );
  }
  const isChart = args.format === "chart" || (args.format === undefined && context.forPeople);
  return {
    slugs,
    range: await rangeOf(args),
    window: args.last === undefined ? undefined : durationMicros(args.last),
    every: every === undefined
      ? undefined
      : { everyMs: Number(every) / 1000, by: args.by ?? "mean" },
    follow,
    format: context.json ? "json" : isChart ? "chart" : args.format ?? "csv",
    output,
  };
}

async function print(context: Context, api: Api, plan: Plan): Promise<void> {
  const { slugs, output, format } = plan;
  if (plan.follow) {
    await follow(context, api, {
      slugs,
      start: plan.range.start,
      window: plan.window,
      format: format === "json" ? "ndjson" : format,
    });
    return;
  }
  if (output !== undefined && /\.svg$/i.test(output)) {
    const charts = await Promise.all(slugs.map((slug) => chartOf(context, api, plan, slug)));
    await writeSvg(context, output, charts);
  } else if (output !== undefined) {
    const formatName = formatOfName(output)!;
    const isTable = formatName === "parquet" || formatName === "arrow";
    const source = rowsOf(api, plan, isTable || slugs.length > 1);
    const written = await writeReadingsFile(context, source, { path: output, format: formatName });
    noteExtra(context, written.withoutExtra);
    context.note(`Wrote ${output}: ${counted(written.readings, "reading")}`);
  } else if (format === "json") {
    await printJson(context, api, plan);
  } else if (format === "chart") {
    const charts = await Promise.all(slugs.map((slug) => chartOf(context, api, plan, slug)));
    await printCharts(context, charts);
  } else {
    await printLines(context, api, plan, format);
  }
}

/** The readings of one stream. If the stream does not exist, the exit code is 4. */
async function* readingsOf(
  api: Api,
  { range, every }: Plan,
  slug: ArchFxStreamSlug,
): AsyncGenerator<ReadingColumns, void, undefined> {
  const { stream } = await import("../../api/mod.ts");
  let any = false;
  const pages = stream(api, slug).readings(range);
  for await (const columns of every === undefined ? pages : resampled(pages, every)) {
    any ||= columns.length > 0;
    yield columns;
  }
  if (!any) await api.stream(slug).get();
}

async function chartOf(context: Context, api: Api, plan: Plan, slug: ArchFxStreamSlug) {
  const series = await gather(context, readingsOf(api, plan, slug));
  const row = await api.stream(slug).get().catch(() => undefined);
  return { title: streamTitle(String(slug), row && { ...row }), series };
}

/** The rows of all streams in order of time, with a column of devices if requested. */
function rowsOf(api: Api, plan: Plan, devices: boolean): AsyncIterable<DeviceReadings> {
  const { slugs } = plan;
  if (!devices) return readingsOf(api, plan, slugs[0]!);
  return mergeByTime(
    slugs.map((slug) => ({ device: slug.device.id, chunks: readingsOf(api, plan, slug) })),
  );
}

async function printLines(
  context: Context,
  api: Api,
  plan: Plan,
  format: "csv" | "ndjson",
): Promise<void> {
  const several = plan.slugs.length > 1;
  let count = 0;
  const source = (async function* () {
    for await (const columns of rowsOf(api, plan, several)) {
      yield columns;
      count += columns.length;
    }
  })();
  try {
    const written = await writeLines(context, source, format, standardOutput(context), several);
    noteExtra(context, written.withoutExtra);
  } catch (error) {
    throw context.interrupted(error, `${counted(count, "reading")} were read before`);
  }
  context.trace(counted(count, "reading"));
}

function noteExtra(context: Context, count: number): void {
  if (count === 0) return;
  context.note(
    `CSV cannot hold extra_data and data, which ${counted(count, "reading")} ${
      count === 1 ? "has" : "have"
    }: use NDJSON, Parquet or Arrow`,
  );
}

async function printJson(context: Context, api: Api, plan: Plan): Promise<void> {
  const several = plan.slugs.length > 1;
  let lead = several ? "[\n" : "";
  for (const slug of plan.slugs) {
    // Written with the first reading, so that nothing is printed for a stream that does not exist.
    let before = `${lead}{"stream":${JSON.stringify(String(slug))},"readings":[\n  `;
    for await (const columns of readingsOf(api, plan, slug)) {
      for (let row = 0; row < columns.length; row++) {
        if (row % 1000 === 0) context.signal.throwIfAborted();
        const reading = exactJson({
          timestamp: isoTime(columns.timestamps[row]!),
          reading_id: columns.readingIds[row]!,
          value: columns.values[row]!,
        });
        await context.io.write(`${before}${reading}`);
        before = ",\n  ";
      }
    }
    await context.io.write(before === ",\n  " ? "\n]}" : `${before.trimEnd()}]}`);
    lead = ",\n";
  }
  await context.print(several ? "\n]" : "");
}
