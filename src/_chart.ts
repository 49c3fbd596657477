/**
 * Charts of readings: a sparkline, a line chart for the terminal, a line chart as SVG.
 *
 * @module
 */
import { escapeXml } from "./_escape_xml.ts";
import { type Column, reduce, type Series, timeLabel, type TimeSpan } from "./_chart_scale.ts";
import { position, valueScale } from "./_value_scale.ts";

export type { Series };

/** Options of a chart. */
interface ChartOptions {
  /** Columns of a terminal, or pixels of an SVG. @default {80 columns, 960 pixels} */
  width?: number;
  /** Lines of a terminal, or pixels of an SVG. @default {12 lines, 360 pixels} */
  height?: number;
  /** The text above it. */
  title?: string;
  /** Whether the line is coloured, on a terminal. @default {false} */
  color?: boolean;
  /** The range of times, on a terminal. @default {from the first reading to the last} */
  shown?: TimeSpan;
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * A line of blocks, one for each group of values, with the height of the group's mean.
 *
 * @param values The values in order; those that are not finite leave a gap.
 * @param width The maximum number of blocks.
 * @returns One line, empty without values.
 */
export function sparkline(values: ArrayLike<number>, width = 24): string {
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, block) => {
    const end = Math.floor((block + 1) * values.length / count);
    let [sum, finite] = [0, 0];
    for (let index = Math.floor(block * values.length / count); index < end; index++) {
      if (!Number.isFinite(values[index])) continue;
      sum += values[index]!;
      finite++;
    }
    return finite === 0 ? NaN : sum / finite;
  });
  const finite = means.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  return means.map((mean) => {
    if (!Number.isFinite(mean)) return " ";
    return BLOCKS[span > 0 ? Math.round((mean - low) / span * (BLOCKS.length - 1)) : 3];
  }).join("");
}

/**
 * A line chart in Braille dots (two by four to a character), with the values on the left and the
 * times below, in UTC.
 *
 * @param series The readings.
 * @param options Size, title, colour.
 * @returns Several lines; the last one also ends with a line feed.
 */
