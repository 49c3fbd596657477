/**
 * Formats numbers, sizes and times for the inspector and the console.
 *
 * @module
 */
import { isoTime } from "../_iso_time.ts";
import { numberText } from "../_number_text.ts";

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A count with thousands separators: `1,000,000`. */
export function count(value: number | bigint): string {
  return NUMBER.format(value);
}

/** A count with its noun: `1 reading`, `2 readings`. */
export function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A size in decimal units with three significant digits: `103 MB`. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let step = 0;
  while (bytes >= 999.5 && step < units.length - 1) {
    bytes /= 1000;
    step++;
  }
  return `${step === 0 ? bytes : Number(bytes.toPrecision(3))} ${units[step]}`;
}

/** A duration in a suitable unit: `< 1 ms`, `640 ms`, `1.9 s`, `4 min 10 s`. */
export function duration(ms: number): string {
  if (ms > 0 && ms < 1) return "< 1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toPrecision(2))} s`;
  const parts: [number, string][] = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "min"], [
    1000,
    "s",
  ]];
  const first = parts.findIndex(([unit]) => ms >= unit);
  const [unit, name] = parts[first];
  const [rest, restName] = parts[Math.min(first + 1, parts.length - 1)];
  const whole = Math.floor(ms / unit);
  const left = first === parts.length - 1 ? 0 : Math.floor((ms % unit) / rest);
  return left === 0 ? `${whole} ${name}` : `${whole} ${name} ${left} ${restName}`;
}

/** A variable as in slugs: `0000-5051`. */
export function variable(stream: number): string {
  const digits = stream.toString(16).padStart(8, "0");
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

/**
 * A time in UTC with the given number of digits after the second: `2021-01-20 00:00:00.100`.
 *
 * @param micros µs since the Unix epoch
 * @param fraction digits after the second
 */
export function time(micros: bigint, fraction: 0 | 3 | 6 = 3): string {
  return isoTime(micros, fraction).slice(0, -1).replace("T", " ");
}

/** The smallest number of digits after the second that shows the given time exactly. */
export function fractionOf(micros: bigint): 0 | 3 | 6 {
  if (micros % 1_000_000n === 0n) return 0;
  return micros % 1000n === 0n ? 3 : 6;
}

/**
 * A measured value: whole and short numbers in full, others with ten digits, with a mark if the value is rounded.
 *
 * @param value the value
 * @param digits how many digits a long number has; with 17, every number is exact
 */
export function measure(value: number, digits?: number): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "infinity" : "\u2212infinity";
  return grouped(numberText(value, digits));
}

/** A number as text with thousands separators and a minus sign as wide as a plus sign. */
export function grouped(text: string): string {
  return text.replace(/^\D*\d{4,}/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ","))
    .replace(/-/g, "\u2212");
}

/**
 * A measured value that lines up with others at the decimal point: missing digits after the point are replaced by
 * spaces as wide as a digit.
 *
 * @param value the value
 * @param decimals digits after the point in the column
 */
export function aligned(value: number, decimals: number): string {
  const text = measure(value);
  if (decimals === 0 || /[a-z]{2}/.test(text)) return text;
  const point = text.indexOf(".");
  const has = point < 0 ? -1 : text.length - point - 1;
  return text + "\u2007".repeat(Math.max(0, decimals - has));
}
