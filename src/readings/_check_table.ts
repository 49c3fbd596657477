/**
 * Checks the options of a table, one by one and together.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { type ReadPlan, readPlan } from "./_plan.ts";
import { COLUMN_RULES, NDJSON_RULES, optionFaults, throwFault } from "./_rules.ts";
import { checkColumns, checkQuality, checkWide, together } from "./_together.ts";
import type { CsvColumns } from "./csv_options.ts";
import type { ReadOptions } from "./read_options.ts";

/** Options of a table. */
export interface TableOptions extends Omit<ReadOptions, "encoding"> {
  /** The meaning of each column. */
  columns?: CsvColumns;
  /** Whether texts such as `"25.6"` are values. */
  numberTexts?: boolean;
}

/**
 * Checks the options.
 *
 * @returns The options that all readers share, ready for reading.
 */
export function checkTable(options: TableOptions): ReadPlan {
  const plan = readPlan(options, ["columns", "numberTexts"]);
  if (plan.encoding !== undefined) throw together("encoding", "it is for text");
  const { columns = {} } = options;
  checkNames(columns, Object.keys(COLUMN_RULES), "column of a table");
  throwFault([
    ...optionFaults(options, NDJSON_RULES),
    ...optionFaults(columns, COLUMN_RULES, "columns."),
  ]);
  checkQuality(plan, columns);
  checkWide(plan, columns);
  checkColumns(options, columns);
  return plan;
}
