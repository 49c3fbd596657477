/**
 * Options that have no effect beside others. A program may pass them all the same; a person who types them expects something.
 *
 * @module
 */
import { together } from "./_together.ts";
import { Zone } from "./_zone.ts";
import type { ReadOptions } from "./read_options.ts";

/** Whether a format always says the zone. */
function saysZone(format: string): boolean {
  return format.startsWith("epoch-") || /(?:^|[^%])(?:%%)*%z/.test(format);
}

function listOf(timeFormat: ReadOptions["timeFormat"]): readonly string[] {
  return timeFormat === undefined ? [] : typeof timeFormat === "string" ? [timeFormat] : timeFormat;
}

/**
 * Checks that each option has an effect.
 *
 * @param options The options, which are valid one by one.
 * @param columns Which column or key is what.
 * @throws {TypeError} With the names of both options.
 */
export function checkEffects(options: ReadOptions, columns: object): void {
  const { timeZone, ambiguousTime } = options;
  const formats = listOf(options.timeFormat);
  if (ambiguousTime !== undefined && timeZone === undefined) {
    throw together("ambiguousTime", "it needs option timeZone, whose clocks are put back");
  }
  if (ambiguousTime !== undefined && timeZone !== undefined && new Zone(timeZone).isFixed) {
    throw together("ambiguousTime", `no time occurs twice in option timeZone "${timeZone}"`);
  }
  if (timeZone !== undefined && formats.length > 0 && formats.every(saysZone)) {
    throw together(
      "timeZone",
      `it has no effect, since times of option timeFormat "${formats.join('", "')}" say their zone`,
    );
  }
  const timestamp = "timestamp" in columns ? columns.timestamp : undefined;
  const isNumber = (format: string) => format.startsWith("epoch-") || format === "excel";
  if (Array.isArray(timestamp) && timestamp.length > 1 && formats.some(isNumber)) {
    throw together(
      "timeFormat",
      `"${
        formats.find(isNumber)
      }" is for one column, and option columns.timestamp names ${timestamp.length}`,
    );
  }
}
