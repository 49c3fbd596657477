/// <reference lib="dom" />
/**
 * A stream at a glance: a line without axes, as high as a line of text.
 *
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 20;

/**
 * Draw a series. Steps without a value are a gap, unless there are so few that no reading is missing.
 *
 * @param series values in equal steps of time
 * @param bridge steps without a value that a line is drawn across
 */
export function sparkline(series: ArrayLike<number>, bridge = 0): SVGSVGElement {
  const values = Array.from(series);
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite), high = Math.max(...finite);
  const y = (value: number) => high === low ? 0.5 : 1 - (value - low) / (high - low);
  let path = "";
  let before = -Infinity;
  values.forEach((value, at) => {
    if (!Number.isFinite(value)) return;
    const point = `${at} ${(1.5 + y(value) * (HEIGHT - 3)).toFixed(2)}`;
    // A point between two gaps is drawn as a dash, because it would not be visible.
    path += at - before <= bridge + 1 ? `L${point}` : `M${point}h.6`;
    before = at;
  });
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "sparkline");
  svg.setAttribute("viewBox", `0 0 ${Math.max(1, values.length - 1)} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
