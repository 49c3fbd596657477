/**
 * `report encode --preview`: shows how a file is read, and what would be written.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import { isoTime } from "../_iso_time.ts";
import { numberText } from "../_number_text.ts";
import { counted } from "../_plural.ts";
import type { BadRow, ReadingColumns } from "../readings/mod.ts";
import { ArchFxVariableID } from "../slugs/mod.ts";
import { lineChart } from "../_chart.ts";
import type { Context } from "./_command.ts";
import type { InputFile } from "./_input_files.ts";
import type { IntakeOptions } from "./_intake_options.ts";
import { openReadings, problemLine, type ReadingSource } from "./_reading_source.ts";

/** How many readings are shown. */
const FIRST = 10;
/** How many bad rows are shown. */
const NAMED = 5;
/** How many points of a stream its chart keeps at most. */
const POINTS = 20_000;
/** An interval is a gap if it is longer than this multiple of the usual one. */
const GAP = 20;

/** One stream of one device. */
class StreamPreview {
  count = 0;
  lowest = Infinity;
  highest = -Infinity;
  first = 0n;
  last = 0n;
  /** The previous time, the readings out of order, and those with the same time as the one before. */
  before = 0n;
  backwards = 0;
  duplicates = 0;
  /** The longest interval between two readings, and the sum of all. */
  gap = 0;
  sum = 0;
  #every = 1;
  times: number[] = [];
  values: number[] = [];

