/**
 * Converts many slugs at once, from text to columns and back.
 *
 * @module
 */
import { withoutMark } from "../_byte_order_mark.ts";
import { formatSlugLines, SlugReader } from "../codec/slug_lines.ts";
import { Expect, slugError, typeError } from "./_rules.ts";
import { SlugError } from "./slug_error.ts";

/**
 * The kinds of slugs by the number in `kinds` of {@linkcode SlugColumns}.
 *
 * @example
 * ```ts
 * import { parseSlugs, SLUG_KINDS } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(SLUG_KINDS[parseSlugs("pl--5").kinds[0]!], "pl");
 * ```
 */
export const SLUG_KINDS: readonly [
  "",
  "pl",
  "ps",
  "pa",
  "d",
  "variable",
  "sl",
  "ss",
  "sa",
  "sd",
  "t",
] = ["", "pl", "ps", "pa", "d", "variable", "sl", "ss", "sa", "sd", "t"];

/** Slugs as one typed array for each field. A field that a kind does not have is 0, or -1 in `starts` and `indexes`. */
export interface SlugColumns {
  /** The number of rows. */
  length: number;
  /** The kind of each row: an index of {@linkcode SLUG_KINDS}, 0 if the text is not a slug. */
  kinds: Uint8Array;
  /** Ids of parents: of `pl`, `ps` and `pa` slugs and of streams. */
  parents: Uint32Array;
  /** Ids of devices and machines: of `d` slugs, streams and streamers. */
  devices: BigUint64Array;
  /** Ids of variables: of variables and streams. */
  variables: Uint32Array;
  /** Starts of streams in microseconds since the Unix epoch, -1 for none. */
  starts: BigInt64Array;
  /** Indexes of streamers, -1 for none. */
  indexes: Int32Array;
  /** The rows whose text is not a slug, in order. */
  errors: { row: number; message: string }[];
}

/**
 * Reads many slugs into columns. It does not throw for an invalid slug: the row has kind 0 and an entry in `errors`.
 *
 * @param lines One slug on each line, as text or as bytes (lines end with LF or CRLF, a byte order mark is skipped); or
 * an array of slugs, one for each row. The slugs may be of any kind; one without a prefix is a variable.
 * @returns One typed array for each field.
 * @throws {TypeError} If `lines` is of another type.
 *
 * @example
 * ```ts
 * import { parseSlugs, SLUG_KINDS } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * const columns = parseSlugs("d--1234\nsl--5--a--5001\nd--12x4\n");
 * assertEquals(Array.from(columns.kinds, (kind) => SLUG_KINDS[kind]), ["d", "sl", ""]);
 * assertEquals(columns.devices, BigUint64Array.of(0x1234n, 10n, 0n));
 * assertEquals(columns.errors[0].row, 2);
 * ```
 */
export function parseSlugs(lines: string | Uint8Array | readonly string[]): SlugColumns {
  const errors: { row: number; message: string }[] = [];
  const onBad = (row: number, rule: number, at: number, text: string) => {
    errors.push({ row, message: slugError({ rule, at }, Expect.any, text).message });
  };
  let reader: SlugReader;
  if (typeof lines === "string") {
    reader = new SlugReader(0, onBad);
    reader.readText(withoutMark(lines));
  } else if (lines instanceof Uint8Array) {
    reader = new SlugReader(0, onBad);
    reader.readBytes(withoutMark(lines));
  } else if (Array.isArray(lines)) {
    const wrong = lines.findIndex((slug) => typeof slug !== "string");
    if (wrong >= 0) throw typeError(lines[wrong], `the slug in row ${wrong}`, "text");
    reader = new SlugReader(lines.length, onBad);
    reader.readArray(lines);
  } else {
    throw typeError(lines, "slugs", "text, a Uint8Array or an array of text");
  }
  return { length: reader.length, ...reader.finish(), errors };
}

const FIELDS = [
  ["kinds", Uint8Array],
  ["parents", Uint32Array],
  ["devices", BigUint64Array],
  ["variables", Uint32Array],
  ["starts", BigInt64Array],
  ["indexes", Int32Array],
] as const;

/**
 * Formats columns as slugs: the reverse of {@linkcode parseSlugs}.
 *
 * @param columns One typed array for each field, each of at least `length` rows; `errors` is not read.
 * @returns The canonical texts; empty text for rows of kind 0.
 * @throws {SlugError} If a row is not valid: a kind, a start or an index out of range.
 * @throws {RangeError} If a column is shorter than `length`.
 * @throws {TypeError} If a column is missing or of another type.
 *
 * @example
 * ```ts
 * import { formatSlugs, parseSlugs } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatSlugs(parseSlugs(["D--1", "m--1", "t--1--1"])), [
 *   "",
 *   "d--0000-0000-0000-0001",
 *   "t--0000-0000-0000-0001--0001",
 * ]);
 * ```
 */
export function formatSlugs(columns: Omit<SlugColumns, "errors">): string[] {
  const { length } = columns;
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(
      `Cannot format ${length} slugs: the length must be an integer of at least 0`,
    );
  }
  for (const [name, type] of FIELDS) {
    const column = columns[name];
    if (!(column instanceof type)) {
      throw new TypeError(`Cannot format slugs with column ${name}: it must be a ${type.name}`);
    }
    if (column.length < length) {
      throw new RangeError(
        `Cannot format ${length} slugs with column ${name}: it has ${column.length} rows`,
      );
    }
  }
  const slugs = formatSlugLines(columns, length);
  if (typeof slugs !== "number") return slugs;
  const rule = "its kind, its start or its index is out of range";
  throw new SlugError(`row ${slugs}`, "a slug", rule);
}