export function lineChart(series: Series, options: ChartOptions = {}): string {
  const height = Math.max(2, options.height ?? 12);
  const scaleOf = (low: number, high: number) =>
    valueScale(low, high, Math.max(1, Math.floor(height / 3)));
  const range = reduce(series, 2, options.shown);
  const title = options.title === undefined ? [] : [options.title];
  if (!range) return [...title, "(no readings)", ""].join("\n");
  const scale = scaleOf(range.low, range.high);
  const { labels } = scale;
  const left = Math.max(...labels.map((label) => label.length));
  const across = Math.max(10, (options.width ?? 80) - left - 2);
  const dots = new Dots(across, height);
  const place = (value: number) => Math.round((1 - position(value, scale)) * (height * 4 - 1));
  drawLine(reduce(series, across * 2, options.shown)!.columns, place, dots);
  const lines = dots.lines().map((line) => options.color ? `\u001b[36m${line}\u001b[39m` : line);
  const rows = lines.map((line, row) => {
    const tick = scale.ticks.findIndex((value) => Math.floor(place(value) / 4) === row);
    return tick < 0 ? `${" ".repeat(left)} │${line}` : `${labels[tick]!.padStart(left)} ┤${line}`;
  });
  const span = range.to - range.from;
  const from = timeLabel(range.from, span);
  const to = timeLabel(range.to, span);
  const room = across - from.length - to.length;
  const times = range.from === range.to ? from : room > 0
    ? from + " ".repeat(room) + to
    // On the same day, the second time has no date.
    : `${from} - ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
  const indent = " ".repeat(left + 1);
  return [...title, ...rows, `${indent}└${"─".repeat(across)}`, `${indent} ${times}`, ""].join(
    "\n",
  );
}

/** Braille dots, two across and four down to a character. */
class Dots {
  readonly #columns: number;
  readonly #cells: Uint8Array;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#cells = new Uint8Array(columns * rows);
  }

  set(x: number, y: number): void {
    // The bits of a Braille pattern go down the left column, then the right column, then along the bottom row.
    const bit = y % 4 === 3 ? 0x40 << (x % 2) : (1 << (y % 4)) << (x % 2 * 3);
    const cell = Math.floor(y / 4) * this.#columns + Math.floor(x / 2);
    this.#cells[cell] = this.#cells[cell]! | bit;
  }

  lines(): string[] {
    return Array.from({ length: this.#cells.length / this.#columns }, (_, row) => {
      const cells = this.#cells.subarray(row * this.#columns, (row + 1) * this.#columns);
      return Array.from(cells, (cell) => String.fromCharCode(0x2800 + cell)).join("")
        .replaceAll("\u2800", " ").trimEnd();
    });
  }
}

function drawLine(columns: readonly Column[], place: (value: number) => number, dots: Dots): void {
  let before: Column | undefined;
  for (const column of columns) {
    for (let y = place(column.high); y <= place(column.low); y++) dots.set(column.x, y);
    if (before && !column.gap) {
      const [fromY, toY] = [place(before.last), place(column.first)];
      const steps = Math.max(column.x - before.x, Math.abs(toY - fromY));
      for (let step = 0; step <= steps; step++) {
        const part = step / steps;
        dots.set(
          Math.round(before.x + (column.x - before.x) * part),
          Math.round(fromY + (toY - fromY) * part),
        );
      }
    }
    before = column;
  }
}

/**
 * A line chart as an SVG document.
 *
 * @param series The readings.
 * @param options Size and title.
 * @returns The document.
 */
export function lineChartSvg(series: Series, options: ChartOptions = {}): string {
  const width = options.width ?? 960;
  const height = options.height ?? 360;
  const [left, right, top, bottom] = [72, 24, options.title === undefined ? 16 : 44, 36];
  const across = Math.max(1, width - left - right);
  const down = Math.max(1, height - top - bottom);
  const reduced = reduce(series, Math.floor(across));
  const parts: string[] = [];
  const text = (x: number, y: number, anchor: string, content: string, size = 12) =>
    parts.push(
      `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}">${
        escapeXml(content)
      }</text>`,
    );
  if (options.title !== undefined) text(left, 26, "start", options.title, 16);
  if (!reduced) text(width / 2, height / 2, "middle", "no readings");
  else {
    const scale = valueScale(reduced.low, reduced.high, 5);
    const y = (value: number) => top + (1 - position(value, scale)) * down;
    for (const [index, tick] of scale.ticks.entries()) {
      parts.push(
        `<path d="M${left} ${round(y(tick))}h${round(across)}" stroke="#d8dde3" fill="none"/>`,
      );
      text(left - 8, y(tick) + 4, "end", scale.labels[index]!);
    }
    const span = reduced.to - reduced.from;
    text(left, height - 12, "start", `${timeLabel(reduced.from, span)} UTC`);
    if (span > 0n) text(width - right, height - 12, "end", `${timeLabel(reduced.to, span)} UTC`);
    const lines: string[][] = [];
    for (const column of reduced.columns) {
      if (column.gap || lines.length === 0) lines.push([]);
      // Only the corners that differ: most columns of a sparse series have one reading.
      const values = [column.first, column.low, column.high, column.last]
        .filter((value, index, all) => index === 0 || value !== all[index - 1]);
      lines.at(-1)!.push(...values.map((value) => `${round(left + column.x)} ${round(y(value))}`));
    }
    for (const line of lines.filter(({ length }) => length === 1)) {
      const [x, height] = line[0]!.split(" ");
      const radius = lines.length === 1 ? 3 : 1.5;
      parts.push(`<circle cx="${x}" cy="${height}" r="${radius}" fill="#0b6bcb"/>`);
    }
    const path = lines.filter(({ length }) => length > 1).map((line) => `M${line.join("L")}`);
    if (path.length > 0) {
      parts.push(
        `<path d="${
          path.join("")
        }" stroke="#0b6bcb" stroke-width="1.5" fill="none" stroke-linejoin="round"/>`,
      );
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" fill="#24292f" role="img">\n` +
    (options.title === undefined ? "" : `<title>${escapeXml(options.title)}</title>\n`) +
    `<rect width="${width}" height="${height}" fill="#ffffff"/>\n${parts.join("\n")}\n</svg>\n`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
