/**
 * The benchmark section of the project's README.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { setting } from "./table.ts";
import type { UserFigure, UserResults } from "./user_table.ts";

/** The rows of the table: the description, the job, and the peers. */
const SHOWN: readonly [what: string, job: string, peers: readonly string[]][] = [
  ["columns to bytes, 100,000 readings", "columns", ["msgpackr", "@msgpack/msgpack"]],
  ["points to bytes, 10,000 readings", "points", [
    "msgpackr",
    "msgpackr ready",
    "@msgpack/msgpack",
  ]],
  ["the same with two keys of data", "two-keys", [
    "msgpackr",
    "msgpackr ready",
    "@msgpack/msgpack",
  ]],
  ["bytes to columns (peers: to objects)", "to-columns", ["msgpackr", "@msgpack/msgpack"]],
  ["bytes to points, all of them read", "to-points", ["msgpackr", "@msgpack/msgpack"]],
  ["slugs in bulk", "slugs", ["split and parseInt"]],
];

function times(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 1 ? 1 : 2)}x`;
}

function section(results: UserResults, whole: string | undefined): string {
  const figure = (job: string, who: string, mode: string): UserFigure =>
    results[`${job}, ${who}, ${mode}`];
  const lines = SHOWN.map(([what, job, peers]) => {
    const cells = ["cold", "steady"].map((mode) =>
      `${figure(job, "archfx", mode).ns.toFixed(0)} ns`
    );
    const others = peers.map((peer) => {
      const [cold, steady] = ["cold", "steady"].map((mode) =>
        times(figure(job, peer, mode).ns / figure(job, "archfx", mode).ns)
      );
      return `${peer.replace(/ ready$/, " with its objects and texts ready")} ${cold}, ${steady}`;
    });
    return `| ${what} | ${cells.join(" | ")} | ${others.join("; ")} |`;
  });
  const into = figure("columns", "archfx into", "steady").ns;
  return [
    "![Nanoseconds per reading, compared with other libraries](bench/results/chart.svg)",
    "",
    "CPU time for each reading or slug. Cold is the first call of a fresh process, steady are repeated calls;",
    "the last column has the multiples for the peers.",
    "",
    "| work | cold | steady | others, cold and steady |",
    "| --- | ---: | ---: | --- |",
    ...lines,
    "",
    `\`encodeInto()\` with a reused array takes ${
      into.toFixed(0)
    } ns for columns to bytes. ${setting()}. Page faults and ` +
    "all peers: [bench/results/user.md](bench/results/user.md).",
    ...(whole === undefined ? [] : ["", whole]),
  ].join("\n");
}

/** The table of whole jobs, if it has been measured. */
function wholeJobs(): string | undefined {
  try {
    const text = readFileSync(new URL("results/whole.md", import.meta.url), "utf8");
    return text.slice(text.indexOf("\n") + 1).trim();
  } catch {
    return undefined;
  }
}

/** Puts the results between the marks in README.md. */
export function writeReadme(results: UserResults): void {
  const file = new URL("../README.md", import.meta.url);
  const [begin, end] = ["<!-- bench:begin -->", "<!-- bench:end -->"];
  const text = readFileSync(file, "utf8");
  const [before, rest] = text.split(begin);
  const after = rest.split(end)[1];
  writeFileSync(file, `${before}${begin}\n\n${section(results, wholeJobs())}\n\n${end}${after}`);
}
