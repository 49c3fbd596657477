/**
 * `archfx report inspect`: shows the content of a report.
 *
 * @module
 */
import { jsonInteger } from "../../_inspect.ts";
import { distinctNumbers } from "../../_number_text.ts";
import { summarizeReport, type Summary } from "../../reports/mod.ts";
import { ArchFxDeviceSlug } from "../../slugs/mod.ts";
import { isoTime } from "../../_iso_time.ts";
import type { Command, Context } from "../_command.ts";
import { counted } from "../../_plural.ts";
import { CommandError, ExitCode, messageOf } from "../_errors.ts";
import { variableText } from "../../codec/csv_text.ts";
import { decodeFile, streamerName } from "../_report_file.ts";
import { sparkline } from "../../_chart.ts";

/** The command. */
export const reportInspect: Command = {
  description:
    "Show what reports contain: device and streamer, ids, times, values, and a line for each stream " +
    "with its mean over time. With --json: an array of { file, device, streamer, selector, reportId, " +
    "sent, lowestId, highestId, bytes, readings, missingIds, first, last, minimum, maximum, streams: " +
    "[{ stream, readings, first, last, minimum, maximum, mean }] }; times in ISO 8601. A file that " +
    "cannot be read is { file, error }; the others are shown, and the exit code is 1.",
  examples: [
    ["archfx report inspect line-1.mp", "Show one report"],
    [
      "archfx report inspect --json spool/*.mp | jq '.[].readings'",
      "Count the readings of several reports",
    ],
  ],
  arguments(parser) {
    parser.addArgument("file", { metavar: "FILE.mp", many: true, help: "The reports" });
  },
  async run(context, args) {
    const all: unknown[] = [];
    let failed = false;
    let shown = 0;
    const files: readonly string[] = args.file;
    for (const file of files) {
      context.signal.throwIfAborted();
      let summary: Summary;
      try {
        summary = summarizeReport(await decodeFile(file, context.signal), { bins: 24 });
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        // The other reports are still shown.
        context.complain(`archfx report inspect: ${messageOf(error)}`);
        failed = true;
        if (context.json) all.push({ file, error: messageOf(error) });
        continue;
      }
      if (context.json) all.push(asJson(file, summary));
      else await print(context, file, summary, shown++ > 0);
    }
    if (context.json) await context.print(JSON.stringify(all, null, 2));
    return failed ? ExitCode.Failed : ExitCode.Done;
  },
};

async function print(
  context: Context,
  file: string,
  summary: Summary,
  below: boolean,
): Promise<void> {
  const { origin, originStreamer, streamerSelector, first, last } = summary;
  const bold = (text: string) => context.color ? `\u001b[1m${text}\u001b[22m` : text;
  const fields: [string, string][] = [
    ["device", String(new ArchFxDeviceSlug(origin))],
    ["streamer", streamerName(origin, originStreamer)],
    ["selector", String(streamerSelector ?? "none")],
    ["report id", String(summary.reportId)],
    ["sent", summary.sent === null ? "not said" : isoTime(summary.sent)],
    ["readings", `${summary.readings} in ${summary.bytes} bytes`],
    ["ids", idRange(summary)],
    ["times", first === null ? "none" : `${isoTime(first)} to ${isoTime(last!)}`],
    ["values", range(summary.minimum, summary.maximum)],
  ];
  const lines = [
    ...(below ? [""] : []),
    bold(file),
    ...fields.map(([name, value]) => `  ${name.padEnd(9)}  ${value}`),
  ];
  if (summary.streams.length > 0) {
    const rows = summary.streams.map((stream) => [
      variableText(stream.stream),
      String(stream.readings),
      ...short([stream.minimum, stream.mean, stream.maximum]),
    ]);
    const heads = ["stream", "readings", "lowest", "mean", "highest"];
    const widths = heads.map((head, column) =>
      Math.max(head.length, ...rows.map((row) => row[column]!.length))
    );
    const line = (cells: readonly string[], end: string) =>
      `  ${
        cells.map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)
        )
          .join("  ")
      }  ${end}`.trimEnd();
    lines.push("", bold(line(heads, "mean over time")));
    rows.forEach((row, index) => lines.push(line(row, sparkline(summary.streams[index]!.series))));
  }
  await context.print(lines.join("\n"));
}

function idRange({ lowestId, highestId, missingIds, readings }: Summary): string {
  const missing = missingIds > 0 ? `, ${counted(missingIds, "reading")} without one` : "";
  return missingIds === readings ? `none${missing}` : `${lowestId} to ${highestId}${missing}`;
}

function range(minimum: number, maximum: number): string {
  return Number.isNaN(minimum) ? "none" : short([minimum, maximum]).join(" to ");
}

/** Values side by side: whole numbers in full, others rounded and marked. Different values never look the same. */
function short(values: readonly number[]): string[] {
  return distinctNumbers(values, 6).map((text) => text === "NaN" ? "-" : text);
}

function asJson(file: string, summary: Summary): unknown {
  const time = (micros: bigint | null) => micros === null ? null : isoTime(micros);
  const finite = (value: number) => Number.isNaN(value) ? null : value;
  const id = (value: number | bigint | null) => value === null ? null : jsonInteger(value);
  return {
    file,
    device: String(new ArchFxDeviceSlug(summary.origin)),
    streamer: id(summary.originStreamer),
    selector: id(summary.streamerSelector),
    reportId: id(summary.reportId),
    sent: time(summary.sent),
    lowestId: id(summary.lowestId),
    highestId: id(summary.highestId),
    bytes: summary.bytes,
    readings: summary.readings,
    missingIds: summary.missingIds,
    first: time(summary.first),
    last: time(summary.last),
    minimum: finite(summary.minimum),
    maximum: finite(summary.maximum),
    streams: summary.streams.map((stream) => ({
      stream: variableText(stream.stream),
      readings: stream.readings,
      first: time(stream.first),
      last: time(stream.last),
      minimum: finite(stream.minimum),
      maximum: finite(stream.maximum),
      mean: finite(stream.mean),
    })),
  };
}
