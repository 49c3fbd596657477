// The counts of a scan besides its rows.
import { warnFrom, warnTo } from "./csv_plan";

export let leftQuality: u32 = 0;
export let leftBlank: u32 = 0;
export let naiveTimes: u32 = 0;
let early: u32 = 0;
let late: u32 = 0;
let firstEarly: i64 = 0;
let firstLate: i64 = 0;
let streamKinds: u32 = 0;

export function clearCounts(): void {
  leftQuality = 0;
  leftBlank = 0;
  naiveTimes = 0;
  early = 0;
  late = 0;
}

export function countQuality(): void {
  leftQuality++;
}

export function countBlank(): void {
  leftBlank++;
}

@inline
export function countNaive(): void {
  naiveTimes++;
}

/** Records that streams of decimal digits alone (1) or others (2) were read. */
export function setStreamKinds(kinds: u32): void {
  streamKinds = kinds;
}

/** Counts a time that is outside the range of the plan. */
@inline
export function countTime(utc: i64): void {
  if (utc < warnFrom) {
    if (early++ == 0) firstEarly = utc;
  } else if (utc > warnTo) {
    if (late++ == 0) firstLate = utc;
  }
}

/** Counts of the last scan: left out for their quality, blank, without a zone, kinds of streams, early, late. */
export function scanCount(what: u32): u32 {
  if (what == 0) return leftQuality;
  if (what == 1) return leftBlank;
  if (what == 2) return naiveTimes;
  if (what == 3) return streamKinds;
  return what == 4 ? early : late;
}

/** The first time before or after the range of the plan. */
export function scanFirst(isLate: bool): i64 {
  return isLate ? firstLate : firstEarly;
}
