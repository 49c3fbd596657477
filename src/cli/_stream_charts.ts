/**
 * Charts of streams, one below the other: on a terminal and as SVG.
 *
 * @module
 */
import { fileError } from "./_errors.ts";
import { writeAtomically } from "./_atomic_file.ts";
import type { Context } from "./_command.ts";
import { counted } from "../_plural.ts";
import { printable } from "../_printable.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import { lineChart, lineChartSvg, type Series } from "../_chart.ts";

/** A stream's chart. */
export interface StreamChart {
  readonly title: string;
  readonly series: Series;
}

/** All readings of a stream. */
export async function gather(
  context: Context,
  chunks: AsyncIterable<ReadingColumns>,
): Promise<Series> {
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

/** Charts as text, with the width of the terminal. */
export function chartText(context: Context, charts: readonly StreamChart[]): string {
  return charts.map(({ title, series }) =>
    lineChart(series, {
      width: context.io.columns,
      title: `${printable(title)}, ${counted(series.values.length, "reading")}, UTC`,
      color: context.color,
    })
  ).join("\n");
}

/** Prints charts. */
export async function printCharts(
  context: Context,
  charts: readonly StreamChart[],
): Promise<void> {
  await context.io.write(chartText(context, charts));
}

/** Writes charts to one SVG file. */
export async function writeSvg(
  context: Context,
  path: string,
  charts: readonly StreamChart[],
): Promise<void> {
  const documents = charts.map(({ title, series }) => lineChartSvg(series, { title }));
  try {
    await writeAtomically(path, documents.length === 1 ? documents[0]! : stacked(documents));
  } catch (error) {
    throw fileError("write", path, error);
  }
  const readings = charts.reduce((sum, { series }) => sum + series.values.length, 0);
  context.note(`Wrote ${path}: ${counted(readings, "reading")}`);
}

/** Combines SVG documents of one size, one below the other. */
function stacked(documents: readonly string[]): string {
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(documents[0]!)!;
  const total = documents.length * Number(height);
  const parts = documents.map((document, at) =>
    document.replace("<svg ", `<svg y="${at * Number(height)}" `)
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" ` +
    `viewBox="0 0 ${width} ${total}">\n${parts.join("")}</svg>\n`;
}
