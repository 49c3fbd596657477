/**
 * Converts text to a name for use in an address.
 *
 * @module
 */

/** White space as Python defines it. Unlike `\s`, it has U+001C to U+001F and U+0085, and not U+FEFF. */
const SPACE =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** Patterns of the text that is removed, that is trimmed, and that becomes a hyphen. */
interface Patterns {
  readonly dropped: RegExp;
  readonly around: RegExp;
  readonly runs: RegExp;
}

let patterns: Patterns | undefined;

/** Created by the first call: because of the tables of Unicode, this takes as long as loading 20 modules. */
function makePatterns(): Patterns {
  return {
    dropped: new RegExp(`[^\\p{L}\\p{N}_${SPACE}-]`, "gu"),
    around: new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu"),
    runs: new RegExp(`[-${SPACE}]+`, "gu"),
  };
}

/** Options of {@linkcode slugify}. */
export interface SlugifyOptions {
  /**
   * Whether letters outside ASCII are kept.
   *
   * @default {false}
   */
  allowUnicode?: boolean;
}

/**
 * Converts text to a name of letters, digits, underscores and hyphens, like those that the cloud gives to
 * organizations. The result is not the slug of an id: for those, see the classes.
 *
 * @param value The text, or an integer.
 * @param options Whether letters outside ASCII are kept.
 * @returns The name in lower case, with one hyphen for each run of white space and hyphens.
 * @throws {TypeError} If `value` is neither text nor an integer.
 *
 * @example
 * ```ts
 * import { slugify } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(slugify("Línea 1: Ensamble"), "linea-1-ensamble");
 * assertEquals(slugify("Línea 1", { allowUnicode: true }), "línea-1");
 * ```
 */
export function slugify(
  value: string | number | bigint,
  { allowUnicode = false }: SlugifyOptions = {},
): string {
  if (typeof value !== "string" && typeof value !== "bigint" && !Number.isInteger(value)) {
    throw new TypeError(
      `Cannot slugify a value of type ${typeof value}: it must be text or an integer`,
    );
  }
  if (typeof allowUnicode !== "boolean") {
    throw new TypeError(
      `Cannot slugify with allowUnicode ${String(allowUnicode)}: it must be a boolean`,
    );
  }
  const text = String(value);
  const folded = allowUnicode
    ? text.normalize("NFKC")
    // deno-lint-ignore no-control-regex
    : text.normalize("NFKD").replace(/[^\x00-\x7f]/g, "");
  const { dropped, around, runs } = patterns ??= makePatterns();
  return folded.replace(dropped, "").replace(around, "").replace(runs, "-").toLowerCase();
}
