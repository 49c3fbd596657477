/**
 * Checks options by name: a misspelt one is rejected, not ignored.
 *
 * @module
 */

import { isRecord } from "./_is_record.ts";
import { shown } from "./_shown.ts";

/**
 * A copy of options without those that are `undefined`, which would hide a default.
 *
 * @param given The options that the caller passed.
 */
export function withoutUndefined<Options extends object>(given: Options): Options {
  const copy = { ...given };
  for (const [name, value] of Object.entries(copy)) {
    if (value === undefined) Reflect.deleteProperty(copy, name);
  }
  return copy;
}

/**
 * Rejects a value that is not an object, or an object with an unknown key.
 *
 * @param given The value that the caller passed.
 * @param names The valid names.
 * @param what The meaning of a name: "option of readCsv", "data point field".
 * @throws {TypeError} With the first unknown name and the valid names.
 */
export function checkNames(given: unknown, names: readonly string[], what: string): void {
  if (!isRecord(given)) {
    const plural = what.replace(/^\w+( field| option)?/, "$&s");
    throw new TypeError(
      `Cannot use ${shown(given)} for the ${plural}: it must be an object with ${names.join(", ")}`,
    );
  }
  for (const name of Object.keys(given)) {
    if (names.includes(name) || given[name] === undefined) continue;
    throw new TypeError(`Cannot use "${name}" as ${what}: the names are ${names.join(", ")}`);
  }
}
