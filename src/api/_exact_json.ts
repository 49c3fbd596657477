/**
 * JSON with a field of integers beyond 2^53, which `JSON.parse` would round.
 *
 * @module
 */

/** Parses JSON; in fields of this name an integer of sixteen digits or more becomes its text. */
export function parseExact(text: string, field: string): unknown {
  // A quote within a text has a backslash before it, so this finds names of fields only.
  const long = new RegExp(`("${field}"\\s*:\\s*)(-?\\d{16,})(?=\\s*[,}])`, "g");
  return JSON.parse(text.replace(long, '$1"$2"'));
}
