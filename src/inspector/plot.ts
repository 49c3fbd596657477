/// <reference lib="dom" />
/**
 * The drawing of a chart: axes, lines, marks and colours, with the library that draws them.
 *
 * @module
 */
import uPlot from "uplot";
import { axisLabels } from "../_number_text.ts";
import { valueScale } from "../_value_scale.ts";
import type { Aligned } from "./chart_data.ts";
import { el } from "./dom.ts";
import { grouped } from "./format.ts";
import { timeTicks } from "./time_axis.ts";

/** Dashes of the lines, which distinguish them without colours. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [14, 4],
  [4, 2],
  [2, 6],
  [9, 3, 2, 3, 2, 3],
];

/** Colour of a line, as a property of the theme. */
export const ink = (at: number): string => `--line-${at % DASHES.length + 1}`;

/** A marked position in the chart. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly line: number;
}

/** The content of a drawing, and its callbacks. */
interface PlotOptions {
  readonly room: HTMLElement;
  readonly height: number;
  readonly lines: number;
  /** Each line on its own scale; the axis is that of the active one. */
  readonly separate: boolean;
  readonly active: number;
  /** The title of the value axis. */
  readonly unit: string;
  spot(): Spot | undefined;
  bad(): readonly number[];
  /** The pointer is over a time, or has left. */
  onCursor(at: number | undefined): void;
  onSelect(from: number, to: number): void;
  onPick(at: number, y: number): void;
  onReset(): void;
}

const FONT = "12px ui-sans-serif, system-ui, sans-serif";

/** Make a drawing in an element. */
export function makePlot(options: PlotOptions, data: Aligned, from: number, to: number): uPlot {
  const { room, lines, separate, active } = options;
  const soft = color("--ink-soft"), grid = color("--line-soft");
  const marks = { ink: color("--ink"), bad: color("--bad") };
  const inks = Array.from({ length: lines }, (_, line) => color(ink(line)));
  const scaleOf = (line: number) => separate ? `y${line}` : "y";
  const axis = {
    stroke: soft,
    font: FONT,
    labelFont: FONT,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
  };
  const scales: Record<string, uPlot.Scale> = { x: { time: false } };
  for (let line = 0; line < lines; line++) scales[scaleOf(line)] = {};
  let picked = [0, 0];
  const plot = new uPlot(
    {
      width: Math.max(200, room.clientWidth),
      height: options.height,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      scales,
      axes: [
        {
          ...axis,
          label: "Time (UTC)",
          labelSize: 18,
          size: 44,
          splits: (u, _, min, max) => timeTicks(min, max, width(u)).map(({ at }) => at),
          values: (u, splits) => {
            const { min, max } = u.scales.x;
            const ticks = timeTicks(min!, max!, width(u));
            return splits.map((split) => ticks.find(({ at }) => at === split)?.label ?? "");
          },
        },
        {
          ...axis,
          scale: scaleOf(separate ? active : 0),
          label: options.unit,
          labelSize: options.unit === "" ? 0 : 18,
          size: axisWidth,
          splits: (u, _, min, max) => {
            const count = Math.max(2, Math.floor(u.bbox.height / devicePixelRatio / 40));
            return valueScale(min, max, count).ticks.filter((tick) => tick >= min && tick <= max);
          },
          values: (_, splits) => axisLabels(splits).map(grouped),
        },
      ],
      series: [
        {},
        ...Array.from({ length: lines }, (_, line): uPlot.Series => ({
          scale: scaleOf(line),
          stroke: inks[line],
          width: 1.25,
          points: {
            show: sparse,
            filter: (u, series, show) => show ? null : lone(u, series),
            size: 5,
            fill: inks[line],
            width: 0,
          },
        })),
      ],
      hooks: {
        // The dashes depend on the number of points, which changes with the range.
        setData: [(u) => {
          for (let line = 0; line < lines; line++) {
            u.series[line + 1].dash = dense(u.data[line + 1])
              ? []
              : [...DASHES[line % DASHES.length]];
          }
        }],
        setCursor: [(u) => {
          const { left } = u.cursor;
          options.onCursor(
            left === undefined || left === null || left < 0 ? undefined : u.posToVal(left, "x"),
          );
        }],
        setSelect: [(u) => {
          const { left, width } = u.select;
          if (width < 4) return;
          const from = u.posToVal(left, "x"), to = u.posToVal(left + width, "x");
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          options.onSelect(from, to);
        }],
        draw: [(u) => drawMarks(u, options, scaleOf, { ...marks, lines: inks })],
      },
    },
    data,
    room,
  );
  plot.over.addEventListener("dblclick", options.onReset);
  plot.over.addEventListener("mousedown", ({ clientX, clientY }) => picked = [clientX, clientY]);
  plot.over.addEventListener("click", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - picked[0], clientY - picked[1]) > 3) return;
    const { left, top } = plot.over.getBoundingClientRect();
    options.onPick(plot.posToVal(clientX - left, "x"), clientY - top);
  });
  plot.setScale("x", { min: from, max: to });
  return plot;
}

