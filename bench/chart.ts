/**
 * The results as a bar chart: nanoseconds a reading on a logarithmic scale.
 *
 * @module
 */
import type { Row } from "./rows.ts";

const WIDTH = 760;
const LEFT = 190;
const BAR = 16;
const GAP = 5;
const COLORS: Record<string, string> = { archfx: "#0b7285", copy: "#adb5bd" };

/** The rows that the chart shows. */
const SHOWN: readonly [work: string, kind: string, readings: number, title: string][] = [
  ["points to bytes", "none", 10_000, "Points to bytes"],
  ["points to bytes", "two keys", 10_000, "Points with two keys of data to bytes"],
  ["bytes to columns", "none", 10_000, "Bytes to columns (peers: to objects)"],
  ["bytes to points, all read", "none", 10_000, "Bytes to points, all of them read"],
];

function escape(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]!);
}

/** An SVG image. */
export function chart(rows: readonly Row[]): string {
  const groups = SHOWN.map(([work, kind, readings, title]) => ({
    title,
    row: rows.find((row) => row.work === work && row.kind === kind && row.readings === readings)!,
  }));
  const costs = groups.flatMap(({ row }) => Object.values(row.times).map((t) => t / row.readings));
  const [low, high] = [Math.log10(Math.min(...costs)) - 0.3, Math.log10(Math.max(...costs))];
  const scale = (cost: number) => (Math.log10(cost) - low) / (high - low) * (WIDTH - LEFT - 90);
  let y = 34;
  const parts: string[] = [];
  for (const { title, row } of groups) {
    parts.push(`<text x="12" y="${y}" class="title">${escape(title)}</text>`);
    y += 10;
    for (const [name, time] of Object.entries(row.times).sort(([, a], [, b]) => a - b)) {
      const cost = time / row.readings;
      const width = Math.max(2, scale(cost)).toFixed(1);
      const middle = y + BAR - 4;
      parts.push(
        `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escape(name)}</text>`,
        `<rect x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2" fill="${
          COLORS[name] ?? "#868e96"
        }"/>`,
        `<text x="${LEFT + Number(width) + 6}" y="${middle}">${
          cost < 100 ? cost.toFixed(1) : Math.round(cost).toLocaleString("en")
        } ns</text>`,
      );
      y += BAR + GAP;
    }
    y += 24;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="Nanoseconds a reading, logarithmic: archfx beside its peers">
<style>text { font: 12px system-ui, sans-serif; fill: #343a40 } .title { font-weight: 600; font-size: 13px }
@media (prefers-color-scheme: dark) { text { fill: #dee2e6 } }</style>
<text x="12" y="14">Nanoseconds a reading, logarithmic scale: shorter is faster</text>
${parts.join("\n")}
</svg>
`;
}
