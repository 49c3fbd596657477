/**
 * Reads times that are numbers, not texts: in JSON, Parquet and Arrow.
 *
 * @module
 */
import { formatMicros, timestampMicros } from "../codec/timestamps.ts";
import type { CellFault, RowMaker } from "./_row_maker.ts";
import { epochOf, LAST_MICROS, type TextTime } from "./_time_text.ts";

/** The years 2000 to 9999 in milliseconds. */
const YEAR_2000 = 946684800000;
const LAST_MS = 253402300799999;
const FIRST_MS = -62135596800000;

/**
 * Reads a number by option `timeFormat`; without the option as milliseconds since 1970, if it cannot be another unit.
 */
export function numberTime(
  maker: RowMaker,
  value: number | bigint,
  text: string,
): TextTime | CellFault {
  if (maker.plan.timeFormats !== undefined) return maker.time(text);
  const ms = Number(value);
  if (!(ms >= YEAR_2000 && ms <= LAST_MS)) {
    const unit = epochOf(text, LAST_MICROS);
    if (unit !== undefined && unit !== "epoch-ms") {
      const year = ms >= FIRST_MS && ms <= LAST_MS
        ? `in ${formatMicros(timestampMicros(ms)).slice(0, 4)}`
        : "after the year 9999";
      return {
        bare: true,
        text,
        rule: `is ${year} as milliseconds since 1970`,
        hints: [{ option: "timeFormat", value: unit }],
      };
    }
  }
  if (!(ms >= FIRST_MS && ms <= LAST_MS)) {
    return { bare: true, text, rule: "is not in the years 1 to 9999" };
  }
  return { micros: timestampMicros(ms), naive: false };
}
