/**
 * A number and what it counts, one or several.
 *
 * @module
 */

/** `1 reading`, `2 readings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
