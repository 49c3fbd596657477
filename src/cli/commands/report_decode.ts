/**
 * `archfx report decode`: turns reports back into readings.
 *
 * @module
 */
import { ArgumentError } from "../../main/argument_parser.ts";
import type { DeviceReadings } from "../../reports/mod.ts";
import type { Command, Context } from "../_command.ts";
import { counted } from "../../_plural.ts";
import {
  FILE_FORMATS,
  formatOfName,
  type LineChunk,
  writeLines,
  writeReadingsFile,
} from "../_readings_file.ts";
import { openReport } from "../_open_report.ts";
import { formats, ndjsonLines } from "../_reading_rows.ts";
import { decodeFile, explained, isRegularFile, namingFile } from "../_report_file.ts";
import { reportBatches } from "../../reports/report_batches.ts";
import { standardOutput } from "../_sink.ts";

/** The command. */
export const reportDecode: Command = {
  description:
    "Turn reports back into readings: CSV with the columns device, timestamp, stream, reading_id, value, or " +
    "NDJSON, which also holds extra_data and data and where stream is a number. Either is what " +
    '"archfx report encode" reads. -o FILE writes a file in the format of its extension: .csv, .ndjson, ' +
    ".parquet or .arrow. With --json: an array of the objects of NDJSON.",
  examples: [
    ["archfx report decode line-1.mp > line-1.csv", "As CSV"],
    ["archfx report decode --format ndjson spool/*.mp | jq .value", "Several reports as NDJSON"],
    ["archfx report decode spool/*.mp -o spool.parquet", "For pandas, DuckDB or polars"],
  ],
  arguments(parser) {
    parser
      .addArgument("file", { metavar: "FILE.mp", many: true, help: "The reports" })
      .addArgument("--format", {
        choices: FILE_FORMATS,
        help: "The output format; default: the extension of the output, or csv",
      })
      .addArgument("--output", { short: "o", metavar: "FILE", help: "Write to this file" });
  },
  async run(context, args) {
    const files: readonly string[] = args.file;
    const output: string | undefined = args.output;
    const format = args.format ?? (output === undefined ? "csv" : formatOfName(output) ?? "csv");
    if (output === undefined && !formats.includes(format)) {
      throw new ArgumentError(
        `Cannot print ${format}: this format is only for files: -o FILE.${format}`,
      );
    }
    const source = format === "csv" && !(context.json && output === undefined)
      ? numbersOf(files)
      : readingsOf(files);
    let withoutExtra = 0;
    if (context.json && output === undefined) await printJson(context, source);
    else if (output === undefined) {
      ({ withoutExtra } = await writeLines(context, source, format, standardOutput(context), true));
    } else {
      const others = { "the input": files };
      ({ withoutExtra } = await writeReadingsFile(context, source, {
        path: output,
        format,
        others,
      }));
    }
    if (withoutExtra > 0) {
      context.note(
        `CSV cannot hold extra_data and data, which ${counted(withoutExtra, "reading")} ${
          withoutExtra === 1 ? "has" : "have"
        }: --format ndjson`,
      );
    }
  },
};

/** Readings of a chunk. */
const CHUNK = 65536;

/** The readings of reports, one after another, with their devices. */
async function* readingsOf(files: readonly string[]): AsyncGenerator<DeviceReadings> {
  for (const path of files) {
    const report = await decodeFile(path);
    const columns = report.columns();
    const device = BigInt(report.origin);
    for (let from = 0; from < columns.length; from += CHUNK) {
      const to = Math.min(columns.length, from + CHUNK);
      yield {
        length: to - from,
        devices: new BigUint64Array(to - from).fill(device),
        streams: columns.streams.subarray(from, to),
        readingIds: columns.readingIds.subarray(from, to),
        timestamps: columns.timestamps.subarray(from, to),
        values: columns.values.subarray(from, to),
        ...(columns.summaryData && { summaryData: columns.summaryData.slice(from, to) }),
        ...(columns.rawData && { rawData: columns.rawData.slice(from, to) }),
      };
    }
  }
}

/**
 * The same without free-form data, which CSV cannot hold. Only one batch of a regular file is in memory. A report
 * is checked completely before its first reading is returned. Each chunk reuses the same arrays.
 */
async function* numbersOf(files: readonly string[]): AsyncGenerator<LineChunk> {
  for (const path of files) {
    if (!(await isRegularFile(path))) {
      yield* readingsOf([path]);
      continue;
    }
    const file = openReport(path);
    try {
      let devices = new BigUint64Array();
      for (const { origin, ...batch } of reportBatches(file)) {
        if (devices.length === 0) {
          devices = new BigUint64Array(batch.streams.length).fill(BigInt(origin));
        }
        yield { ...batch, devices };
      }
    } catch (error) {
      throw namingFile(path, explained(error, file.read(0, Math.min(512, file.length))));
    } finally {
      file.close();
    }
  }
}

async function printJson(context: Context, source: AsyncIterable<DeviceReadings>): Promise<void> {
  let separator = "[\n  ";
  for await (const columns of source) {
    for (const lines of ndjsonLines(columns)) {
      context.signal.throwIfAborted();
      await context.io.write(separator + lines.trimEnd().replaceAll("\n", ",\n  "));
      separator = ",\n  ";
    }
  }
  await context.print(separator === "[\n  " ? "[]" : "\n]");
}
