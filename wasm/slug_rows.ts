// The layout of the slug region, with text and columns, and the codes of kinds, rules and expectations.
//
//   0        32 KiB                                                            62,464
//   | text    | kinds | parents | devices | variables | starts | indexes |     (1,024 rows)
//
// Callers get these numbers through constants.ts.
import { SLUG_REGION } from "./layout";

export const TEXT: usize = SLUG_REGION;
export const TEXT_SIZE: u32 = 32768;
export const ROWS: u32 = 1024;
export const KINDS: usize = TEXT + TEXT_SIZE;
export const PARENTS: usize = KINDS + ROWS;
export const DEVICES: usize = PARENTS + ROWS * 4;
export const VARIABLES: usize = DEVICES + ROWS * 8;
export const STARTS: usize = VARIABLES + ROWS * 4;
export const INDEXES: usize = STARTS + ROWS * 8;

/** The maximum number of bytes of text for a formatted row. */
export const FORMAT_BYTES: u32 = 64;
/** The largest start of a stream: 16 decimal digits. */
export const LAST_START: u64 = 9999999999999999;
/** The maximum length of the text of one slug, including leading zeros. */
export const LONGEST: u32 = 4096;

// Kinds of slugs. 0 is an invalid row.
export const LINE: u32 = 1; // pl
export const SITE: u32 = 2; // ps
export const AREA: u32 = 3; // pa
export const DEVICE: u32 = 4; // d, m
export const VARIABLE: u32 = 5;
export const LINE_STREAM: u32 = 6; // sl
export const SITE_STREAM: u32 = 7; // ss
export const AREA_STREAM: u32 = 8; // sa
export const DEVICE_STREAM: u32 = 9; // sd
export const STREAMER: u32 = 10; // t
/** Added to the kind if the text is canonical. */
export const CANONICAL: u32 = 128;

// The kinds of text that a caller can expect.
export const ANY: u32 = 0;
export const EXPECT_PARENT: u32 = 1;
export const EXPECT_DEVICE: u32 = 2;
export const EXPECT_VARIABLE: u32 = 3;
export const EXPECT_STREAM: u32 = 4;
export const EXPECT_HALF: u32 = 5; // one half of a variable: one group of 16 bits
export const EXPECT_START: u32 = 6; // decimal digits
export const EXPECT_INDEX: u32 = 7; // decimal digits
export const EXPECT_GROUPS: u32 = 8; // groups without a prefix, of any number of bits

// Rules that a text can break.
export const EMPTY: i32 = 1;
export const TOO_LONG: i32 = 2;
export const NOT_HEX: i32 = 3;
export const EMPTY_GROUP: i32 = 4;
export const LONG_FIRST_GROUP: i32 = 5;
export const UNEVEN_GROUP: i32 = 6;
export const TOO_LARGE: i32 = 7;
export const WRONG_PREFIX: i32 = 8;
export const TOO_FEW_TERMS: i32 = 9;
export const TOO_MANY_TERMS: i32 = 10;
export const NOT_DECIMAL: i32 = 11;
export const TOO_MANY_DIGITS: i32 = 12;
