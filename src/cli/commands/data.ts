/**
 * `archfx data`: the readings of a stream.
 *
 * @module
 */
import { jsonInteger } from "../../_inspect.ts";
import type { ReadingColumns } from "../../readings/reading_columns.ts";
import { writeAtomically } from "../_atomic_file.ts";
import type { Command, Context } from "../_command.ts";
import { fileError } from "../_errors.ts";
import { csvHead, isoMicros, readingLines } from "../_reading_rows.ts";
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
      .addArgument("--start", { metavar: "TIME", help: "From this time on, ISO 8601" })
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
    const range = {
      ...(args.start === undefined ? {} : { start: args.start }),
      ...(args.end === undefined ? {} : { end: args.end }),
    };
    await withSession(context, args, async (api) => {
      const { stream } = await import("../../api/mod.ts");
      const chunks = stream(api, slug).readings(range);
      const format = args.format ?? (context.forPeople ? "chart" : "csv");
      if (args.svg !== undefined) {
        const svg = lineChartSvg(await gather(context, chunks), { title: slug });
        try {
          await writeAtomically(args.svg, svg);
        } catch (error) {
          throw fileError("write", args.svg, error);
        }
        context.note(`Wrote ${args.svg}`);
      } else if (context.json) await printJson(context, slug, chunks);
      else if (format === "chart") await printChart(context, slug, chunks);
      else {
        if (format === "csv") await context.io.write(csvHead());
        let count = 0;
        try {
          for await (const columns of chunks) {
            for (const text of readingLines(columns, format)) {
              context.signal.throwIfAborted();
              await context.io.write(text);
            }
            count += columns.length;
          }
        } catch (error) {
          throw context.interrupted(error, `${count} readings came before`);
        }
        context.trace(`${count} readings`);
      }
    });
  },
};

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
  const title = `${slug}, ${gathered.values.length} readings, UTC`;
  await context.io.write(
    lineChart(gathered, { width: context.io.columns, title, color: context.color }),
  );
}

async function printJson(
  context: Context,
  slug: string,
  chunks: AsyncIterable<ReadingColumns>,
): Promise<void> {
  await context.io.write(`{"stream":${JSON.stringify(slug)},"readings":[`);
  let first = true;
  for await (const columns of chunks) {
    for (let row = 0; row < columns.length; row++) {
      if (row % 1000 === 0) context.signal.throwIfAborted();
      const timestamp = isoMicros(columns.timestamps[row]!);
      const reading = {
        timestamp,
        reading_id: jsonInteger(columns.readingIds[row]!),
        value: columns.values[row]!,
      };
      await context.io.write(`${first ? "" : ","}\n  ${JSON.stringify(reading)}`);
      first = false;
    }
  }
  await context.print("\n]}");
}
