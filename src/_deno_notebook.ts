/**
 * The display of readings and tables in a Jupyter notebook: HTML with charts and a table, only the charts as SVG, and
 * plain text.
 *
 * Only Deno's kernel uses it. Bundles for browsers leave out files with this kind of name.
 *
 * @module
 */
import { escapeXml } from "./_escape_xml.ts";
import { lineChartSvg } from "./_chart.ts";
import type { Display, ShownColumns } from "./_inspect.ts";
import { isoTime } from "./_iso_time.ts";
import { numberText } from "./_number_text.ts";
import { counted } from "./_plural.ts";

/** The number of rows of a table that are shown. */
const ROWS = 20;

/** The number of streams that have a chart. */
const CHARTS = 4;

/** The size of a chart in pixels. */
const [WIDTH, HEIGHT] = [720, 240];

/**
 * Readings: a chart for each of the streams with the most readings, and the first rows.
 *
 * @param columns The readings.
 * @param title Their title.
 */
export function readingsDisplay(columns: ShownColumns, title: string): Display {
  const { length, streams, readingIds, timestamps, values, devices } = columns;
  const nameOf = (row: number) =>
    (devices ? `d--${formatted(devices[row], 16)}, ` : "") + formatted(streams[row], 8);
  const byStream = new Map<bigint, number[]>();
  for (let row = 0; row < length; row++) {
    const key = (devices?.[row] ?? 0n) << 32n | BigInt(streams[row]);
    const rows = byStream.get(key);
    if (rows === undefined) byStream.set(key, [row]);
    else rows.push(row);
  }
  const most = [...byStream].sort(([, a], [, b]) => b.length - a.length);
  const charts = most.slice(0, CHARTS).map(([, rows]) =>
    lineChartSvg({
      timestamps: BigInt64Array.from(rows, (row) => timestamps[row]),
      values: Float64Array.from(rows, (row) => values[row]),
    }, {
      title: `${nameOf(rows[0])}, ${counted(rows.length, "reading")}, UTC`,
      width: WIDTH,
      height: HEIGHT,
    })
  );
  const first = Array.from({ length: Math.min(ROWS, length) }, (_, row) => ({
    timestamp: isoTime(timestamps[row]),
    device: devices && `d--${formatted(devices[row], 16)}`,
    stream: formatted(streams[row], 8),
    reading_id: Number(readingIds[row]) === 0 ? "" : String(readingIds[row]),
    value: numberText(values[row], 17),
  }));
  const rest = most.length > CHARTS
    ? `<p>and ${counted(most.length - CHARTS, "stream")} more</p>`
    : "";
  return {
    "text/html": `<p>${escapeXml(title)}</p>${charts.join("")}${rest}${table(first, length)}`,
    // For frontends without HTML, such as a conversion to PDF.
    ...(charts.length > 0 && { "image/svg+xml": stacked(charts) }),
    "text/plain": `${title}\n${plain(first, length)}`,
  };
}

/** Several charts as one picture, one below the other. */
function stacked(charts: readonly string[]): string {
  const height = charts.length * HEIGHT;
  const parts = charts.map((chart, at) => chart.replace("<svg ", `<svg y="${at * HEIGHT}" `));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}">\n${parts.join("")}</svg>\n`;
}

/**
 * Rows of any kind, such as those of a factory map.
 *
 * @param rows The rows; all have the same fields.
 * @param title Their title.
 */
export function tableDisplay(rows: readonly object[], title: string): Display {
  const shown = rows.slice(0, ROWS).map((row): Record<string, unknown> => ({ ...row }));
  return {
    "text/html": `<p>${escapeXml(title)}</p>${table(shown, rows.length)}`,
    "text/plain": `${title}\n${plain(shown, rows.length)}`,
  };
}

/** Names of the columns in which any row has a value. */
function names(rows: readonly Record<string, unknown>[]): string[] {
  return Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => text(row[name]) !== ""));
}

function table(rows: readonly Record<string, unknown>[], length: number): string {
  if (rows.length === 0) return "";
  const columns = names(rows);
  const cells = (tag: string, list: readonly string[]) =>
    `<tr>${list.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => cells("td", columns.map((name) => text(row[name])))).join("");
  return `<table style="white-space:nowrap"><thead>${
    cells("th", columns)
  }</thead><tbody>${body}</tbody></table>` +
    (length > rows.length ? `<p>and ${counted(length - rows.length, "row")} more</p>` : "");
}

function plain(rows: readonly Record<string, unknown>[], length: number): string {
  const columns = names(rows);
  const lines = [columns, ...rows.map((row) => columns.map((name) => text(row[name])))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  const shown = lines.map((line) =>
    line.map((cell, at) => cell.padEnd(widths[at])).join("  ").trimEnd()
  );
  if (length > rows.length) shown.push(`and ${counted(length - rows.length, "row")} more`);
  return shown.join("\n");
}

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

/** Hexadecimal digits in groups of four. */
function formatted(id: number | bigint, digits: number): string {
  return id.toString(16).padStart(digits, "0").match(/.{4}/g)!.join("-");
}
