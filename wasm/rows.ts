// The rows that a call of the decoder has filled, and the positions of their free-form data.
import { SPAN_BYTES, SPANS } from "./layout";

export let rows: u32 = 0;
/** The end of the spans. */
export let spans: usize = SPANS;
/** The offset of the window in the whole input. */
export let base: u64 = 0;

/** Prepares for a window that begins at `offset`. */
export function beginRows(offset: u64): void {
  base = offset;
  rows = 0;
  spans = SPANS;
}

export function setRows(count: u32): void {
  rows = count;
}

/** Adds a span of summary data (0) or raw data (1) to a row; it is from `from` to `to` in the whole input. */
export function keepSpan(row: u32, isData: u32, from: u64, to: u64): void {
  store<u32>(spans, row);
  store<u32>(spans, isData, 4);
  store<f64>(spans, <f64>from, 8);
  store<f64>(spans, <f64>to, 16);
  spans += SPAN_BYTES;
}

/** Removes the spans from `end` on. */
export function dropSpans(end: usize): void {
  spans = end;
}
