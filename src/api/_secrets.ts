/**
 * Removes secrets from what a server sent back: from texts, and from parsed JSON with its keys.
 *
 * A server may repeat what it received in another notation: escaped for JSON, HTML or a URL. So JSON is parsed
 * first, and each character of a secret is recognised in all of its notations.
 *
 * @module
 */

/** The text that replaces a secret. */
const HIDDEN = "***";

/** Deeper values are left out, because recursion or `JSON.stringify` would overflow the stack. */
const MAX_DEPTH = 100;

/** No notation escapes these characters, and most tokens consist of them. */
const PLAIN = /^[\w.-]*$/;

const ENTITIES: Record<string, string> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
  "\u00a0": "nbsp",
};

/** Short escapes of JSON. */
const ESCAPES: Record<string, string> = { "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t" };

/** Replaces secrets in a text. */
export function redact(text: string, secrets: readonly string[]): string {
  for (const secret of secrets) {
    if (secret === "") continue;
    text = PLAIN.test(secret)
      ? text.replaceAll(secret, HIDDEN)
      : text.replace(new RegExp(Array.from(secret, notations).join(""), "g"), HIDDEN);
  }
  return text;
}

/** Replaces secrets in the texts and keys of a JSON value. */
export function redactJson(value: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof value === "string") return redact(value, secrets);
  if (typeof value !== "object" || value === null) {
    // A number can be a secret too: a password of digits.
    const text = String(value);
    return typeof value === "number" && redact(text, secrets) !== text ? HIDDEN : value;
  }
  if (depth === MAX_DEPTH) return "...";
  if (Array.isArray(value)) return value.map((item) => redactJson(item, secrets, depth + 1));
  const items = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    let name = redact(key, secrets);
    for (let count = 2; items.has(name); count++) name = `${redact(key, secrets)} ${count}`;
    items.set(name, redactJson(item, secrets, depth + 1));
  }
  return Object.fromEntries(items);
}

/** A pattern for one character, in each of its notations. */
function notations(char: string): string {
  if (PLAIN.test(char)) return literal(char);
  const code = char.codePointAt(0)!;
  const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at));
  const forms = [
    // JSON, also within JSON, where the backslashes are doubled.
    units.map((unit) => `\\\\+u${anyCase(unit.toString(16).padStart(4, "0"))}`).join(""),
    `\\\\*${literal(char)}`,
    `&#0*${code};`,
    `&#[xX]0*${anyCase(code.toString(16))};`,
  ];
  if (char in ESCAPES) forms.push(`\\\\+${ESCAPES[char]}`);
  if (char in ENTITIES) forms.push(`&${ENTITIES[char]};`);
  if (char === " ") forms.push("\\+");
  // In a URL within a URL, the percent sign itself is escaped.
  const bytes = [...new TextEncoder().encode(char)];
  forms.push(
    bytes.map((byte) => `%(?:25)*${anyCase(byte.toString(16).padStart(2, "0"))}`).join(""),
  );
  return `(?:${forms.join("|")})`;
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
