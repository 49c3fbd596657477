/**
 * verifyReport, which finds problems in a report that can be decoded.
 *
 * @module
 */
import { counted } from "../_plural.ts";
import { formatMicros } from "../codec/timestamps.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { HEADER } from "./_report_parts.ts";
import { ArchFXFlexibleDictionaryReport } from "./report.ts";

/** A problem that the sender of a report did not intend. */
export interface Problem {
  /** Whether the cloud loses readings because of it. */
  readonly severity: "error" | "warning";
  /** The kind of problem. */
  readonly code:
    | "empty"
    | "format"
    | "header-range"
    | "sent-timestamp"
    | "missing-id"
    | "duplicate-id"
    | "id-order"
    | "id-range"
    | "id-too-large"
    | "id-above-31-bits"
    | "not-finite"
    | "time-order"
    | "unlikely-time"
    | "after-sent";
  /** A description of the problem. */
  readonly message: string;
  /** The first reading that has it; absent if the problem is one of the whole report. */
  readonly row?: number;
  /** The number of readings that have it; absent if the problem is one of the whole report. */
  readonly count?: number;
}

/** Collects the rows that have a problem. */
class Tally {
  readonly rows: number[] = [];
  get row(): number {
    return this.rows[0] ?? -1;
  }
  get count(): number {
    return this.rows.length;
  }
  add(row: number): void {
    this.rows.push(row);
  }
}

/** The rows of each problem, kept outside of it: `JSON.stringify` of a problem must not write a million rows. */
const rowsOf = new WeakMap<Problem, readonly number[]>();

/** All readings that have a problem; empty for a problem of the whole report. */
export function problemRows(problem: Problem): readonly number[] {
  return rowsOf.get(problem) ?? [];
}

/** A problem of single readings. */
function readingProblem(
  severity: Problem["severity"],
  code: Problem["code"],
  { row, count, rows }: Tally,
  message: string,
): Problem {
  const problem = { severity, code, message, row, count };
  rowsOf.set(problem, rows);
  return problem;
}

/**
 * Finds problems in a report that can be decoded: readings that the cloud will not count, ids and times
 * that are out of order or outside the likely range, values that are not finite.
 *
 * @param report The report.
 * @returns The problems, errors first; an empty array if there are none.
 * @throws {TypeError} If it is not a report: decode bytes first.
 *
 * @example
 * ```ts
 * import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport, verifyReport } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const report = ArchFXFlexibleDictionaryReport.fromReadings({
 *   device: 0x1234,
 *   data: [new ArchFXDataPoint({ timestamp: "2021-01-20T00:00Z", stream: 0x5001, value: 1 })],
 * });
 *
 * assertEquals(verifyReport(report).map(({ code }) => code), ["missing-id"]);
 * ```
 */
export function verifyReport(report: ArchFXFlexibleDictionaryReport): Problem[] {
  if (!(report instanceof ArchFXFlexibleDictionaryReport)) {
    throw new TypeError(
      `Cannot verify a value of type ${
        report === null ? "null" : typeof report
      }: it must be an ArchFXFlexibleDictionaryReport, such as the result of decode()`,
    );
  }
  const columns = report.columns();
  const problems = [
    ...headerProblems(report),
    ...idProblems(report, columns),
    ...readingProblems(report, columns),
  ];
  return problems.sort((a, b) =>
    Number(a.severity === "warning") - Number(b.severity === "warning")
  );
}

function headerProblems(report: ArchFXFlexibleDictionaryReport): Problem[] {
  const { format, unreadSentTimestamp } = report[HEADER];
  const problems: Problem[] = [];
  if (format !== "v200") {
    const message = `the format is ${JSON.stringify(format) ?? "missing"}, not "v200"`;
    problems.push({ severity: "error", code: "format", message });
  }
  problems.push(...rangeProblems(report));
  if (unreadSentTimestamp) {
    const message = "sent_timestamp is not a valid timestamp";
    problems.push({ severity: "warning", code: "sent-timestamp", message });
  }
  if (report.length === 0) {
    problems.push({ severity: "warning", code: "empty", message: "there are no readings" });
  }
  return problems;
}

/** The largest id that the cloud accepts. */
const LAST_ID = 2n ** 63n - 1n;
/** The largest reading id that every cloud of this family can keep; see docs/v200.md. */
const LAST_COMMON_ID = 2n ** 31n - 1n;
/** A time before 2000 means that a clock was never set; a time a day ahead cannot be explained by time zones. */
const FIRST_LIKELY_TIME = BigInt(Date.UTC(2000)) * 1000n;
const DAY = 24n * 3600n * 1000000n;

