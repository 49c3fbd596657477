// Linear memory, fixed for the life of the instance: nothing is ever grown, so views made once stay good.
//
//   0          64 KiB                             2 MiB                     MEMORY_BASE     end
//   | slugs    | reports: input, columns, output  | text on its way to      | tables        |
//   |          | of one chunk                     | readings: csv_layout.ts |               |
//
// The regions are apart because making a slug may happen while a report is being gathered.
// Nothing in the report region outlives a call from src/codec, but for what decodeEvents keeps of an
// event that does not fit its window, which lives in globals and in SKIP_STACK.

/** Text in and out, one slug or a chunk of many. */
export const SLUG_REGION: usize = 0;
export const SLUG_REGION_SIZE: usize = 65536;
/** Everything that report encoding and decoding needs. */
export const REPORT_REGION: usize = 65536;

/** Readings in a chunk, encoding and decoding alike: a chunk and its events stay in the second-level cache. */
export const CHUNK: u32 = 2048;

/**
 * Between two columns, so that they begin at different places of a page of 4 KiB: where they do not, the
 * fields of a reading fall into one set of the first-level cache, and encoding takes half as long again.
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
/** What a call has to say besides its result: lowest and highest id. */
export const RESULTS: usize = DATA_LENGTHS + 4 * CHUNK;

/** The longest event without free-form data; docs/v200.md adds it up. */
export const LONGEST_EVENT: u32 = 109;

// The encoder's free-form data and its events. Stores run up to 16 bytes past what they mean to write.
export const FREE: usize = RESULTS + 64;
export const FREE_SIZE: u32 = 0x40000;
export const OUT: usize = FREE + FREE_SIZE + 64;
export const OUT_SIZE: usize = (<usize>LONGEST_EVENT + 3) * CHUNK + FREE_SIZE + 64;

// The decoder's window over its input, in the place of the encoder's free-form data, and spans of
// free-form data: row and field as u32, begin and end in the input as f64.
export const WINDOW: usize = FREE;
export const WINDOW_SIZE: u32 = 0x40000;
export const SPAN_BYTES: usize = 24;
export const SPANS: usize = WINDOW + WINDOW_SIZE + 256;
/** What is left to read on each level of a value that is being skipped: u64. */
export const SKIP_STACK: usize = SPANS + SPAN_BYTES * 2 * CHUNK;
export const MAX_DEPTH: u32 = 4096;

/** One timestamp as text. */
export const TEXT: usize = OUT + OUT_SIZE;
export const TEXT_SIZE: u32 = 64;
