/**
 * The results as Markdown.
 *
 * @module
 */
import { cpus } from "node:os";
import { readFileSync } from "node:fs";
import process from "node:process";
import type { Figure, Row } from "./rows.ts";

function runtime(): string {
  const { deno, bun } = process.versions as Record<string, string | undefined>;
  if (deno) return `Deno ${deno}`;
  return bun ? `Bun ${bun}` : `Node ${process.versions.node}`;
}

/** The machine and the versions that a run was made with. */
export function setting(): string {
  const { dependencies } = JSON.parse(
    readFileSync(new URL("package.json", import.meta.url), "utf8"),
  );
  const peers = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  const [cpu] = cpus();
  return `${runtime()}, V8 ${process.versions.v8}, ${cpus().length} x ${cpu.model.trim()}; ${
    peers.join(", ")
  }`;
}

function figureRows(figures: readonly Figure[]): string[] {
  return [
    "| work | measured | target | |",
    "| --- | ---: | ---: | --- |",
    ...figures.map(({ work, value, unit, target, bound }) => {
      const met = bound === "at most" ? value <= target : value >= target;
      const shown = `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`;
      return `| ${work} | ${shown} | ${bound} ${target} ${unit} | ${met ? "met" : "missed"} |`;
    }),
  ];
}

function rowTable(rows: readonly Row[]): string[] {
  return [
    "| work | extra data | readings | ns per reading | multiples for others |",
    "| --- | --- | ---: | ---: | --- |",
    ...rows.map(({ work, kind, readings, times }) => {
      const others = Object.entries(times).filter(([name]) => name !== "archfx")
        .map(([name, time]) => `${name} ${(time / times.archfx).toFixed(2)}`).join(", ");
      const cost = (times.archfx / readings).toFixed(1);
      return `| ${work} | ${kind} | ${readings.toLocaleString("en")} | ${cost} | ${others} |`;
    }),
  ];
}

/** The page of results. */
export function table(
  rows: readonly Row[],
  figures: readonly Figure[],
  python: Record<string, number> | undefined,
): string {
  const lines = [
    "# Results",
    "",
    `Made by \`deno task bench\` in one run, contenders in turns, medians. ${setting()}.`,
    "",
    ...figureRows(figures),
    "",
    ...rowTable(rows),
  ];
  if (python) {
    lines.push("", "| Python | ns a reading |", "| --- | ---: |");
    for (const [name, time] of Object.entries(python)) {
      lines.push(`| ${name} | ${time.toFixed(0)} |`);
    }
  }
  return lines.join("\n") + "\n";
}