/** The numbers in the header that make the cloud reject the whole report. */
function rangeProblems(report: ArchFXFlexibleDictionaryReport): Problem[] {
  const fields = [
    ["streamer_index", report.originStreamer, 0xffffn],
    ["streamer_selector", report.streamerSelector, 0xffff_ffffn],
    ["seqid", report.reportId, LAST_ID],
    ["lowest_id", report.lowestId, LAST_ID],
    ["highest_id", report.highestId, LAST_ID],
  ] as const;
  const problems: Problem[] = [];
  for (const [name, value, last] of fields) {
    if (value !== null && value >= 0 && value <= last) continue;
    const message = value === null
      ? `${name} is missing: the cloud rejects the report`
      : `${name} is ${value}, not from 0 to ${last}: the cloud rejects the report`;
    problems.push({ severity: "error", code: "header-range", message });
  }
  return problems;
}

function idProblems(
  report: ArchFXFlexibleDictionaryReport,
  { length, readingIds }: ReadingColumns,
): Problem[] {
  const missing = new Tally();
  const large = new Tally();
  const long = new Tally();
  const backwards = new Tally();
  const twice = new Tally();
  const seen = new Set<number | bigint>();
  let last = 0n;
  let lowest = 0n;
  let ascending = true;
  for (let row = 0; row < length; row++) {
    const id = BigInt(readingIds[row]);
    if (id === 0n) {
      missing.add(row);
      continue;
    }
    if (id > LAST_ID) large.add(row);
    else if (id > LAST_COMMON_ID) long.add(row);
    if (lowest === 0n || id < lowest) lowest = id;
    if (id > last) {
      last = id;
    } else {
      // From here on, a set is needed to find an id that has occurred before.
      if (ascending) {
        ascending = false;
        for (let i = 0; i < row; i++) seen.add(readingIds[i]);
      }
      if (seen.has(id)) twice.add(row);
      else backwards.add(row);
    }
    if (!ascending) seen.add(id);
  }
  const problems: Problem[] = [];
  const add = (
    severity: Problem["severity"],
    code: Problem["code"],
    tally: Tally,
    message: string,
  ) => {
    if (tally.count > 0) problems.push(readingProblem(severity, code, tally, message));
  };
  const { count } = missing;
  add("error", "missing-id", missing, `${counted(count, "reading")} without an id: never counted`);
  add("error", "id-too-large", large, `${counted(large.count, "id")} above ${LAST_ID}: rejected`);
  add(
    "warning",
    "id-above-31-bits",
    long,
    `${counted(long.count, "id")} above ${LAST_COMMON_ID}: some clouds cannot store the reading`,
  );
  add("error", "duplicate-id", twice, `${counted(twice.count, "reading")} with an id used before`);
  add("warning", "id-order", backwards, `${counted(backwards.count, "id")} below one before`);
  const { lowestId, highestId } = report;
  if (BigInt(lowestId ?? 0) !== lowest || BigInt(highestId ?? 0) !== last) {
    const message =
      `the header has ids ${lowestId} to ${highestId}, the readings have ${lowest} to ${last}`;
    problems.push({ severity: "error", code: "id-range", message });
  }
  return problems;
}

function readingProblems(
  report: ArchFXFlexibleDictionaryReport,
  { length, streams, timestamps, values }: ReadingColumns,
): Problem[] {
  const odd = new Tally();
  const backwards = new Tally();
  const late = new Tally();
  const early = new Tally();
  const ahead = new Tally();
  const lastLikely = BigInt(Date.now()) * 1000n + DAY;
  const sent = report.sentTimestampMicros;
  const latest = new Map<number, bigint>();
  for (let row = 0; row < length; row++) {
    if (!Number.isFinite(values[row])) odd.add(row);
    const time = timestamps[row];
    const before = latest.get(streams[row]);
    if (before !== undefined && time < before) backwards.add(row);
    else latest.set(streams[row], time);
    if (sent !== null && time > sent) late.add(row);
    if (time < FIRST_LIKELY_TIME) early.add(row);
    else if (time > lastLikely) ahead.add(row);
  }
  const problems: Problem[] = [];
  const add = (code: Problem["code"], tally: Tally, message: string) => {
    if (tally.count > 0) problems.push(readingProblem("warning", code, tally, message));
  };
  add("not-finite", odd, `${counted(odd.count, "value")} not finite: NaN or an infinity`);
  add("time-order", backwards, `${counted(backwards.count, "reading")} before one of its stream`);
  add("unlikely-time", early, `${counted(early.count, "reading")} before the year 2000`);
  add("unlikely-time", ahead, `${counted(ahead.count, "reading")} more than a day ahead of now`);
  const when = sent === null ? "" : formatMicros(sent);
  add("after-sent", late, `${counted(late.count, "reading")} after the report was sent, ${when}`);
  return problems;
}
