/// <reference lib="dom" />
/**
 * A chart of streams over time. Pointer, wheel, keyboard and buttons zoom and show values.
 *
 * The points of each range are requested from a source, so that a chart of a million readings draws only a few
 * thousand points.
 *
 * @module
 */
import type uPlot from "uplot";
import { align, nearest, step } from "./chart_data.ts";
import { chartControls } from "./chart_controls.ts";
import { fill, rest } from "./dom.ts";
import { counted, measure, time } from "./format.ts";
import { makePlot, type Spot } from "./plot.ts";
import type { Series } from "./protocol.ts";

/** Points between two times (seconds since the Unix epoch), thinned to a width in pixels. */
type Source = (from: number, to: number, width: number) => Promise<Series>;

/** One stream in a chart. */
export interface ChartLine {
  readonly label: string;
  /** Unit of its values; empty if it is not known. */
  readonly unit: string;
  /** The whole range in seconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  readonly source: Source;
}

/** A range of time in seconds since the Unix epoch. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a chart calls. */
interface ChartEvents {
  /** Another range is shown; undefined for the whole time. */
  onRange?(range: Range | undefined): void;
  /** A reading was chosen in the chart. */
  onPick?(line: number, row: number): void;
}

/** A chart with its controls. */
interface Chart {
  readonly element: HTMLElement;
  /** Show other streams, completely or in a range; resolves when they are drawn. */
  show(lines: readonly ChartLine[], range?: Range): Promise<void>;
  /** Show a range, or the whole. */
  goTo(range: Range | undefined): void;
  /** Add new readings. A chart that shows the whole range continues to show all of it. */
  extend(lines: readonly ChartLine[]): Promise<void>;
  /** Mark a reading and scroll to it; undefined removes the mark. */
  mark(spot: Spot | undefined): void;
  /** Show nothing. */
  clear(): void;
  close(): void;
}

/** The shortest range in seconds: a time is exact to the µs. */
const FINEST = 4e-6;

/** Width of the labels on the left, which is not available for the lines. */
const LABELS = 60;

/** Make a chart. */
export function chart({ height = 300, ...events }: { height?: number } & ChartEvents = {}): Chart {
  let lines: readonly ChartLine[] = [];
  let plot: uPlot | undefined;
  let range: Range = { from: 0, to: 1 };
  let held: readonly Series[] = [];
  let generation = 0;
  let asking = false;
  let again = false;
  let active = 0;
  let separate = false;
  let cursor: number | undefined;
  let spot: Spot | undefined;

  const ui = chartControls({
    zoom: (factor) => zoom(factor),
    pan: (part) => pan(part),
    reset: () => go(whole()),
    activate(line) {
      active = line;
      ui.legend(lines, active);
      if (separate) build();
      tell();
    },
    separate(on) {
      separate = on;
      build();
    },
    key: (key, shift) => keys(shift)[key],
  });
  const { canvas } = ui;

  /** Make a new drawing; a bare one has no lines yet. */
  function build(bare = false): void {
    plot?.destroy();
    plot = undefined;
    if (held.length === 0 || held.length !== lines.length) return;
    const units = new Set((separate ? [lines[active]] : lines).map(({ unit }) => unit));
    plot = makePlot(
      {
        room: canvas,
        height,
        lines: lines.length,
        separate,
        active,
        unit: separate && lines.length > 1
          ? [lines[active].label, lines[active].unit].filter((text) => text !== "").join(", ")
          : units.size === 1
          ? [...units][0]
          : "",
        spot: () => spot,
        bad: () => held.flatMap(({ bad }) => [...bad]),
        onCursor(at) {
          cursor = at;
          tell();
        },
        onSelect: (from, to) => go({ from, to }),
        onPick: pick,
        onReset: () => go(whole()),
      },
      bare ? [[], ...held.map(() => [])] : align(held),
      range.from,
      range.to,
    );
  }

  /** The reading of each line that is closest to the cursor. */
  function tell(aloud = false): void {
    const at = cursor;
    const points = held.map((series) => at === undefined ? -1 : nearest(series, at));
    ui.values(points.map((point, line) => point < 0 ? "" : valued(line, held[line].y[point])));
    const point = points[active] ?? -1;
    const text = at === undefined || point < 0 || lines[active] === undefined
      ? lines.length === 1 ? labelled(lines[0]) : ""
      : `${stamp(held[active].x[point], fraction())} UTC   ${
        valued(active, held[active].y[point])
      }`;
    ui.read(
      text,
      aloud && lines.length > 1 ? `${lines[active].label}: ${text}` : aloud ? text : "",
    );
  }

  function valued(line: number, value: number): string {
    const { unit } = lines[line];
    return `${measure(value, 17)}${unit === "" ? "" : ` ${unit}`}`;
  }

  const fraction = (): 0 | 3 | 6 => {
    const span = range.to - range.from;
    return span < 0.1 ? 6 : span < 600 ? 3 : 0;
  };

  /** Show a range immediately with the points that are loaded, and request the others. */
  function go({ from, to }: Range): Promise<void> {
    if (to - from < FINEST) {
      const middle = (from + to) / 2;
      [from, to] = [middle - FINEST / 2, middle + FINEST / 2];
    }
    range = { from, to };
    plot?.setScale("x", { min: from, max: to });
    return look();
  }

  /** One request at a time; ranges that were only passed through are skipped. */
  async function look(): Promise<void> {
    if (lines.length === 0) return;
    if (asking) return void (again = true);
    asking = true;
    const mine = generation, { from, to } = range;
    // Several lines share the number of points of one line: each has fewer points, but keeps its peaks.
    const shared = (canvas.clientWidth - LABELS) / Math.sqrt(lines.length);
    const width = Math.max(100, Math.floor(shared));
    try {
      const series = await Promise.all(lines.map(({ source }) => source(from, to, width)));
      if (mine === generation) await take(series, from, to);
    } finally {
      if (mine === generation) asking = false;
    }
    if (mine === generation && again) {
      again = false;
      await look();
    }
  }

  async function take(series: readonly Series[], from: number, to: number): Promise<void> {
    held = series;
    // Axes, lines and the text around them are drawn in separate tasks: a single task would block the page.
    if (plot === undefined && series.length > 1) {
      const mine = generation;
      build(true);
      await rest();
      if (mine !== generation) return;
    }
    if (plot === undefined) build();
    else {
      plot.batch(() => {
        plot!.setData(align(held), false);
        plot!.setScale("x", { min: range.from, max: range.to });
      });
    }
    const count = series.reduce((sum, one) => sum + one.count, 0);
    const points = series.reduce((sum, one) => sum + one.x.length, 0);
    ui.counted(
      count,
      points,
      lines.filter((_, at) => isEmpty(series[at])).map(({ label }) => label),
    );
    Object.assign(canvas.dataset, { from, to, count, points });
    canvas.setAttribute(
      "aria-label",
      `${lines.map(({ label }) => label).join(", ")}: ${counted(count, "reading")} from ${
        stamp(from, 0)
      } to ${stamp(to, 0)} UTC`,
    );
    tell();
    const [first, last] = [whole().from, whole().to];
    events.onRange?.(from <= first && to >= last ? undefined : { from, to });
  }

  function whole(): Range {
    const from = Math.min(...lines.map((line) => line.from));
    const to = Math.max(...lines.map((line) => line.to));
    const margin = to > from ? (to - from) * 0.01 : 0.5;
    return { from: from - margin, to: to + margin };
  }

  /** Zoom around a position in the chart, from 0 at its left edge to 1 at its right edge. */
  function zoom(factor: number, about = 0.5): void {
    if (lines.length === 0) return;
    const width = range.to - range.from, { from: first, to: last } = whole();
    const wanted = Math.min(width * factor, last - first);
    const from = Math.min(Math.max(range.from + (width - wanted) * about, first), last - wanted);
    void go({ from, to: from + wanted });
  }

  function pan(part: number): void {
    if (lines.length === 0) return;
    const width = range.to - range.from, { from: first, to: last } = whole();
    const from = Math.max(first, Math.min(range.from + width * part, last - width));
    void go({ from, to: from + width });
  }

  /** Move the cursor from reading to reading, or to the first or last one in view, and say its value. */
  function read(by: 1 | -1, far = false): void {
    const series = held[active];
    if (series === undefined || plot === undefined) return;
    const from = far || cursor === undefined
      ? nearest(series, by > 0 === far ? range.to : range.from)
      : step(series, nearest(series, cursor), by);
    if (from < 0) return;
    const at = series.x[from];
    if (at > range.to || at < range.from) pan(by * 0.5);
    const left = plot.valToPos(at, "x");
    plot.setCursor({ left, top: 0 }, false);
    cursor = at;
    tell(true);
  }

  function pick(at: number, top?: number): void {
    if (plot === undefined) return;
    let [best, line] = [Infinity, active];
    held.forEach((series, one) => {
      const point = nearest(series, at);
      if (point < 0 || top === undefined) return;
      const y = plot!.valToPos(series.y[point], separate ? `y${one}` : "y");
      const far = Math.hypot(
        plot!.valToPos(series.x[point], "x") - plot!.valToPos(at, "x"),
        y - top,
      );
      if (far < best) [best, line] = [far, one];
    });
    const point = held[line] === undefined ? -1 : nearest(held[line], at);
    if (point < 0) return;
    spot = { x: held[line].x[point], y: held[line].y[point], line };
    plot.redraw(false);
    events.onPick?.(line, held[line].rows[point]);
  }

  const keys = (shift: boolean): Record<string, () => void> => ({
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(2),
    ArrowLeft: () => shift ? pan(-0.25) : read(-1),
    ArrowRight: () => shift ? pan(0.25) : read(1),
    Home: () => read(-1, true),
    End: () => read(1, true),
    ArrowUp: () => ui.activate(Math.max(0, active - 1)),
    ArrowDown: () => ui.activate(Math.min(lines.length - 1, active + 1)),
    Enter: () => cursor !== undefined && pick(cursor),
    "0": () => void go(whole()),
    Escape: () => void go(whole()),
  });

  canvas.addEventListener("wheel", (event) => {
    // Without focus in the chart, the wheel scrolls the page. A pinch arrives as a wheel event with Ctrl.
    if (plot === undefined || !(event.ctrlKey || canvas.contains(document.activeElement))) return;
    event.preventDefault();
    const box = plot.over.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 0.75 : 4 / 3, (event.clientX - box.left) / box.width);
  }, { passive: false });

