/**
 * Finds options that have no effect together with others. Programs may pass them, but a person who types an option
 * expects it to have an effect.
 *
 * @module
 */
import { together } from "./_together.ts";
import { Zone } from "./_zone.ts";
import type { ReadOptions } from "./read_options.ts";

/** Whether times of a format always have a zone. */
function saysZone(format: string): boolean {
  return format.startsWith("epoch-") || /(?:^|[^%])(?:%%)*%z/.test(format);
}

function listOf(timeFormat: ReadOptions["timeFormat"]): readonly string[] {
  return timeFormat === undefined ? [] : typeof timeFormat === "string" ? [timeFormat] : timeFormat;
}

/**
 * Checks that each option has an effect.
 *
 * @param options The options, each of which is valid.
 * @param columns The meaning of the columns or keys.
 * @throws {TypeError} If an option has no effect; the error names both options.
 */
export function checkEffects(options: ReadOptions, columns: object): void {
  const { timeZone, ambiguousTime } = options;
  const formats = listOf(options.timeFormat);
  if (ambiguousTime !== undefined && timeZone === undefined) {
    throw together("ambiguousTime", "it needs option timeZone, the zone whose clocks go back");
  }
  if (ambiguousTime !== undefined && timeZone !== undefined && new Zone(timeZone).isFixed) {
    throw together("ambiguousTime", `no time occurs twice in option timeZone "${timeZone}"`);
  }
  if (timeZone !== undefined && formats.length > 0 && formats.every(saysZone)) {
    throw together(
      "timeZone",
      `it has no effect, since times of option timeFormat "${formats.join('", "')}" have a zone`,
    );
  }
  const timestamp = "timestamp" in columns ? columns.timestamp : undefined;
  const isNumber = (format: string) => format.startsWith("epoch-") || format === "excel";
  if (Array.isArray(timestamp) && timestamp.length > 1 && formats.some(isNumber)) {
    throw together(
      "timeFormat",
      `"${
        formats.find(isNumber)
      }" is for one column, but option columns.timestamp names ${timestamp.length}`,
    );
  }
}
