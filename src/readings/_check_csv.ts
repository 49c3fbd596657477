/**
 * Checks the options of readCsv, one by one and together.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { csvLayout } from "./_csv_layout.ts";
import { type ReadPlan, readPlan } from "./_plan.ts";
import { COLUMN_RULES, CSV_RULES, optionError, optionFaults, throwFault } from "./_rules.ts";
import { checkColumns, checkQuality, checkWide, together } from "./_together.ts";
import type { CsvOptions } from "./csv_options.ts";

/**
 * Checks the options.
 *
 * @returns The options that CSV and NDJSON share, ready for reading.
 */
export function checkCsv(options: CsvOptions): ReadPlan {
  const plan = readPlan(options, ["columns", ...Object.keys(CSV_RULES)]);
  const { columns = {}, header = true } = options;
  checkNames(columns, Object.keys(COLUMN_RULES), "column of readCsv");
  throwFault([
    ...optionFaults(options, CSV_RULES),
    ...optionFaults(columns, COLUMN_RULES, "columns."),
  ]);
  checkTogether(options, plan);
  // Without a header, wrong columns are found at once.
  if (!header) csvLayout(columns, plan, null);
  return plan;
}

/** Finds options that contradict each other. */
function checkTogether(options: CsvOptions, plan: ReadPlan): void {
  const { columns = {}, header = true } = options;
  checkQuality(plan, columns);
  checkWide(plan, columns);
  if (!header) {
    for (const name of ["headerRows", "unitRow"] as const) {
      if (options[name]) throw together(name, "option header is false, so the text has no header");
    }
  }
  checkColumns(options, columns);
  const { quote = '"', delimiter = ",", decimal = ".", comment, escape } = options;
  for (const [name, value] of [["quote", quote], ["escape", escape]] as const) {
    if (value !== undefined && (value === decimal || /^[0-9]$/.test(value))) {
      throw optionError(name, value, "a character that does not occur in numbers");
    }
  }
  if (comment !== undefined && comment === quote) {
    throw optionError("comment", comment, "different from option quote");
  }
  if (quote !== "" && quote !== "none" && delimiter.includes(quote)) {
    throw optionError("delimiter", delimiter, "different from option quote");
  }
  if (comment !== undefined && comment === delimiter) {
    throw optionError("comment", comment, "different from option delimiter");
  }
  if (escape !== undefined && delimiter.includes(escape)) {
    throw optionError("escape", escape, "different from option delimiter");
  }
}
