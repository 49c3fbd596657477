/**
 * Counts with their nouns.
 *
 * @module
 */

/** A count with its noun, in the plural unless it is 1: "1 reading", "2 readings". */
export function counted(count: number | bigint, noun: string): string {
  return `${count} ${noun}${count === 1 || count === 1n ? "" : "s"}`;
}
