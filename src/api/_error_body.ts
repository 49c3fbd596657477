/**
 * Reads the message in the body of an error response, in the forms that the server and its proxies use.
 *
 * @module
 */

import { isMap } from "../_is_record.ts";

/** Longer messages are cut, because nobody reads them. */
const LONGEST_TEXT = 500;

/** A value that JSON calls an object. */
export type JsonMap = Record<string, unknown>;

/** The media type of a response, without parameters, in lower case; undefined without one. */
export function contentType(headers: Headers): string | undefined {
  return headers.get("content-type")?.split(";")[0].trim().toLowerCase() || undefined;
}

/** Whether a response is a web page: a sign-in page, a portal, the error of a proxy. */
export function isPage(headers: Headers, bytes: Uint8Array): boolean {
  const type = contentType(headers);
  if (type === undefined || type === "text/plain") {
    const head = new TextDecoder().decode(bytes.subarray(0, 256)); // It drops a byte order mark.
    return /^\s*<(!doctype html|html|head|body)\b/i.test(head);
  }
  return type === "text/html" || type === "application/xhtml+xml";
}

/** The value of a JSON body, otherwise its text; undefined if it is empty. */
export function jsonOrText(text: string, headers: Headers): unknown {
  if (text === "") return undefined;
  const type = contentType(headers);
  if (type === "text/html") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // Even if it is declared as JSON, the text is better than nothing.
  }
}

/**
 * `{"name": ["...", ...]}`, a list of such maps, or nested ones, as paths: `events[1].value`. Undefined if the
 * body has another form.
 */
export function fieldErrors(data: unknown): Record<string, string[]> | undefined {
  const maps = Array.isArray(data) ? data : [data];
  const found = new Map<string, string[]>();
  const add = (path: string, value: unknown): void => {
    if (isMap(value)) {
      for (const [name, below] of Object.entries(value)) {
        add(path ? `${path}.${name}` : name, below);
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, at) => add(isNested(item) ? `${path}[${at}]` : path, item));
    } else found.set(path, [...found.get(path) ?? [], String(value)]);
  };
  for (const map of maps) {
    if (!isMap(map) || !Object.values(map).every(isNested)) return undefined;
  }
  add("", data);
  // Object.fromEntries, because a field may be called "__proto__".
  return found.size > 0 ? Object.fromEntries(found) : undefined;
}

/** The errors of fields in one line. */
export function fieldsText(fields: Record<string, string[]>): string {
  return shortened(
    Object.entries(fields).map(([name, texts]) => `${name}: ${texts.join(" ")}`).join("; "),
  );
}

/** The message of a body, without the structure around it. */
export function bodyText(data: unknown): string {
  if (data === undefined) return "";
  if (typeof data === "string") return shortened(/^\s*</.test(data) ? htmlText(data) : data);
  if (Array.isArray(data) && data.every((item) => typeof item === "string")) {
    return shortened(data.join("; "));
  }
  if (isMap(data)) {
    for (const key of ["detail", "error"]) {
      const said = data[key];
      if (typeof said === "string") return shortened(said);
    }
  }
  return shortened(JSON.stringify(data));
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function htmlText(html: string): string {
  const titled = /<title>([^<]*)<\/title>/i.exec(html)?.[1];
  return titled ?? html.replace(/<(style|script)[^]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ");
}

/** One line; control characters and characters that change the direction of the text are escaped. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim().replace(/\.$/, "").replace(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}...` : line;
}
