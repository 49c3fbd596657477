/**
 * The rules of slugs as text, for the errors of single slugs and of rows.
 *
 * @module
 */
import type { SlugFault } from "../codec/slugs.ts";
import { Expect, Rule, Slugs } from "../codec/wasm_constants.ts";
import { SlugError } from "./slug_error.ts";

const TARGETS = [
  "a slug",
  "a parent slug",
  "a device slug",
  "a variable id",
  "a stream slug",
  "half of a variable id",
  "the start of a stream",
  "the index of a streamer",
  "groups of hexadecimal digits",
];

const PREFIXES = [
  `the prefix must be one of "pl" "ps" "pa" "d" "m" "sl" "ss" "sa" "sd" "t", or none for a variable`,
  `the prefix must be "pl", "ps" or "pa", or none`,
  `the prefix must be "d" or "m", or none`,
  "a variable id has no prefix and one term",
  `the prefix must be "sl", "ss", "sa" or "sd"`,
  "it must be one group of digits",
  "it must be digits only",
  "it must be digits only",
  "it must be groups without a prefix",
];

/** The text of the rule that a slug breaks. */
function describeRule(rule: number, expect: number, text: string, at: number): string {
  const character = at < text.length
    ? JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))
    : "";
  const place = `at character ${at + 1}`;
  switch (rule) {
    case Rule.empty:
      return "it is empty";
    case Rule.tooLong:
      return `it is longer than ${Slugs.longest} characters`;
    case Rule.notHex:
      return `${character} ${place} is not a hexadecimal digit`;
    case Rule.emptyGroup:
      return `the group ${place} is empty`;
    case Rule.longFirstGroup:
      return "the first of several groups must not have more than 4 digits";
    case Rule.unevenGroup:
      return "every group after the first must have 4 digits";
    case Rule.tooLarge:
      return `the number ${place} is too large`;
    case Rule.wrongPrefix:
      return PREFIXES[expect];
    case Rule.tooFewTerms:
      return `a term is missing ${place}`;
    case Rule.tooManyTerms:
      return `the term ${place} is one too many`;
    case Rule.notDecimal:
      return character ? `${character} ${place} is not a decimal digit` : "digits are missing";
    default:
      return `the number ${place} has more than 16 digits`;
  }
}

/** The error for a text that breaks a rule. */
export function slugError({ rule, at }: SlugFault, expect: number, text: string): SlugError {
  return new SlugError(text, TARGETS[expect], describeRule(rule, expect, text, at));
}

/** Throws a SlugError unless a number is an integer from 0 to `max`. */
export function mustBeInteger(value: number | bigint, max: number | bigint, target: string): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    const rule = Number.isInteger(value)
      ? "a number above 2^53-1 must be a bigint"
      : "it is not an integer";
    throw new SlugError(value, target, rule);
  }
  if (value < 0 || value > max) {
    throw new SlugError(value, target, `it must be from 0 to ${max}`);
  }
}

/** The error for a value of a type that is not accepted. */
export function typeError(value: unknown, target: string, accepted: string): TypeError {
  const type = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  return new TypeError(
    `Cannot make ${target} from a value of type ${type}: it must be ${accepted}`,
  );
}

export { Expect };