/** Draws the marked position, and readings with a problem as triangles on the axis. */
function drawMarks(
  u: uPlot,
  { spot, bad }: PlotOptions,
  scaleOf: (line: number) => string,
  colors: { readonly ink: string; readonly bad: string; readonly lines: readonly string[] },
): void {
  const { ctx, bbox } = u;
  const bottom = bbox.top + bbox.height;
  const size = 5 * devicePixelRatio;
  const { min, max } = u.scales.x;
  ctx.save();
  ctx.fillStyle = colors.bad;
  for (const time of bad()) {
    if (time < min! || time > max!) continue;
    const x = u.valToPos(time, "x", true);
    ctx.beginPath();
    ctx.moveTo(x, bottom - size * 1.6);
    ctx.lineTo(x + size, bottom);
    ctx.lineTo(x - size, bottom);
    ctx.fill();
  }
  const marked = spot();
  if (marked !== undefined && marked.x >= min! && marked.x <= max!) {
    const x = u.valToPos(marked.x, "x", true);
    ctx.strokeStyle = colors.ink;
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    if (Number.isFinite(marked.y)) {
      ctx.beginPath();
      ctx.arc(x, u.valToPos(marked.y, scaleOf(marked.line), true), size, 0, 2 * Math.PI);
      ctx.fillStyle = colors.lines[marked.line];
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.fill();
      ctx.stroke();
    }
  }
  ctx.restore();
}

/** Above this number of points, dashes are not visible but take ten times as long to draw. */
const MOST_DASHED = 800;

function dense(points: ArrayLike<unknown>): boolean {
  let count = 0;
  for (let at = 0; at < points.length; at++) if (points[at] !== undefined) count++;
  return count > MOST_DASHED && !matchMedia("(forced-colors: active)").matches;
}

/** Points are drawn only if they do not touch. */
const sparse: uPlot.Series.Points.Show = (u, series, first, last) => {
  const points = u.data[series];
  let count = 0;
  for (let at = first; at <= last; at++) if (points[at] !== undefined) count++;
  return count - 1 < width(u) / 12;
};

/** A reading between two gaps is not part of a line, so it is drawn as a point. */
function lone(u: uPlot, series: number): number[] {
  const points = u.data[series];
  const found: number[] = [];
  let before: number | null = null;
  let candidate = -1;
  for (let at = 0; at < points.length; at++) {
    const value = points[at];
    if (value === undefined) continue;
    if (candidate >= 0 && value === null) found.push(candidate);
    candidate = value !== null && before === null ? at : -1;
    before = value;
  }
  if (candidate >= 0) found.push(candidate);
  return found;
}

/** Wide enough for the widest label of the values. */
function axisWidth(_u: uPlot, labels: readonly string[] | null): number {
  const longest = Math.max(4, ...(labels ?? []).map((label) => label.length));
  return longest * 7 + 18;
}

function width(u: uPlot): number {
  return u.bbox.width / devicePixelRatio;
}

/** The colour of a property of the theme, in a form that a canvas accepts. */
function color(property: string): string {
  const probe = el("i");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
