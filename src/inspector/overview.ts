/**
 * The overview of a report: its header, its streams and its problems.
 *
 * @module
 */
import {
  type ArchFXFlexibleDictionaryReport,
  type Id,
  type Problem,
  type StreamSummary,
  summarizeReport,
} from "@archfx/cloud/reports";
import { ArchFxDeviceSlug, ArchFxStreamerSlug, SlugError } from "@archfx/cloud/slugs";
import type { ReportColumns } from "./columns.ts";
import { fractionOf } from "./format.ts";
import type { BadRows } from "./bad_rows.ts";
import type { Overview, ProblemFacts, StreamFacts } from "./protocol.ts";

/** The number of steps in the small chart of a stream. */
const STEPS = 60;

/** The data for an overview. */
interface Opened {
  readonly report: ArchFXFlexibleDictionaryReport;
  readonly columns: ReportColumns;
  readonly problems: readonly Problem[];
  readonly bad: BadRows;
  /** The longest time that a line joins in the chart of a stream, in seconds. */
  limit(stream: number): number;
}

/**
 * Summarise a report.
 *
 * @param opened the report and its problems
 * @param file what is known of the file
 */
export function overview(
  { report, columns, problems, bad, limit }: Opened,
  file: Pick<Overview, "name" | "bytes" | "decodeMs" | "truncated">,
): Overview {
  const summary = summarizeReport(report, { bins: STEPS });
  const { origin, originStreamer, first, last, sent } = summary;
  const bin = Number((last ?? 0n) - (first ?? 0n)) / 1e6 / STEPS;
  const bridge = ({ stream }: StreamSummary) =>
    bin === 0 ? 0 : Math.min(STEPS, Math.ceil(limit(stream) / bin));
  return {
    ...file,
    device: slugOr(origin, () => new ArchFxDeviceSlug(origin)),
    streamer: slugOr(originStreamer, () => {
      if (originStreamer === null) return NOT_GIVEN;
      return new ArchFxStreamerSlug(origin, Number(originStreamer));
    }),
    selector: hex(summary.streamerSelector),
    reportId: String(summary.reportId ?? NOT_GIVEN),
    sent,
    lowestId: String(summary.lowestId ?? NOT_GIVEN),
    highestId: String(summary.highestId ?? NOT_GIVEN),
    readings: summary.readings,
    first,
    last,
    fraction: fraction(columns),
    hasData: columns.hasData,
    decimals: decimals(columns),
    streams: summary.streams.map((stream): StreamFacts => ({
      stream: stream.stream,
      count: stream.readings,
      first: stream.first,
      last: stream.last,
      min: stream.minimum,
      max: stream.maximum,
      series: stream.series,
      bridge: bridge(stream),
    })).sort((a, b) => b.count - a.count || a.stream - b.stream),
    bad: bad.size,
    problems: problems.map((problem): ProblemFacts => ({
      severity: problem.severity,
      message: problem.message,
      count: problem.count ?? 1,
      row: problem.row ?? null,
    })),
  };
}

/** Digits after the second that all times of the report need. */
function fraction({ length, timestamps }: ReportColumns): 0 | 3 | 6 {
  let most: 0 | 3 | 6 = 0;
  for (let at = 0; at < length && most < 6; at++) {
    const needed = fractionOf(timestamps[at]);
    if (needed > most) most = needed;
  }
  return most;
}

/** How many values are used to find the width of a column. */
const SAMPLE = 2000;

/** The most digits after the point in a sample of the values; at most six. */
function decimals({ length, values }: ReportColumns): number {
  const step = Math.max(1, Math.floor(length / SAMPLE));
  let most = 0;
  for (let at = 0; at < length; at += step) {
    const text = String(values[at]);
    const point = text.indexOf(".");
    if (point >= 0 && !text.includes("e")) most = Math.max(most, text.length - point - 1);
  }
  return Math.min(most, 6);
}

/** A report may have numbers that are too large for a slug; these are shown unchanged. */
function slugOr(value: Id | null, slug: () => unknown): string {
  try {
    return String(slug());
  } catch (error) {
    if (!(error instanceof SlugError)) throw error;
    return value === null ? NOT_GIVEN : String(value);
  }
}

/** Replaces fields that a report does not have; only the device is required. */
const NOT_GIVEN = "\u2014";

function hex(value: Id | null): string {
  if (value === null) return NOT_GIVEN;
  return value < 0 ? String(value) : `0x${value.toString(16).padStart(4, "0")}`;
}
