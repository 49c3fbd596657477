import * as slugs from "../../src/slugs/mod.ts";
import { checkGolden, type GoldenCase, type Tagged } from "../golden/golden.ts";
import { untag } from "../golden/values.ts";

// deno-lint-ignore no-explicit-any
type Anything = any;

/** Makes the slug of a case or a `$slug` tag. */
function make({ fn, args, kwargs = {} }: GoldenCase): Anything {
  const [first, second, third, fourth] = args.map((arg) => untag(arg, make)) as Anything[];
  const named = Object.fromEntries(
    Object.entries(kwargs).map(([key, value]) => [key, untag(value, make)]),
  ) as Anything;
  switch (fn) {
    case "ArchFxParentSlug":
      return new slugs.ArchFxParentSlug(first ?? named.id, args.length > 1 ? second : named.ptype);
    case "ArchFxDeviceSlug":
      return new slugs.ArchFxDeviceSlug(args.length ? first : named.id, {
        allow64Bits: args.length > 1 ? second : named.allow_64bits,
      });
    case "ArchFxVariableID":
      return new slugs.ArchFxVariableID(args.length ? first : named.id_);
    case "ArchFxStreamSlug":
      return new slugs.ArchFxStreamSlug(first);
    case "ArchFxStreamerSlug":
      return new slugs.ArchFxStreamerSlug(
        args.length ? first : named.device,
        args.length > 1 ? second : named.index,
      );
  }
  return slugs.ArchFxStreamSlug.fromParts({
    parent: first,
    device: second,
    variable: third,
    start: fourth,
    ...named,
  });
}

/** The properties of a slug in the vectors, by their names. */
function describe(slug: Anything): Record<string, unknown> {
  const parts = slug instanceof slugs.ArchFxStreamSlug ? slug.getParts() : undefined;
  return {
    str: String(slug),
    formatted_id: slug.formattedId(),
    get_id: typeof slug.id === "bigint" && slug.id <= Number.MAX_SAFE_INTEGER
      ? Number(slug.id)
      : slug.id,
    type: slug.type,
    stype: slug.type,
    var_hex: slug.varHex,
    scope_hex: slug.scopeHex,
    var_id: slug.varId,
    scope: slug.scope,
    device: String(slug.device),
    index: slug.index?.toString(16).padStart(4, "0"),
    parts: parts && {
      parent: String(parts.parent),
      block: parts.block,
      scope: parts.scope,
      device: parts.device.formattedId().slice(10),
      variable: String(parts.variable),
      start: parts.start,
    },
  };
}

function same(expected: unknown, actual: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return Object.is(expected, actual);
  const keys = Object.keys(expected);
  return typeof actual === "object" && actual !== null &&
    keys.length === Object.keys(actual).length &&
    keys.every((key) => same((expected as Anything)[key], (actual as Anything)[key]));
}

const FIELDS =
  "str formatted_id get_id type stype var_hex scope_hex var_id scope device index parts"
    .split(" ");

Deno.test("slugs are the same as in the Python package, except for the listed exceptions", () => {
  checkGolden("slugs", (golden) => {
    if (golden.fn !== "eq") {
      const slug = make(golden);
      const all = describe(slug);
      return Object.fromEntries(FIELDS.filter((name) => name in golden).map((n) => [n, all[n]]));
    }
    const [left, right] = golden.args.map((arg) => untag(arg, make)) as Anything[];
    return left.equals(right);
  }, (golden, result) => {
    if (golden.fn === "eq") return result === golden.equal;
    // Python's slugs of several terms have no single id, and those of "sd" no parts.
    return FIELDS.every((name) =>
      !(name in golden) || golden[name]?.$error !== undefined ||
      same(untag(golden[name], make), (result as Anything)[name])
    );
  });
});

/** Python's keyword arguments by their position. */
const POSITIONS: Record<string, string[]> = {
  formatted_machine_id: ["did", "bid", "mid"],
  formatted_gdid: ["did", "bid"],
  formatted_dbid: ["bid", "did"],
};

Deno.test("the helpers return the same as in the Python package, except for the listed exceptions", () => {
  const functions = slugs as unknown as Record<string, (...args: unknown[]) => unknown>;
  checkGolden("convert", ({ fn, args, kwargs = {} }) => {
    const values = args.map((arg) => untag(arg, make));
    if (fn === "slugify" && values.length > 1) values[1] = { allowUnicode: values[1] };
    for (const [name, value] of Object.entries<Tagged>(kwargs)) {
      if (name === "allow_unicode") values[1] = { allowUnicode: value };
      else values[POSITIONS[fn].indexOf(name)] = untag(value, make);
    }
    const name = fn.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    return functions[name](...values);
  }, (golden, result) => same(untag(golden.result, make), result));
});
