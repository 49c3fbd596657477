/**
 * Text as content of XML and HTML.
 *
 * @module
 */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** A text whose special characters are entities, without the characters that XML cannot have. */
export function escapeXml(text: string): string {
  // deno-lint-ignore no-control-regex -- XML 1.0 has no way to write these.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replace(/[&<>"]/g, (letter) => ENTITIES[letter]!);
}
