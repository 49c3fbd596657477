// The layout of linear memory. Its size is fixed for the life of the instance, so that views stay valid.
//
//   0          64 KiB                             2 MiB                     MEMORY_BASE     end
//   | slugs    | reports: input, columns, output  | text on its way to      | tables        |
//   |          | of one chunk                     | readings: csv_layout.ts |               |
//
// The regions are separate because a slug may be made while a report is being gathered. Nothing in the report region
// outlives a call from src/codec, except the state of an event that does not fit the window of decodeEvents, which is
// in globals and in SKIP_STACK.

/** Text and columns of one slug or of a chunk of many. */
export const SLUG_REGION: usize = 0;
export const SLUG_REGION_SIZE: usize = 65536;
/** All memory for encoding and decoding reports. */
export const REPORT_REGION: usize = 65536;

/** Readings in a chunk, for encoding and decoding: a chunk and its events stay in the second-level cache. */
export const CHUNK: u32 = 2048;

/**
 * Bytes between two columns, so that they begin at different offsets of a page of 4 KiB. At equal offsets, the fields
 * of a reading would share one set of the first-level cache, and encoding would take half as long again.
 */
const GAP: usize = 832;
// Columns of one chunk: input of the encoder, output of the decoder.
export const STREAMS: usize = REPORT_REGION;
export const IDS: usize = STREAMS + 4 * CHUNK + GAP;
export const TIMES: usize = IDS + 8 * CHUNK + GAP;
export const VALUES: usize = TIMES + 8 * CHUNK + GAP;
/** Lengths of the free-form data of each reading, 0 for none: u32 each. */
export const EXTRA_LENGTHS: usize = VALUES + 8 * CHUNK;
export const DATA_LENGTHS: usize = EXTRA_LENGTHS + 4 * CHUNK;
/** Additional results of a call: lowest and highest id. */
export const RESULTS: usize = DATA_LENGTHS + 4 * CHUNK;

/** The longest event without free-form data; docs/v200.md adds it up. */
export const LONGEST_EVENT: u32 = 109;

// The encoder's free-form data and its events. A store may write up to 16 bytes more than needed.
export const FREE: usize = RESULTS + 64;
export const FREE_SIZE: u32 = 0x40000;
export const OUT: usize = FREE + FREE_SIZE + 64;
export const OUT_SIZE: usize = (<usize>LONGEST_EVENT + 3) * CHUNK + FREE_SIZE + 64;

// The decoder's window over its input, in the place of the encoder's free-form data, and the spans of
// free-form data: row and field as u32, start and end in the input as f64.
export const WINDOW: usize = FREE;
export const WINDOW_SIZE: u32 = 0x40000;
export const SPAN_BYTES: usize = 24;
export const SPANS: usize = WINDOW + WINDOW_SIZE + 256;
/** The elements that are left on each level of a value that is being skipped: u64. */
export const SKIP_STACK: usize = SPANS + SPAN_BYTES * 2 * CHUNK;
export const MAX_DEPTH: u32 = 4096;

/** One timestamp as text. */
export const TEXT: usize = OUT + OUT_SIZE;
export const TEXT_SIZE: u32 = 64;
