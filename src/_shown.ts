/**
 * Formats values for the texts of errors.
 *
 * @module
 */

/** The number of characters of a text that an error shows. */
const LONGEST = 80;

/**
 * Formats a value for an error: text in quotes, cut if it is long, and any other value as text.
 *
 * @param value Any value, even one whose `toString` throws.
 */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value);
  }
  try {
    return String(value);
  } catch {
    return "an object without text";
  }
}
