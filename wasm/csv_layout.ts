// The memory for readings that are read from text: the window of text, then one column for each field. Nothing here
// outlives a call.
//
//   2 MiB
//   | window | roles | times | values | streams | ids | devices | slow values | keys | plan | map | texts | tags | known streams |
//
// Callers get these numbers through constants.ts.

/** Above the region of the reports. */
export const CSV_REGION: usize = 0x200000;
export const WINDOW: usize = CSV_REGION;
export const WINDOW_SIZE: u32 = 131072;
/** Readers read up to this number of bytes past the end of the text. */
export const SLACK: u32 = 64;
export const ROLES: usize = WINDOW + WINDOW_SIZE + SLACK;
/** Number of columns that can have a role; those further right are ignored. */
export const COLUMNS: u32 = 1024;
export const ROWS: u32 = 8192;
export const TIMES: usize = ROLES + COLUMNS;
export const VALUES: usize = TIMES + 8 * ROWS;
export const STREAMS: usize = VALUES + 8 * ROWS;
export const IDS: usize = STREAMS + 4 * ROWS;
export const DEVICES: usize = IDS + 8 * ROWS;
/** Values that are left to the host's own parser: row, start and end in the window, u32 each. */
export const SLOW: usize = DEVICES + 8 * ROWS;
export const SLOW_BYTES: u32 = 12;
/** Keys of NDJSON: role, length and text of each. */
export const KEYS: usize = SLOW + SLOW_BYTES * ROWS;
export const KEY_BYTES: u32 = 64;
/** The plan for reading the text: `csv_plan.ts` has the fields. */
export const PLAN: usize = KEYS + 64 * KEY_BYTES;
export const PLAN_BYTES: u32 = 1024;
/** Columns that each have their own stream: index (u16 for each column); then stream, value, presence of a value. */
export const MAP_PLACES: usize = PLAN + PLAN_BYTES;
export const MAP_STREAMS: usize = MAP_PLACES + 2 * COLUMNS;
export const MAP_VALUES: usize = MAP_STREAMS + 4 * COLUMNS;
export const MAP_STATES: usize = MAP_VALUES + 8 * COLUMNS;
/** Good qualities: length and text of each, in the layout of the keys. */
export const GOOD: usize = MAP_STATES + COLUMNS;
export const MOST_GOOD: u32 = 16;
/** A number or time that is joined from several pieces. */
export const SCRATCH: usize = GOOD + MOST_GOOD * KEY_BYTES;
export const SCRATCH_BYTES: u32 = 512;
/**
 * Tags by the hash of their names: hash, place and length of the name, stream, scale, offset, whether it has occurred.
 */
export const TAGS: usize = SCRATCH + SCRATCH_BYTES;
export const TAG_SLOTS: u32 = 4096;
export const TAG_BYTES: u32 = 40;
export const TAG_TEXTS: usize = TAGS + TAG_SLOTS * TAG_BYTES;
export const TAG_TEXTS_SIZE: u32 = 65536;
/** Streams of four characters by their text: text, stream and kind, u32 each. */
export const KNOWN: usize = TAG_TEXTS + TAG_TEXTS_SIZE;
export const KNOWN_SLOTS: u32 = 256;
export const KNOWN_BYTES: u32 = 12;
/** Free-form data of JSON, as the elements of one array. */
export const JOINED: usize = KNOWN + KNOWN_SLOTS * KNOWN_BYTES;

// The roles of columns.
export const NOTHING: u32 = 0;
export const TIME: u32 = 1;
export const VALUE: u32 = 2;
export const STREAM: u32 = 3;
export const ID: u32 = 4;
export const DEVICE: u32 = 5;
export const QUALITY: u32 = 6;
export const MAPPED: u32 = 7;
/** A quality whose bad rows the host reads. */
export const KEPT_QUALITY: u32 = 8;
