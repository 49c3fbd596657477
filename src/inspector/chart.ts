/// <reference lib="dom" />
/**
 * A chart of one stream by time, with zoom by pointer, wheel, keyboard and buttons.
 *
 * The points come from a source that is asked again for each range, so that a chart of a million readings
 * draws a few thousand.
 *
 * @module
 */
import uPlot from "uplot";
import { el } from "./dom.ts";
import { counted, measure, time } from "./format.ts";
import type { Series } from "./protocol.ts";

/** Points between two times (seconds since the Unix epoch), thinned to a width in pixels. */
export type Source = (from: number, to: number, width: number) => Promise<Series>;

/** What a chart shows. */
export interface ChartSubject {
  readonly label: string;
  /** The whole range in seconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  readonly source: Source;
}

/** Fewest seconds that can be zoomed to: a µs is as fine as a reading's time gets. */
const FINEST = 4e-6;

/** A chart with its buttons. */
export interface Chart {
  readonly element: HTMLElement;
  /** Show another stream, whole; resolves when it is drawn. */
  show(subject: ChartSubject): Promise<void>;
  /** Take in readings that came since: a chart that shows the whole range goes on showing it. */
  extend(from: number, to: number): Promise<void>;
  /** Nothing to show. */
  clear(): void;
  close(): void;
}

/** Make a chart. */
export function chart({ height = 280 }: { height?: number } = {}): Chart {
  const readout = el("output.chart-readout", { "aria-live": "off" });
  const canvas = el("div.chart-canvas", {
    tabindex: "0",
    role: "group",
    "aria-roledescription": "chart",
    "aria-keyshortcuts": "+ - ArrowLeft ArrowRight 0",
  });
  const shown = el("span.chart-count");
  const buttons = ([
    ["\u2212", "Zoom out", () => zoom(2)],
    ["+", "Zoom in", () => zoom(0.5)],
    ["\u2190", "Earlier", () => pan(-0.25)],
    ["\u2192", "Later", () => pan(0.25)],
    ["All", "Show the whole time", () => void reset()],
  ] as const).map(([text, title, onclick]) =>
    el("button.small", { type: "button", title, "aria-label": title, onclick }, text)
  );
  const element = el(
    "div.chart",
    {},
    el("div.chart-bar", {}, readout, el("div.buttons", { role: "group" }, ...buttons)),
    canvas,
    shown,
  );

  let subject: ChartSubject | undefined;
  let plot: uPlot | undefined;
  let range = { from: 0, to: 1 };
  let asked = 0;
  let held = {
    x: new Float64Array(0) as ArrayLike<number>,
    y: new Float64Array(0) as ArrayLike<number>,
  };

  function build(): void {
    plot?.destroy();
    const ink = color("--ink-soft"), grid = color("--line-soft"), accent = color("--accent");
    const axis = {
      stroke: ink,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1 },
    };
    plot = new uPlot(
      {
        width: Math.max(200, canvas.clientWidth),
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
        legend: { show: false },
        cursor: { y: false, drag: { x: true, y: false, setScale: false } },
        scales: { x: { time: true }, y: {} },
        axes: [
          { ...axis, font: FONT, values: timeLabels },
          { ...axis, font: FONT, size: axisWidth, values: (_, splits) => splits.map(measure) },
        ],
        series: [{}, {
          stroke: accent,
          width: 1.25,
          points: { show: sparse, size: 5, fill: accent, width: 0 },
        }],
        hooks: {
          setCursor: [(u) => tell(u.cursor.idx)],
          setSelect: [(u) => {
            const { left, width } = u.select;
            if (width < 4) return;
            const from = u.posToVal(left, "x"), to = u.posToVal(left + width, "x");
            u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            void look(from, to);
          }],
        },
      },
      data(),
      canvas,
    );
    plot.over.addEventListener("dblclick", () => void reset());
    plot.setScale("x", { min: range.from, max: range.to });
  }

  function data(): uPlot.AlignedData {
    return [held.x as number[], Array.from(held.y, (y) => Number.isFinite(y) ? y : null)];
  }

  function tell(at: number | null | undefined): void {
    const x = at === null || at === undefined ? undefined : held.x[at];
    readout.textContent = x === undefined
      ? subject?.label ?? ""
      : `${time(BigInt(Math.round(x * 1e6)), range.to - range.from < 10 ? 6 : 3)} UTC   ${
        measure(held.y[at!])
      }`;
  }

