/**
 * Text from elsewhere, made safe for a terminal.
 *
 * What a server or a file contains may move the cursor, set the title of the window, or reverse the
 * order of what is read. Such characters are shown by their numbers.
 *
 * @module
 */

/**
 * Control characters (C0, DEL, C1), and the formatting characters of bidirectional text that reorder what
 * stands around them (Unicode, UAX #9).
 */
// deno-lint-ignore no-control-regex
const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Of these, what may stand raw inside a text of JSON. */
const STEERING_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A text on one line that steers no terminal: `\u001b` for an escape character.
 *
 * @param text Text from a server, a file or a user.
 */
export function printable(text: string): string {
  return text.replace(STEERING, escape);
}

/**
 * JSON for a terminal or a pipe: the same value, with the characters that steer a terminal as escapes.
 *
 * @param value What `JSON.stringify` takes.
 * @param indent Spaces for each level; none puts it on one line.
 */
export function printableJson(value: unknown, indent?: number): string {
  // undefined has no JSON; nothing else that is printed lacks one.
  return String(JSON.stringify(value, null, indent)).replace(STEERING_IN_JSON, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
