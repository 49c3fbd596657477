/**
 * `archfx report decode`: a report becomes CSV or NDJSON.
 *
 * @module
 */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { once } from "node:events";
import type { FileTarget } from "../../_node_target.ts";
import { ArchFxDeviceSlug } from "../../slugs/mod.ts";
import { checkedTarget, giveName, newPart } from "../_atomic_file.ts";
import type { Command, Context } from "../_command.ts";
import { fileError } from "../_errors.ts";
import { csvHead, formats, readingLines } from "../_reading_rows.ts";
import { decodeFile } from "../_report_file.ts";

/** The command. */
export const reportDecode: Command = {
  description:
    "Turn reports back into readings: CSV with the columns device, timestamp, stream, reading_id, value, or " +
    "NDJSON, which also holds extra_data and data and where stream is a number. Either is what " +
    '"archfx report encode" reads. With --json: an array of the objects of NDJSON.',
  examples: [
    ["archfx report decode line-1.mp > line-1.csv", "As CSV"],
    ["archfx report decode --format ndjson spool/*.mp | jq .value", "Several reports as NDJSON"],
  ],
  arguments(parser) {
    parser
      .addArgument("file", { metavar: "FILE.mp", many: true, help: "The reports" })
      .addArgument("--format", {
        choices: formats,
        default: "csv",
        help: "How readings are written",
      })
      .addArgument("--output", { short: "o", metavar: "FILE", help: "Write here" });
  },
  async run(context, args) {
    const sink = args.output === undefined
      ? standardOutput(context)
      : await fileSink(args.output, await checkedTarget(args.output, { "the input": args.file }));
    let withoutExtra = 0;
    try {
      if (context.json) await sink.write("[");
      else if (args.format === "csv") await sink.write(csvHead(["device"]));
      let first = true;
      for (const path of args.file as string[]) {
        const report = await decodeFile(path);
        const columns = report.columns();
        const device = { device: String(new ArchFxDeviceSlug(report.origin)) };
        for (const text of readingLines(columns, context.json ? "ndjson" : args.format, device)) {
          context.signal.throwIfAborted();
          await sink.write(context.json ? asElements(text, first) : text);
          first = false;
        }
        if (!context.json && args.format === "csv") {
          withoutExtra += countExtra(columns.summaryData) + countExtra(columns.rawData);
        }
      }
      if (context.json) await sink.write("\n]\n");
      await sink.close();
    } catch (error) {
      await sink.abandon();
      throw error;
    }
    if (withoutExtra > 0) {
      context.note(
        "CSV does not hold extra_data and data, which these readings have: --format ndjson",
      );
    }
  },
};

function asElements(lines: string, first: boolean): string {
  const elements = lines.trimEnd().replaceAll("\n", ",\n  ");
  return `${first ? "" : ","}\n  ${elements}`;
}

function countExtra(cells: readonly unknown[] | undefined): number {
  return cells?.filter((cell) =>
    cell instanceof Map
      ? cell.size > 0
      : typeof cell === "object" && cell !== null
      ? Object.keys(cell).length > 0
      : cell !== null && cell !== undefined
  ).length ?? 0;
}

interface Sink {
  write(text: string): Promise<void>;
  close(): Promise<void>;
  abandon(): Promise<void>;
}

function standardOutput(context: Context): Sink {
  return {
    write: (text) => context.io.write(text),
    close: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
  };
}

/** A file that gets its name when it is whole; what is no regular file is written as it comes. */
async function fileSink(path: string, target: FileTarget): Promise<Sink> {
  const part = target.writtenThrough ? target.path : await newPart(path, target);
  const stream = createWriteStream(part, { flags: target.writtenThrough ? "a" : "wx" });
  let failure: Error | undefined;
  stream.on("error", (error) => failure = fileError("write", path, error));
  const settled = async (...events: string[]) => {
    // An error rejects each of these; it is kept as the failure.
    await Promise.race(events.map((event) => once(stream, event))).catch(() => {});
  };
  return {
    async write(text) {
      if (failure) throw failure;
      if (!stream.write(text)) await settled("drain", "close");
      if (failure) throw failure;
    },
    async close() {
      stream.end();
      if (!stream.closed) await settled("close");
      if (failure) throw failure;
      try {
        if (!target.writtenThrough) await giveName(part, target);
      } catch (error) {
        throw fileError("write", path, error);
      }
    },
    async abandon() {
      stream.destroy();
      if (!target.writtenThrough) await rm(part, { force: true });
    },
  };
}