  async function look(from: number, to: number): Promise<void> {
    const current = subject;
    if (current === undefined) return;
    if (to - from < FINEST) {
      const middle = (from + to) / 2;
      [from, to] = [middle - FINEST / 2, middle + FINEST / 2];
    }
    const mine = ++asked;
    const series = await current.source(from, to, Math.max(100, canvas.clientWidth - 60));
    if (mine !== asked) return;
    range = { from, to };
    held = series;
    if (plot === undefined) build();
    plot!.batch(() => {
      plot!.setData(data(), false);
      plot!.setScale("x", { min: from, max: to });
    });
    const thinned = series.x.length < series.count;
    shown.textContent = `${counted(series.count, "reading")} in view` +
      (thinned ? `, drawn as ${counted(series.x.length, "point")} that keep every peak` : "");
    canvas.dataset.from = String(from);
    canvas.dataset.to = String(to);
    canvas.dataset.count = String(series.count);
    canvas.dataset.points = String(series.x.length);
    canvas.setAttribute(
      "aria-label",
      `${current.label}: ${counted(series.count, "reading")} from ${stamp(from)} to ${
        stamp(to)
      }. ` +
        "Plus and minus zoom, left and right move, 0 shows all.",
    );
    tell(null);
  }

  function whole(): [number, number] {
    const { from, to } = subject!;
    const margin = to > from ? (to - from) * 0.01 : 0.5;
    return [from - margin, to + margin];
  }

  async function reset(): Promise<void> {
    if (subject !== undefined) await look(...whole());
  }

  /** Zoom about a place in the chart, 0 at its left edge to 1 at its right. */
  function zoom(factor: number, about = 0.5): void {
    if (subject === undefined) return;
    const width = range.to - range.from;
    const [first, last] = whole();
    const wanted = Math.min(width * factor, last - first);
    const from = Math.min(Math.max(range.from + (width - wanted) * about, first), last - wanted);
    void look(from, from + wanted);
  }

  function pan(part: number): void {
    if (subject === undefined) return;
    const width = range.to - range.from;
    const [first, last] = whole();
    const from = Math.max(first, Math.min(range.from + width * part, last - width));
    void look(from, from + width);
  }

  canvas.addEventListener("keydown", (event) => {
    const act: Record<string, () => void> = {
      "+": () => zoom(0.5),
      "=": () => zoom(0.5),
      "-": () => zoom(2),
      "ArrowLeft": () => pan(-0.25),
      "ArrowRight": () => pan(0.25),
      "0": () => void reset(),
      "Escape": () => void reset(),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in act)) return;
    event.preventDefault();
    act[event.key]();
  });
  canvas.addEventListener("wheel", (event) => {
    // Without the chart in focus the wheel belongs to the page; a pinch comes as a wheel with Ctrl.
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
  const themed = () => plot !== undefined && build();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", themed);
  addEventListener("themechange", themed);

  return {
    element,
    async show(next) {
      subject = next;
      await reset();
    },
    async extend(from, to) {
      if (subject === undefined) return;
      const [first, last] = whole();
      const all = range.from <= first && range.to >= last;
      subject = { ...subject, from, to };
      await (all ? reset() : look(range.from, range.to));
    },
    clear() {
      asked++;
      subject = undefined;
      plot?.destroy();
      plot = undefined;
      readout.textContent = shown.textContent = "";
    },
    close() {
      asked++;
      plot?.destroy();
      resized.disconnect();
      dark.removeEventListener("change", themed);
      removeEventListener("themechange", themed);
    },
  };
}

const FONT = "12px ui-sans-serif, system-ui, sans-serif";

/** Points are drawn where they do not touch. */
const sparse: uPlot.Series.Points.Show = (u, _series, first, last) =>
  last - first < u.bbox.width / devicePixelRatio / 12;

/** Wide enough for the widest label of the values. */
function axisWidth(_u: uPlot, labels: readonly string[] | null): number {
  const longest = Math.max(4, ...(labels ?? []).map((label) => label.length));
  return longest * 7 + 18;
}

/** Times of the axis: finer than a second they show what changes, else the day stands below the first of it. */
function timeLabels(
  _u: uPlot,
  splits: number[],
  _axis: number,
  _space: number,
  step: number,
): string[] {
  let day = "";
  return splits.map((seconds) => {
    const text = time(BigInt(Math.round(seconds * 1e6)), step < 1e-3 ? 6 : step < 1 ? 3 : 0);
    const [date, clock] = text.split(" ");
    const label = step >= 86_400 ? date : step >= 60 ? clock.slice(0, 5) : clock;
    const line = date === day || step >= 86_400 ? label : `${label}\n${date}`;
    day = date;
    return line;
  });
}

function stamp(seconds: number): string {
  return `${time(BigInt(Math.round(seconds * 1e6)), 0)} UTC`;
}

/** What a custom property of the theme comes to as a colour that a canvas takes. */
function color(property: string): string {
  const probe = el("i");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
