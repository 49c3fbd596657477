/**
 * Paths of resources: ids and names as path segments that no runtime and no proxy changes.
 *
 * Every URL parser resolves `..` and `%2e%2e`, so such an id would call another resource. An empty segment would
 * call the collection instead of the row. All of these are rejected, not corrected.
 *
 * @module
 */

import { isRecord } from "../_is_record.ts";

/** A slug, recognised by its `formattedId`. */
export interface SlugLike {
  /** The id without the prefix. */
  formattedId(): string;
  /** The slug as text. */
  toString(): string;
}

/** The name of one row of a resource: an id, a slug, or the text of either. */
export type ResourceId = string | number | bigint | SlugLike;

// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** The path segment of an id. */
export function idSegment(id: unknown): string {
  const text = idText(id);
  if (text.includes("/")) {
    throw rejected(text, "an id must not contain a slash; api(path) takes a path");
  }
  return segment(text);
}

/** The segments of a path such as `streamer/report`. */
export function pathSegments(path: unknown): string {
  if (typeof path !== "string") return idSegment(path);
  return path.split("/").map(segment).join("/");
}

function segment(text: string): string {
  if (text === "") throw rejected(text, "it must not be empty");
  if (CONTROL.test(text)) throw rejected(text, "it must not contain control characters");
  if (/^\.{1,2}$/.test(text.replace(/%2e/gi, "."))) {
    throw rejected(text, "it would lead to another path");
  }
  try {
    return encodeURIComponent(text);
  } catch {
    throw rejected(text, "it contains half of a surrogate pair");
  }
}

function idText(id: unknown): string {
  if (typeof id === "string") return id;
  if (typeof id === "bigint" && id >= 0n) return String(id);
  if (typeof id === "number" && Number.isSafeInteger(id) && id >= 0) return String(id);
  if (isSlug(id)) return String(id);
  throw new TypeError(
    `Cannot use ${kindOf(id)} as id: it must be text, an integer from 0, or a slug`,
  );
}

function isSlug(value: unknown): value is SlugLike {
  return isRecord(value) && typeof value.formattedId === "function";
}

function kindOf(value: unknown): string {
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}

function rejected(text: string, rule: string): TypeError {
  return new TypeError(`Cannot use ${JSON.stringify(text)} as path segment: ${rule}`);
}
