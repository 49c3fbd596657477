/**
 * Formats numbers for people: complete if they are whole or short, otherwise rounded and marked.
 *
 * @module
 */

/** The mark before a rounded number. */
const ROUNDED = "\u2248";

/** From this size on, a number is not exact to its last digit, and would be padded with zeros. */
const EXPONENT_FROM = 1e15;

/**
 * Formats a number. Safe integers and short numbers are complete; a rounded number is marked.
 *
 * @param value The number.
 * @param digits The number of digits of a long number.
 */
export function numberText(value: number, digits = 10): string {
  const full = Object.is(value, -0) ? "-0" : String(value);
  if (!Number.isFinite(value) || Number.isSafeInteger(value) || full.length <= digits + 2) {
    return full;
  }
  const size = Math.abs(value);
  const text = size >= EXPONENT_FROM || size < 1e-6
    ? value.toExponential(digits - 1).replace(/\.?0*e/, "e")
    : value.toPrecision(Math.max(digits, wholeDigits(size))).replace(/(\.\d*?)0+$/, "$1").replace(
      /\.$/,
      "",
    );
  return (Number(text) === value ? "" : ROUNDED) + text;
}

/** The number of digits before the point, which are always shown. */
function wholeDigits(size: number): number {
  return Math.floor(Math.log10(size)) + 1;
}

/** The number of digits with which any two different numbers have different texts. */
const ALL_DIGITS = 17;

/**
 * Formats numbers that are shown together: different numbers have different texts.
 *
 * @param values The numbers.
 * @param digits The number of digits of a long number; more are shown if two numbers would look equal.
 */
export function distinctNumbers(values: readonly number[], digits = 10): string[] {
  const different = new Set(values).size;
  for (let shown = digits;; shown++) {
    const texts = values.map((value) => numberText(value, shown));
    if (shown >= ALL_DIGITS || new Set(texts).size >= different) return texts;
  }
}

/** The share of the distance between two ticks by which a label may be inexact. */
const TOLERANCE = 1e-3;

/**
 * Labels of an axis: as short as possible, and different for all ticks.
 *
 * @param ticks The values on the axis, in order.
 * @returns A label for each; empty if it would repeat the one before.
 */
export function axisLabels(ticks: readonly number[]): string[] {
  const steps = ticks.slice(1).map((tick, at) => Math.abs(tick / 2 - ticks[at] / 2));
  const room = Math.min(...steps.filter((step) => step > 0), Infinity) * 2 * TOLERANCE;
  const largest = Math.max(...ticks.map(Math.abs));
  const close = (text: string, tick: number) => Math.abs(Number(text) - tick) <= room;
  const first = (make: (tick: number, digits: number) => string, most: number) => {
    for (let digits = 0; digits <= most; digits++) {
      const texts = ticks.map((tick) => make(tick, digits));
      if (texts.every((text, at) => close(text, ticks[at]))) return texts;
    }
  };
  const fixed = largest < EXPONENT_FROM
    ? first((tick, digits) => tick.toFixed(digits), 15)
    : undefined;
  const power = first((tick, digits) => tick.toExponential(digits), ALL_DIGITS - 1) ??
    ticks.map(String);
  const longest = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length));
  const chosen = fixed === undefined || (longest(fixed) > 9 && longest(power) < longest(fixed))
    ? power.map((text) => text.replace("e+", "e"))
    : fixed;
  const texts = chosen.map((text) => /^-0(?:\.0*)?(?:e0)?$/.test(text) ? text.slice(1) : text);
  return texts.map((text, at) =>
    texts.indexOf(text) === at ? text.replace(/^0(?:\.0*)?e0$/, "0") : ""
  );
}
