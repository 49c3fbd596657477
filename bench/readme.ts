/**
 * The part of the project's README that shows a run's results.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Row } from "./rows.ts";
import { setting } from "./table.ts";

/** The rows that newcomers see: what is done, the row it comes from, and how the row is called there. */
const SHOWN: readonly [what: string, work: string, kind: string, readings: number][] = [
  ["columns to bytes", "columns to bytes, encode()", "none", 100_000],
  ["points to bytes", "points to bytes", "none", 10_000],
  ["points with two keys of data to bytes", "points to bytes", "two keys", 10_000],
  ["bytes to columns (peers: to objects)", "bytes to columns", "none", 10_000],
  ["bytes to points", "bytes to points, all read", "none", 10_000],
  ["slugs in bulk", "slugs in bulk from bytes", "none", 100_000],
  ["CSV to report, a million rows", "CSV to report", "none", 1_000_000],
];

/** The peers that are named, others are in the results. */
const PEERS = [
  "msgpackr",
  "@msgpack/msgpack",
  "copy",
  "split and parseInt",
  "@std/csv + @msgpack/msgpack",
];

function section(rows: readonly Row[], python: Record<string, number> | undefined): string {
  const lines = SHOWN.map(([what, work, kind, readings]) => {
    const { times } = rows.find((row) =>
      row.work === work && row.kind === kind && row.readings === readings
    )!;
    const others = PEERS.filter((name) => times[name] !== undefined).map((name) => {
      const ratio = times[name] / times.archfx;
      const peer = name === "copy" ? "copying the same bytes" : name;
      return `${peer} ${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 1 ? 1 : 2)}x`;
    });
    return `| ${what} | ${(times.archfx / readings).toFixed(0)} ns | ${others.join(", ")} |`;
  });
  const also = Object.entries(python ?? {}).map(([name, time]) =>
    `${name} takes ${time.toFixed(0)} ns`
  );
  return [
    "![Nanoseconds a reading, beside other libraries](bench/results/chart.svg)",
    "",
    "| work | a reading or slug | what others take, as a multiple of it |",
    "| --- | ---: | --- |",
    ...lines,
    "",
    `${also.length > 0 ? `For one reading, ${also.join("; ")}. ` : ""}One run on ${setting()}. ` +
    "All rows, and the targets that are met and missed: [bench/results/results.md](bench/results/results.md).",
  ].join("\n");
}

/** Puts the results between the marks in README.md. */
export function writeReadme(
  rows: readonly Row[],
  python: Record<string, number> | undefined,
): void {
  const file = new URL("../README.md", import.meta.url);
  const [begin, end] = ["<!-- bench:begin -->", "<!-- bench:end -->"];
  const text = readFileSync(file, "utf8");
  const [before, rest] = text.split(begin);
  const after = rest.split(end)[1];
  writeFileSync(file, `${before}${begin}\n\n${section(rows, python)}\n\n${end}${after}`);
}
