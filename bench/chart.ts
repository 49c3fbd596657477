/**
 * The results of bench:user as a bar chart: nanoseconds per reading on a logarithmic scale, cold and steady.
 *
 * @module
 */
import { nameOf, type UserResults } from "./user_table.ts";

const WIDTH = 870;
const LEFT = 350;
const BAR = 16;
const GAP = 5;
const OWN = "#0b7285";
const OTHER = "#868e96";

/** The jobs that the chart shows. */
const SHOWN: readonly [job: string, title: string, contenders: readonly string[]][] = [
  ["columns", "100,000 readings, columns to bytes", ["msgpackr", "@msgpack/msgpack"]],
  ["points", "10,000 points to bytes", [
    "msgpackr ready",
    "msgpackr",
    "@msgpack/msgpack ready",
    "@msgpack/msgpack",
  ]],
  ["to-columns", "10,000 readings, bytes to columns (peers: to objects)", [
    "msgpackr",
    "@msgpack/msgpack",
  ]],
  ["to-points", "10,000 readings, bytes to points, all of them read", [
    "msgpackr",
    "@msgpack/msgpack",
  ]],
];

function escape(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]!);
}

/** An SVG image. */
export function chart(results: UserResults): string {
  const groups = SHOWN.map(([job, title, peers]) => ({
    title,
    bars: ["archfx", ...peers].flatMap((contender) =>
      ["steady", "cold"].map((mode) => ({
        name: `${nameOf(contender)}, ${mode}`,
        cost: results[`${job}, ${contender}, ${mode}`].ns,
        color: contender === "archfx" ? OWN : OTHER,
        opacity: mode === "cold" ? 0.55 : 1,
      }))
    ),
  }));
  const costs = groups.flatMap(({ bars }) => bars.map(({ cost }) => cost));
  const [low, high] = [Math.log10(Math.min(...costs)) - 0.3, Math.log10(Math.max(...costs))];
  const scale = (cost: number) => (Math.log10(cost) - low) / (high - low) * (WIDTH - LEFT - 90);
  let y = 38;
  const parts: string[] = [];
  for (const { title, bars } of groups) {
    parts.push(`<text x="12" y="${y}" class="title">${escape(title)}</text>`);
    y += 10;
    for (const { name, cost, color, opacity } of bars) {
      const width = Math.max(2, scale(cost)).toFixed(1);
      const middle = y + BAR - 4;
      parts.push(
        `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escape(name)}</text>`,
        `<rect x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2" fill="${color}" fill-opacity="${opacity}"/>`,
        `<text x="${LEFT + Number(width) + 6}" y="${middle}">${
          cost < 100 ? cost.toFixed(1) : Math.round(cost).toLocaleString("en")
        } ns</text>`,
      );
      y += BAR + GAP;
    }
    y += 24;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="Nanoseconds of CPU time a reading, logarithmic: archfx beside its peers">
<style>text { font: 12px system-ui, sans-serif; fill: #343a40 } .title { font-weight: 600; font-size: 13px }
@media (prefers-color-scheme: dark) { text { fill: #dee2e6 } }</style>
<text x="12" y="16">Nanoseconds of CPU time a reading, logarithmic scale: shorter is faster. Cold: the first call of a process</text>
${parts.join("\n")}
</svg>
`;
}
