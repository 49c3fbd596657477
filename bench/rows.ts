/**
 * The measurements of a run, and their targets.
 *
 * @module
 */
import type { Kind } from "./data.ts";
import type { Times } from "./measure.ts";

/** One kind of work at one size. */
export interface Row {
  readonly work: string;
  readonly kind: Kind;
  readonly readings: number;
  /** Nanoseconds of a run by contender. */
  readonly times: Times;
}

/** A figure with its target. */
export interface Figure {
  readonly work: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number;
  /** Whether the target is an upper or a lower limit. */
  readonly bound: "at most" | "at least";
}

function find(rows: readonly Row[], work: string, readings: number, kind: Kind = "none"): Times {
  const row = rows.find((row) =>
    row.work === work && row.readings === readings && row.kind === kind
  );
  if (!row) throw new Error(`Cannot find "${work}" with ${readings} readings in this run`);
  return row.times;
}

const PEER = "@msgpack/msgpack";

/** The figures that the targets are about. */
export function figures(rows: readonly Row[]): Figure[] {
  const list: Figure[] = [];
  const atMost = (work: string, value: number, target: number) =>
    list.push({ work, value, unit: "x", target, bound: "at most" });
  const atLeast = (work: string, value: number, target: number) =>
    list.push({ work, value, unit: "x", target, bound: "at least" });
  let times = find(rows, "columns to bytes, encode()", 100_000);
  atMost("columns to `encode()`, over `bytes.slice()`", times.archfx / times.copy, 2);
  times = find(rows, "columns to bytes, encodeInto()", 100_000);
  atMost("columns to `encodeInto()`, over `target.set(bytes)`", times.archfx / times.copy, 3.5);
  times = find(rows, "points to bytes", 10_000);
  atLeast("points to bytes, under msgpackr", times.msgpackr / times.archfx, 30);
  atLeast(`points to bytes, under ${PEER}`, times[PEER] / times.archfx, 40);
  times = find(rows, "points to bytes", 10_000, "two keys");
  atLeast("points with two keys of data, under msgpackr", times.msgpackr / times.archfx, 12);
  times = find(rows, "points to bytes", 1);
  atLeast("one report with one reading, under msgpackr", times.msgpackr / times.archfx, 1);
  times = find(rows, "bytes to columns", 10_000);
  atLeast(`bytes to columns, under ${PEER}`, times[PEER] / times.archfx, 25);
  times = find(rows, "bytes to points, all read", 10_000);
  atLeast(`bytes to points, all read, under ${PEER}`, times[PEER] / times.archfx, 4);
  times = find(rows, "slugs in bulk from bytes", 100_000);
  atLeast(
    "slugs in bulk, under split and parseInt",
    times["split and parseInt"] / times.archfx,
    20,
  );
  times = find(rows, "slugs one by one", 100_000);
  atMost("one slug, over a hand-written loop", times.archfx / times["hand-written loop"], 1.5);
  times = find(rows, "CSV to report", 1_000_000);
  const csvPeer = "@std/csv + @msgpack/msgpack";
  atLeast(`CSV to report, under ${csvPeer}`, times[csvPeer] / times.archfx, 5);
  const chunked = rows.filter(({ work }) => work === "columns to bytes, chunk by chunk");
  const costs = chunked.map(({ readings, times }) => times.archfx / readings);
  atMost("cost of a reading, 10,000,000 over 1,000", costs[costs.length - 1] / costs[0], 1.3);
  return list;
}
