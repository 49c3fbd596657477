// Reads a stream that is text in a report: the groups of a variable, by the grammar of slugs.
import { atEnd, begin, readGroups, value } from "./slug_groups";

/** The variable of 32 bits that the text names, or −1. */
export function parseStream(from: usize, length: u32): i64 {
  begin(from, from + length);
  return readGroups(32) == 0 && atEnd() ? <i64>value : -1;
}
