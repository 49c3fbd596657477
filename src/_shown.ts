/**
 * Values in the texts of errors.
 *
 * @module
 */

/** A value as an error shows it: text in quotes, and anything else as far as it has a text. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  try {
    return String(value);
  } catch {
    return "an object that has no text";
  }
}
