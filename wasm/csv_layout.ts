// Where readings lie on their way from text: the window of text, then one column a field. Nothing here outlives a call.
//
//   2 MiB                                                                                  2.5 MiB
//   | window | roles | times | values | streams | ids | devices | slow values | bad rows | keys |
//
// `src/codec/csv_region.ts` has the same numbers on the other side of the boundary.

/** Above what reports use. */
export const CSV_REGION: usize = 0x200000;
export const WINDOW: usize = CSV_REGION;
export const WINDOW_SIZE: u32 = 131072;
/** Readers look up to 64 bytes past the end of the text. */
export const ROLES: usize = WINDOW + WINDOW_SIZE + 64;
/** Columns that can have a role; those further right are passed over. */
export const COLUMNS: u32 = 1024;
export const ROWS: u32 = 8192;
export const TIMES: usize = ROLES + COLUMNS;
export const VALUES: usize = TIMES + 8 * ROWS;
export const STREAMS: usize = VALUES + 8 * ROWS;
export const IDS: usize = STREAMS + 4 * ROWS;
export const DEVICES: usize = IDS + 8 * ROWS;
/** Values that are left to the host's own parser: row, begin and end in the window, u32 each. */
export const SLOW: usize = DEVICES + 8 * ROWS;
export const SLOW_BYTES: u32 = 12;
/** Rows that are none: line since the window's begin, role, begin and end in the window, u32 each. */
export const BAD: usize = SLOW + SLOW_BYTES * ROWS;
export const BAD_BYTES: u32 = 16;
export const BAD_ROWS: u32 = 256;
/** Keys of NDJSON: role, length and text of each. */
export const KEYS: usize = BAD + BAD_BYTES * BAD_ROWS;
export const KEY_BYTES: u32 = 64;

// What a column is.
export const NOTHING: u32 = 0;
export const TIME: u32 = 1;
export const VALUE: u32 = 2;
export const STREAM: u32 = 3;
export const ID: u32 = 4;
export const DEVICE: u32 = 5;
/** In place of a role: columns are missing, a quote is not closed, text follows a closing quote. */
export const MISSING: u32 = 6;
export const OPEN_QUOTE: u32 = 7;
export const AFTER_QUOTE: u32 = 8;
