/**
 * `archfx data`: the readings of a stream.
 *
 * @module
 */
import { jsonInteger } from "../../_inspect.ts";
import { ArgumentError } from "../../main/argument_parser.ts";
import type { ReadingColumns } from "../../readings/reading_columns.ts";
import { writeAtomically } from "../_atomic_file.ts";
import { isoTime } from "../../_iso_time.ts";
import type { Command, Context } from "../_command.ts";
import { counted } from "../../_plural.ts";
import { fileError } from "../_errors.ts";
import { csvHead, readingLines } from "../_reading_rows.ts";
import { addCloudArguments, withSession } from "../_session.ts";
import { lineChart, lineChartSvg } from "../chart.ts";

/** The command. */
export const data: Command = {
  description:
    "Print the readings of a stream: a line chart on a terminal, CSV in a pipe (timestamp, stream, " +
    "reading_id, value). With --json: { stream, readings: [{ timestamp, reading_id, value }] }.",
  examples: [
    [
      "archfx data sl--0000-0001--0000-0000-0000-0001--0001-5090 --start 2026-03-02T06:00:00Z",
      "A chart of what the stream holds since then",
    ],
    ["archfx data STREAM --format csv > readings.csv", "All of it as CSV"],
    ["archfx data STREAM --svg chart.svg", "A chart for a page"],
  ],
  arguments(parser) {
    parser
      .addArgument("stream", { metavar: "STREAM", help: "The stream's slug" })
      .addArgument("--start", {
        metavar: "TIME",
        help: "From this time on: 2026-03-02, or 2026-03-02T06:00:00Z",
      })
      .addArgument("--end", { metavar: "TIME", help: "Up to this time, not included" })
      .addArgument("--format", {
        choices: ["csv", "ndjson", "chart"],
        help: "chart on a terminal and csv in a pipe unless told",
      })
      .addArgument("--svg", { metavar: "FILE", help: "Write a line chart as SVG, print nothing" });
    addCloudArguments(parser);
  },
  async run(context, args) {
    const { ArchFxStreamSlug } = await import("../../slugs/mod.ts");
    const slug = String(new ArchFxStreamSlug(args.stream));
    const { timestampMicros } = await import("../../codec/timestamps.ts");
    const time = (name: string): bigint | undefined => {
      const text: string | undefined = args[name];
      if (text === undefined) return undefined;
      try {
        return timestampMicros(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00Z` : text);
      } catch {
        throw new ArgumentError(
          `Cannot take "${text}" as --${name}: it must be a time like 2026-03-02, 2026-03-02T06:00, ` +
            "2026-03-02T06:00:00.5Z or 2026-03-02T08:00+02:00, UTC unless it says its zone",
        );
      }
    };
    const [start, end] = [time("start"), time("end")];
    if (start !== undefined && end !== undefined && end < start) {
      throw new ArgumentError(
        `Cannot take "${args.end}" as --end: it must not be before --start, "${args.start}"`,
      );
    }
    const range = {
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
    };
    await withSession(context, args, async (api) => {
      const { stream } = await import("../../api/mod.ts");
      const chunks = existing(stream(api, slug).readings(range), () => api.stream(slug).get());
      const format = args.format ?? (context.forPeople ? "chart" : "csv");
      if (args.svg !== undefined) await writeSvg(context, slug, chunks, args.svg);
      else if (context.json) await printJson(context, slug, chunks);
      else if (format === "chart") await printChart(context, slug, chunks);
      else await printLines(context, chunks, format);
    });
  },
};

/** Asks for a stream that has no readings: one that is not there is an error, exit code 4. */
async function* existing(
  chunks: AsyncIterable<ReadingColumns>,
  ask: () => Promise<unknown>,
): AsyncGenerator<ReadingColumns> {
  let any = false;
  for await (const columns of chunks) {
    any ||= columns.length > 0;
    yield columns;
  }
  if (!any) await ask();
}

async function printLines(
  context: Context,
  chunks: AsyncIterable<ReadingColumns>,
  format: "csv" | "ndjson",
): Promise<void> {
  let count = 0;
  const begin = async () => {
    if (format === "csv") await context.io.write(csvHead());
  };
  try {
    for await (const columns of chunks) {
      if (columns.length === 0) continue;
      if (count === 0) await begin();
      for (const text of readingLines(columns, format)) {
        context.signal.throwIfAborted();
        await context.io.write(text);
      }
      count += columns.length;
    }
  } catch (error) {
    throw context.interrupted(error, `${counted(count, "reading")} came before`);
  }
  if (count === 0) await begin();
  context.trace(counted(count, "reading"));
}

async function writeSvg(
  context: Context,
  slug: string,
  chunks: AsyncIterable<ReadingColumns>,
  path: string,
): Promise<void> {
  const svg = lineChartSvg(await gather(context, chunks), { title: slug });
  try {
    await writeAtomically(path, svg);
  } catch (error) {
    throw fileError("write", path, error);
  }
  context.note(`Wrote ${path}`);
}

interface Gathered {
  timestamps: BigInt64Array;
  values: Float64Array;
}

async function gather(
  context: Context,
  chunks: AsyncIterable<ReadingColumns>,
): Promise<Gathered> {
  const parts: ReadingColumns[] = [];
  let length = 0;
  for await (const columns of chunks) {
    context.signal.throwIfAborted();
    parts.push(columns);
    length += columns.length;
  }
  const gathered = { timestamps: new BigInt64Array(length), values: new Float64Array(length) };
  let at = 0;
  for (const columns of parts) {
    gathered.timestamps.set(columns.timestamps.subarray(0, columns.length), at);
    gathered.values.set(columns.values.subarray(0, columns.length), at);
    at += columns.length;
  }
  return gathered;
}

async function printChart(
  context: Context,
  slug: string,
  chunks: AsyncIterable<ReadingColumns>,
): Promise<void> {
  const gathered = await gather(context, chunks);
  const title = `${slug}, ${counted(gathered.values.length, "reading")}, UTC`;
  await context.io.write(
    lineChart(gathered, { width: context.io.columns, title, color: context.color }),
  );
}

async function printJson(
  context: Context,
  slug: string,
  chunks: AsyncIterable<ReadingColumns>,
): Promise<void> {
  const head = `{"stream":${JSON.stringify(slug)},"readings":[`;
  let first = true;
  for await (const columns of chunks) {
    for (let row = 0; row < columns.length; row++) {
      if (row % 1000 === 0) context.signal.throwIfAborted();
      const timestamp = isoTime(columns.timestamps[row]!);
      const reading = {
        timestamp,
        reading_id: jsonInteger(columns.readingIds[row]!),
        value: columns.values[row]!,
      };
      await context.io.write(`${first ? head : ","}\n  ${JSON.stringify(reading)}`);
      first = false;
    }
  }
  await context.print(first ? `${head}]}` : "\n]}");
}
