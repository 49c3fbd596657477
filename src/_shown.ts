/**
 * Values in the texts of errors.
 *
 * @module
 */

/** How many characters of a text an error shows. */
const LONGEST = 80;

/**
 * A value as an error shows it: text in quotes, its beginning if it is long, and anything else as text.
 *
 * @param value Any value, also one whose `toString` throws.
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
