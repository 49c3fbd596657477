/**
 * Query parameters as text.
 *
 * @module
 */
import type { SlugLike } from "./_path.ts";

/** One value of a query parameter; a time becomes ISO 8601 text in UTC. */
export type ParamScalar =
  | string
  | number
  | bigint
  | boolean
  | Date
  | SlugLike
  | { readonly epochNanoseconds: bigint };

/**
 * Query parameters. An array repeats its key; `undefined` and `null` are left out.
 *
 * @example
 * ```ts
 * import { Api, type Params } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const params: Params = { page: 2, start: new Date(0), state: ["N0", "N1"], org: undefined };
 * assertEquals(Object.keys(params).length, 4);
 * assertEquals(new Api().url("device"), "https://arch.archfx.io/api/v1/device/");
 * ```
 */
export type Params = {
  readonly [name: string]: ParamScalar | readonly ParamScalar[] | undefined | null;
};

/** The query of an address: `?a=1&b=2`, or nothing. */
export function queryText(params: Params | undefined): string {
  if (params === undefined || params === null) return "";
  if (typeof params !== "object" || Array.isArray(params)) {
    throw new TypeError(
      "Cannot use these query parameters: they must be an object of names and values",
    );
  }
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) query.append(name, scalarText(name, one));
    }
  }
  const text = query.toString();
  return text && `?${text}`;
}

/** One value as text; `name` is for the error. */
export function scalarText(name: string, value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "bigint":
    case "boolean":
      return String(value);
    case "number":
      if (Number.isFinite(value)) return String(value);
      break;
    case "object":
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
      if (value !== null && !(value instanceof Date) && hasText(value)) return String(value);
  }
  throw new TypeError(
    `Cannot use the value of "${name}" as query parameter: it must be text, a number, a boolean, a time or a slug`,
  );
}

/** Slugs and Temporal instants have a text form; a plain object does not. */
function hasText(value: object): boolean {
  return ("formattedId" in value || "epochNanoseconds" in value) &&
    value.toString !== Object.prototype.toString;
}
