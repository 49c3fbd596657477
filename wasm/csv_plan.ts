// The plan for reading a CSV text, which the host writes before a scan.
import { PLAN } from "./csv_layout";

/** Number of columns that have an entry in ROLES, and of those that have a role. */
export let columns: u32 = 0;
export let wanted: u32 = 0;
/** The maximum number of columns in a row. */
export let width: u32 = 0;
/** Byte codes, 256 for none: quote, escape, the first byte of comments. */
export let quote: u32 = 0;
export let escape: u32 = 0;
export let comment: u32 = 0;
export let delimiter: u32 = 0;
/** The length of the delimiter, whose bytes are at DELIMITER. */
export let delimiterLength: u32 = 0;
/** The format of times: see csv_time.ts. */
export let timeKind: u32 = 0;
export let timePlaces: u32 = 0;
/** The number of columns that are joined to a time. */
export let timeParts: u32 = 0;
export let decimal: u32 = 0;
/** The separator of thousands, 0 for none. */
export let thousands: u32 = 0;
/** How ids are read: 0 slugs, 1 hexadecimal, 2 decimal. */
export let ids: u32 = 0;
/** The stream of every row, and whether a column must agree with it. */
export let stream: u32 = 0;
export let expectsStream: bool = false;
export let expectsDevice: bool = false;
/** Whether local times have a zone, whose range and offset follow. */
export let hasZone: bool = false;
export let mapped: u32 = 0;
export let skipsBlank: bool = false;
export let good: u32 = 0;
export let hasTags: bool = false;

export let zoneFrom: i64 = 0;
export let zoneTo: i64 = 0;
export let zoneOffset: i64 = 0;
export let warnFrom: i64 = 0;
export let warnTo: i64 = 0;
export let device: u64 = 0;

export const DELIMITER: usize = PLAN + 256;
/**
 * The steps of a pattern of strptime: directives, "L" and a character, "S" for white space (%S is 0xd3), 0 at the end.
 */
export const PROGRAM: usize = PLAN + 512;

@inline
function word(index: usize): u32 {
  return load<u32>(PLAN + (index << 2));
}

/** Loads the plan that the host has written. */
export function takePlan(): void {
  columns = word(0);
  wanted = word(1);
  width = word(2);
  quote = word(3);
  escape = word(4);
  comment = word(5);
  delimiter = load<u8>(DELIMITER);
  delimiterLength = word(6);
  timeKind = word(7);
  timePlaces = word(8);
  timeParts = word(9);
  decimal = word(10);
  thousands = word(11);
  ids = word(12);
  stream = word(13);
  expectsStream = word(14) != 0;
  expectsDevice = word(15) != 0;
  hasZone = word(16) != 0;
  mapped = word(17);
  skipsBlank = word(18) != 0;
  good = word(19);
  hasTags = word(20) != 0;
  takeRange();
  warnFrom = load<i64>(PLAN + 152);
  warnTo = load<i64>(PLAN + 160);
  device = load<u64>(PLAN + 168);
}

/** Loads the range of local times that have one offset. */
export function takeRange(): void {
  zoneFrom = load<i64>(PLAN + 128);
  zoneTo = load<i64>(PLAN + 136);
  zoneOffset = load<i64>(PLAN + 144);
}
