/**
 * Reads numbers from text, with decimal and thousands separators, and finds options that may help if a text is not a
 * number.
 *
 * @module
 */
import type { ReadHint } from "./problem.ts";

/** The format of numbers. */
export interface NumberFormat {
  readonly decimal: "." | ",";
  readonly thousands: "," | "." | " " | "'" | "_" | undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Patterns of the characters that each thousands separator covers. */
const SEPARATORS: Record<string, string> = {
  ",": ",",
  ".": "\\.",
  "_": "_",
  " ": "[ \\u00a0\\u2009\\u202f]",
  "'": "['\\u2019]",
};

const grouped = new Map<string, { whole: RegExp; one: RegExp }>();

function patterns(thousands: string): { whole: RegExp; one: RegExp } {
  let found = grouped.get(thousands);
  if (!found) {
    const one = SEPARATORS[thousands];
    found = {
      whole: new RegExp(`^([+-]?\\d{1,3}(?:${one}\\d{3})+)(?!\\d)`),
      one: new RegExp(one, "g"),
    };
    grouped.set(thousands, found);
  }
  return found;
}

/** A number in the form that `Number()` reads, or undefined if the text is not a number of this format. */
export function plainNumber(
  text: string,
  { decimal, thousands }: NumberFormat,
): string | undefined {
  let plain = text;
  if (thousands !== undefined) {
    const { whole, one } = patterns(thousands);
    const match = whole.exec(plain);
    if (match) plain = match[1].replace(one, "") + plain.slice(match[1].length);
  }
  if (decimal === ",") {
    if (plain.includes(".")) return undefined;
    plain = plain.replace(",", ".");
  }
  return NUMBER.test(plain) ? plain : undefined;
}

/** A number of this format, infinite above the largest float64; NaN if the text is not a number. */
export function numberOf(text: string, format: NumberFormat): number {
  const plain = plainNumber(text, format);
  return plain === undefined ? NaN : Number(plain);
}

const NOT_FINITE = /^[+-]?(?:nan|inf(?:inity)?)$/i;

/** NaN or an infinity, read from its name; undefined for any other text. */
export function notFinite(text: string): number | undefined {
  if (!NOT_FINITE.test(text)) return undefined;
  if (/n$/i.test(text)) return NaN;
  return text.startsWith("-") ? -Infinity : Infinity;
}

/** The options with which a text would be a number. */
export function numberHints(text: string, format: NumberFormat): ReadHint[] {
  if (notFinite(text) !== undefined) return [{ option: "nan" }];
  const hints: ReadHint[] = [];
  const other = format.decimal === "." ? "," : ".";
  if (
    numberOf(text, { ...format, decimal: other }) === numberOf(text, { ...format, decimal: other })
  ) {
    hints.push({ option: "decimal", value: other });
  }
  for (const thousands of [",", ".", " ", "'", "_"] as const) {
    for (const decimal of [format.decimal, other] as const) {
      if (thousands === decimal || thousands === format.thousands) continue;
      if (Number.isNaN(numberOf(text, { decimal, thousands }))) continue;
      if (!Number.isNaN(numberOf(text, { decimal, thousands: undefined }))) continue;
      if (decimal !== format.decimal) hints.push({ option: "decimal", value: decimal });
      hints.push({ option: "thousands", value: thousands });
      break;
    }
  }
  // A word, such as "Bad Input", "#N/A" or "-".
  if (hints.length === 0 && !/\d/.test(text)) {
    hints.push({ option: "words" }, { option: "skipBadRows" });
  }
  return hints.filter((hint, i) =>
    hints.findIndex((it) => it.option === hint.option && it.value === hint.value) === i
  );
}
