/**
 * Checks the options of readNdjson, one by one and together.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { jsonKeys } from "./_json_keys.ts";
import { type ReadPlan, readPlan } from "./_plan.ts";
import { COLUMN_RULES, KEY_RULES, NDJSON_RULES, optionFaults, throwFault } from "./_rules.ts";
import { checkColumns, together } from "./_together.ts";
import type { NdjsonOptions } from "./ndjson_options.ts";

/**
 * Checks the options.
 *
 * @returns The options that CSV and NDJSON share, ready for reading, and the meaning of each key.
 */
export function checkNdjson(
  options: NdjsonOptions,
): { plan: ReadPlan; keys: ReturnType<typeof jsonKeys> } {
  const plan = readPlan(options, ["keys", "columns", "numberTexts"]);
  const { keys = {}, columns = {} } = options;
  checkNames(keys, Object.keys(KEY_RULES), "key of readNdjson");
  checkNames(columns, Object.keys(COLUMN_RULES), "column of readNdjson");
  throwFault([
    ...optionFaults(options, NDJSON_RULES),
    ...optionFaults(keys, KEY_RULES, "keys."),
    ...optionFaults(columns, COLUMN_RULES, "columns."),
  ]);
  checkColumns(options, { ...keys, ...columns });
  const isNumber = [options.timeFormat].flat().some((it) => /^(?:epoch-|excel)/.test(it ?? ""));
  for (const name of ["decimal", "thousands"] as const) {
    if (options[name] === undefined || options.numberTexts) continue;
    if (name === "decimal" && isNumber) continue;
    throw together(
      name,
      "in JSON it needs option numberTexts, because it applies to numbers that are texts",
    );
  }
  const known = jsonKeys(plan, keys, columns);
  if (known.quality === undefined && plan.good) {
    throw together("good", "it needs option columns.quality, the key of the qualities");
  }
  if (known.quality !== undefined && !plan.good) {
    throw together(
      "columns.quality",
      "it needs option good, the list of good qualities",
    );
  }
  return { plan, keys: known };
}