  const resized = new ResizeObserver(() => {
    if (plot !== undefined && canvas.clientWidth > 0 && plot.width !== canvas.clientWidth) {
      plot.setSize({ width: canvas.clientWidth, height });
    }
  });
  resized.observe(canvas);
  const rebuild = () => build();
  const themes = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) =>
    matchMedia(query)
  );
  for (const theme of themes) theme.addEventListener("change", rebuild);
  addEventListener("themechange", rebuild);

  function begin(next: readonly ChartLine[]): void {
    generation++;
    asking = again = false;
    lines = next;
    held = [];
    active = 0;
    cursor = spot = undefined;
    plot?.destroy();
    plot = undefined;
    // Values with different units cannot share a scale.
    separate = new Set(lines.map(({ unit }) => unit)).size > 1;
    ui.separated(separate);
    ui.legend(lines, active);
  }

  return {
    element: ui.element,
    async show(next, wanted) {
      begin(next);
      if (lines.length > 0) await go(wanted ?? whole());
    },
    goTo: (wanted) => void (lines.length > 0 && go(wanted ?? whole())),
    async extend(next) {
      const { from, to } = whole();
      const all = range.from <= from && range.to >= to;
      lines = next;
      await (all ? go(whole()) : look());
    },
    mark(next) {
      spot = next;
      if (next !== undefined && (next.x < range.from || next.x > range.to)) {
        const half = (range.to - range.from) / 2;
        void go({ from: next.x - half, to: next.x + half });
      }
      plot?.redraw(false);
    },
    clear() {
      begin([]);
      ui.read("", "");
      ui.counted(0, 0, []);
      fill(canvas);
    },
    close() {
      generation++;
      plot?.destroy();
      resized.disconnect();
      for (const theme of themes) theme.removeEventListener("change", rebuild);
      removeEventListener("themechange", rebuild);
    },
  };
}

/** Whether there are readings, but none of their values can be drawn. */
function isEmpty({ count, y }: Series): boolean {
  return count > 0 && !y.some(Number.isFinite);
}

function labelled({ label, unit }: ChartLine): string {
  return unit === "" ? label : `${label}, ${unit}`;
}

function stamp(seconds: number, fraction: 0 | 3 | 6): string {
  return time(BigInt(Math.round(seconds * 1e6)), fraction);
}
