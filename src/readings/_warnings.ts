/**
 * Warnings about readings that were read without an error.
 *
 * @module
 */
import { formatMicros } from "../codec/timestamps.ts";
import type { RowMaker } from "./_row_maker.ts";
import { cut } from "./problem.ts";
import type { ReadWarning } from "./read_options.ts";

function counted(count: number): string {
  return count === 1 ? "1 reading is" : `${count} readings are`;
}

/** The warnings of a reader. */
export function readWarnings({ seen, plan, stage }: RowMaker): ReadWarning[] {
  const warnings: ReadWarning[] = [];
  if (seen.naive && !plan.clock) {
    warnings.push({ kind: "utc", message: "Times without a zone are read as UTC" });
  }
  const { early, firstEarly, late, firstLate } = stage.times;
  if (early > 0) {
    const message = `${counted(early)} before 2000: the first at ${formatMicros(firstEarly)}`;
    warnings.push({ kind: "early", message });
  }
  if (late > 0) {
    const message = `${counted(late)} more than a day ahead of the clock: the first at ${
      formatMicros(firstLate)
    }`;
    warnings.push({ kind: "ahead", message });
  }
  for (
    const [what, bare, other] of [
      ["streams", seen.bareStreams, seen.otherStreams],
      ["devices", seen.bareDevices, seen.otherDevices],
    ] as const
  ) {
    if (bare && !other) {
      const message = `The ${what} consist of the digits 0 to 9, and are read as hexadecimal`;
      warnings.push({ kind: "hexadecimal", message });
    }
  }
  const missing = [...plan.tags ?? []].filter(([, tag]) => !tag.seen).map(([name]) => name);
  if (missing.length > 0) {
    const names = missing.slice(0, 5).map((name) => JSON.stringify(cut(name))).join(", ");
    const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
    warnings.push({ kind: "tags", message: `These tags do not occur: ${names}${more}` });
  }
  return warnings;
}