  add(time: bigint, value: number): void {
    if (this.count === 0) this.first = this.last = time;
    else {
      const distance = Number(time - this.before);
      if (distance < 0) this.backwards++;
      else if (distance === 0) this.duplicates++;
      else {
        this.gap = Math.max(this.gap, distance);
        this.sum += distance;
      }
      if (time < this.first) this.first = time;
      if (time > this.last) this.last = time;
    }
    this.before = time;
    if (value < this.lowest) this.lowest = value;
    if (value > this.highest) this.highest = value;
    if (this.count++ % this.#every !== 0) return;
    this.times.push(Number(time / 1000n));
    this.values.push(value);
    if (this.times.length < POINTS) return;
    this.#every *= 2;
    this.times = this.times.filter((_, i) => i % 2 === 0);
    this.values = this.values.filter((_, i) => i % 2 === 0);
  }

  /** Warnings that a person should look at. */
  warnings(): string[] {
    const warnings: string[] = [];
    if (this.backwards > 0) warnings.push(`${counted(this.backwards, "reading")} out of order`);
    if (this.duplicates > 0) {
      warnings.push(`${counted(this.duplicates, "reading")} with the same time as the one before`);
    }
    if (this.count > 2 && this.lowest === this.highest) warnings.push("constant");
    const forwards = this.count - 1 - this.backwards - this.duplicates;
    const usual = (this.sum - this.gap) / Math.max(1, forwards - 1);
    if (this.count > 3 && this.gap > GAP * usual) {
      warnings.push(`a gap of ${duration(this.gap)}; ${duration(usual)} is usual`);
    }
    return warnings;
  }
}

function duration(micros: number): string {
  const seconds = micros / 1e6;
  if (seconds < 120) return `${numberText(Number(seconds.toPrecision(3)))} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

interface Preview {
  file: string;
  format: string;
  understood: Record<string, unknown>;
  columns: unknown;
  readings: { timestamp: string; device: string; stream: string; value: number | string }[];
  streams: {
    device: string;
    stream: string;
    readings: number;
    lowest: number | string;
    highest: number | string;
    first: string;
    last: string;
    warnings: string[];
  }[];
  skippedRows: number;
  leftOut: number;
  warnings: string[];
}

/** Shows the result for a file without writing it. */
export async function preview(
  context: Context,
  file: InputFile,
  intake: IntakeOptions,
): Promise<Preview> {
  const bad: BadRow[] = [];
  const { skipBadRows: _, ...others } = intake.options;
  const onBadRow = (row: BadRow) => void (bad.length < NAMED && bad.push(row));
  const source = await openReadings(context, file, { ...intake, options: { ...others, onBadRow } });
  const streams = new Map<string, StreamPreview>();
  const first: Preview["readings"] = [];
  try {
    for await (const { device, columns } of source.chunks) {
      context.signal.throwIfAborted();
      gather(device, columns, streams, first);
    }
  } finally {
    source.close();
  }
  const result = summary(file, intake, source, streams, first, bad);
  if (!context.json) await print(context, result, streams);
  return result;
}

function gather(
  device: string,
  columns: ReadingColumns,
  streams: Map<string, StreamPreview>,
  first: Preview["readings"],
): void {
  const names = new Map<number, StreamPreview>();
  for (let row = 0; row < columns.length; row++) {
    const stream = columns.streams[row]!;
    let one = names.get(stream);
    if (!one) {
      const key = `${device} ${new ArchFxVariableID(stream)}`;
      one = streams.get(key);
      if (!one) streams.set(key, one = new StreamPreview());
      names.set(stream, one);
    }
    const value = columns.values[row]!;
    one.add(columns.timestamps[row]!, value);
    if (first.length < FIRST) {
      first.push({
        timestamp: isoTime(columns.timestamps[row]!),
        device,
        stream: String(new ArchFxVariableID(stream)),
        value: jsonNumber(value),
      });
    }
  }
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function summary(
  file: InputFile,
  intake: IntakeOptions,
  source: ReadingSource,
  streams: ReadonlyMap<string, StreamPreview>,
  readings: Preview["readings"],
  bad: readonly BadRow[],
): Preview {
  const { findColumns: _, onBadRow: __, tags, ...understood } = intake.options;
  return {
    file: file.path,
    format: source.format,
    understood: {
      ...understood,
      ...(!isRecord(tags) ? {} : { tags: Object.keys(tags).length }),
    },
    columns: source.found ?? null,
    readings,
    streams: [...streams].map(([key, it]) => ({
      device: key.split(" ")[0]!,
      stream: key.split(" ")[1]!,
      readings: it.count,
      lowest: jsonNumber(it.lowest),
      highest: jsonNumber(it.highest),
      first: isoTime(it.first),
      last: isoTime(it.last),
      warnings: it.warnings(),
    })),
    skippedRows: source.skippedRows,
    leftOut: source.leftOut.quality + source.leftOut.blank + source.leftOut.nan,
    warnings: [
      ...source.warnings.map(({ message }) => message),
      ...bad.map((row) => problemLine(file.path, row)),
      ...(source.skippedRows > bad.length
        ? [`and ${counted(source.skippedRows - bad.length, "more row")} that cannot be read`]
        : []),
    ],
  };
}

async function print(
  context: Context,
  { file, format, understood, columns, readings, streams, leftOut, warnings }: Preview,
  previews: ReadonlyMap<string, StreamPreview>,
): Promise<void> {
  const lines = [`${file}: ${format}`];
  for (const [what, found] of Object.entries(columns ?? {})) {
    lines.push(`  ${what}: ${[found].flat().map((it) => JSON.stringify(it)).join(" and ")}`);
  }
  for (const [option, value] of Object.entries(understood)) {
    if (option !== "columns") lines.push(`  ${option}: ${JSON.stringify(value)}`);
  }
  lines.push("", readings.length === 0 ? "No reading" : "The first readings:");
  for (const { timestamp, device, stream, value } of readings) {
    lines.push(`  ${timestamp.padEnd(27)}  ${device}  ${stream}  ${value}`);
  }
  lines.push("");
  for (const stream of streams) {
    lines.push(
      `${stream.device} ${stream.stream}: ${counted(stream.readings, "reading")} from ${
        numberText(Number(stream.lowest))
      } to ${numberText(Number(stream.highest))}, ${stream.first} to ${stream.last}`,
    );
    for (const warning of stream.warnings) lines.push(`  ${warning}`);
    const series = previews.get(`${stream.device} ${stream.stream}`)!;
    if (context.forPeople && series.times.length > 1) {
      lines.push(
        lineChart({
          timestamps: BigInt64Array.from(series.times, (ms) => BigInt(ms) * 1000n),
          values: Float64Array.from(series.values),
        }, {
          width: Math.min(context.io.columns, 100),
          height: 8,
          color: context.color,
        }).trimEnd(),
        "",
      );
    }
  }
  if (leftOut > 0) lines.push(`${counted(leftOut, "value")} left out, as the options say`);
  if (warnings.length > 0) lines.push("", ...warnings.map((warning) => `Note: ${warning}`));
  lines.push("", "Nothing was written: leave --preview out to encode");
  await context.print(lines.join("\n"));
}
