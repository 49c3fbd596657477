/**
 * Options are known by name: a misspelt one is refused, not passed over.
 *
 * @module
 */

import { shown } from "./_shown.ts";

/**
 * Refuses what is no object, and an object with a key that is none of the names.
 *
 * @param given What the caller handed over.
 * @param names The names that there are.
 * @param what What a name stands for: "option of readCsv", "data point field".
 * @throws {TypeError} With the first unknown name and those that there are.
 */
export function checkNames(given: unknown, names: readonly string[], what: string): void {
  if (typeof given !== "object" || given === null) {
    const plural = what.replace(/^\w+( field| option)?/, "$&s");
    throw new TypeError(
      `Cannot use ${shown(given)} for the ${plural}: it must be an object with ${names.join(", ")}`,
    );
  }
  for (const name of Object.keys(given)) {
    if (names.includes(name) || (given as Record<string, unknown>)[name] === undefined) continue;
    throw new TypeError(`Cannot use "${name}" as ${what}: there are ${names.join(", ")}`);
  }
}
