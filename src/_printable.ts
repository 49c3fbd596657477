/**
 * Makes text from other sources safe for a terminal.
 *
 * Text from a server or a file may move the cursor, set the title of the window, or reverse the
 * order of the characters. Such characters are shown as escapes with their numbers.
 *
 * @module
 */

/**
 * Control characters (C0, DEL, C1), and the formatting characters of bidirectional text that reorder the text
 * around them (Unicode, UAX #9).
 */
// deno-lint-ignore no-control-regex
const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Those of these characters that JSON text may contain without an escape. */
const STEERING_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A text on one line without characters that control a terminal: `\u001b` for an escape character.
 *
 * @param text Text from a server, a file or a user.
 */
export function printable(text: string): string {
  return text.replace(STEERING, escape);
}

/**
 * JSON for a terminal or a pipe: the same value, with escapes for characters that control a terminal.
 *
 * @param value A value for `JSON.stringify`.
 * @param indent The number of spaces for each level; by default everything is on one line.
 */
export function printableJson(value: unknown, indent?: number): string {
  // `undefined` has no JSON form; all other values that are printed have one.
  return String(JSON.stringify(value, null, indent)).replace(STEERING_IN_JSON, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
