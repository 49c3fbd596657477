/// <reference lib="dom" />
/**
 * The parts around the drawing of a chart: buttons, legend, the values at the cursor, and the keys.
 *
 * @module
 */
import { el, fill } from "./dom.ts";
import { counted } from "./format.ts";
import { DASHES, ink } from "./plot.ts";

/** What the controls do. */
interface ChartActions {
  zoom(factor: number): void;
  pan(part: number): void;
  reset(): void;
  /** Another line becomes the active one, whose values are shown. */
  activate(line: number): void;
  /** Each line on its own scale, or all on one. */
  separate(on: boolean): void;
  /** The action of a key, if it has one. */
  key(key: string, shift: boolean): (() => void) | undefined;
}

/** A line in the legend. */
interface LegendLine {
  readonly label: string;
  /** Unit of its values; empty if it is not known. */
  readonly unit: string;
}

/** The controls on the page. */
interface ChartControls {
  readonly element: HTMLElement;
  /** Where the drawing goes. */
  readonly canvas: HTMLElement;
  activate(line: number): void;
  legend(lines: readonly LegendLine[], active: number): void;
  /** Show whether each line is on its own scale. */
  separated(on: boolean): void;
  /** The value of each line at the cursor. */
  values(texts: readonly string[]): void;
  /** The text above the chart, and the text for a screen reader. */
  read(text: string, aloud: string): void;
  /** How much is in view, and which streams have no value that can be drawn. */
  counted(readings: number, points: number, empty: readonly string[]): void;
}

const SVG = "http://www.w3.org/2000/svg";

/** Make the controls. */
export function chartControls(actions: ChartActions): ChartControls {
  const readout = el("p.chart-readout");
  const live = el("p.visually-hidden", { role: "status", "aria-live": "polite" });
  const hint = el(
    "p.visually-hidden",
    { id: `chart-${Math.random().toString(36).slice(2, 8)}` },
    "Left and right read one reading after another, up and down change the stream, Enter selects the reading " +
      "in the table. Plus and minus zoom, Shift with left and right moves, 0 shows the whole time.",
  );
  const canvas = el("div.chart-canvas", {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "chart",
    "aria-describedby": hint.id,
    "aria-label": "Chart",
  });
  const shown = el("span.chart-count");
  const note = el("p.chart-note", { role: "status" });
  const list = el("ul.legend", { "aria-label": "Streams in the chart" });
  const own = el("button.small", {
    type: "button",
    "aria-pressed": "false",
    onclick: () => {
      const on = own.getAttribute("aria-pressed") !== "true";
      own.setAttribute("aria-pressed", String(on));
      actions.separate(on);
    },
  }, "Own scales");
  own.hidden = true;
  const buttons = ([
    ["\u2212", "Zoom out", () => actions.zoom(2)],
    ["+", "Zoom in", () => actions.zoom(0.5)],
    ["\u2190", "Earlier", () => actions.pan(-0.25)],
    ["\u2192", "Later", () => actions.pan(0.25)],
    ["All", "All: show the whole time", () => actions.reset()],
  ] as const).map(([text, title, onclick]) =>
    el("button.small", { type: "button", title, "aria-label": title, onclick }, text)
  );

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = actions.key(event.key, event.shiftKey);
    if (act === undefined) return;
    event.preventDefault();
    act();
  });

  return {
    element: el(
      "div.chart",
      {},
      el(
        "div.chart-bar",
        {},
        readout,
        el("div.buttons", { role: "group", "aria-label": "Chart" }, own, ...buttons),
      ),
      list,
      note,
      canvas,
      hint,
      live,
      shown,
    ),
    canvas,
    activate: actions.activate,
    separated: (on) => own.setAttribute("aria-pressed", String(on)),
    legend(lines, active) {
      own.hidden = list.hidden = lines.length < 2;
      fill(
        list,
        ...lines.map(({ label, unit }, line) =>
          el(
            "li",
            {},
            el(
              "button.legend-line",
              {
                type: "button",
                "aria-pressed": String(line === active),
                title: "Read the values of this stream",
                onclick: () => actions.activate(line),
              },
              swatch(line),
              el("span", {}, unit === "" ? label : `${label}, ${unit}`),
              el("span.legend-value.mono", {}),
            ),
          )
        ),
      );
    },
    values(texts) {
      list.querySelectorAll(".legend-value").forEach((cell, line) =>
        cell.textContent = texts[line] ?? ""
      );
    },
    read(text, aloud) {
      readout.textContent = text;
      if (aloud !== "") live.textContent = aloud;
    },
    counted(readings, points, empty) {
      shown.textContent = readings === 0 && points === 0
        ? ""
        : `${counted(readings, "reading")} in view` +
          (points < readings ? `, drawn as ${counted(points, "point")} with all peaks` : "");
      note.textContent = empty.length === 0
        ? ""
        : `${empty.join(", ")}: no value in view is a finite number, so there is nothing to draw.`;
    },
  };
}

/** The line of a stream as a sample of its colour and dashes. */
function swatch(line: number): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("viewBox", "0 0 26 8");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M0 4h26");
  path.setAttribute("stroke-dasharray", DASHES[line % DASHES.length].join(" "));
  path.style.stroke = `var(${ink(line)})`;
  svg.append(path);
  return svg;
}
