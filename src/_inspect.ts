/**
 * Readable inspection of the public classes in Deno, Node and Bun.
 *
 * @module
 */

import { narrowed } from "./_integers.ts";

/**
 * Makes `console.log` of an object show the given text. Call it in a static block of the class.
 *
 * @param prototype The prototype of the class.
 * @param describe Gives the text for one object.
 */
export function inspectable<T extends object>(prototype: T, describe: (it: T) => string): void {
  const value = function (this: T): string {
    return describe(this);
  };
  for (const name of ["Deno.customInspect", "nodejs.util.inspect.custom"]) {
    Object.defineProperty(prototype, Symbol.for(name), { value, configurable: true });
  }
}

/** A bigint for JSON: a number up to 2^53−1 on either side, decimal text beyond. */
export function jsonInteger(value: number | bigint): number | string {
  if (typeof value === "number") return value;
  const number = narrowed(value);
  return typeof number === "number" ? number : String(number);
}

/** Free-form data for JSON: bigints at any depth as `jsonInteger` gives them, maps as objects. */
export function jsonData(value: unknown): unknown {
  if (typeof value === "bigint") return jsonInteger(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonData);
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    return Array.from(value, jsonInteger);
  }
  const plain = value instanceof Map || Object.getPrototypeOf(value) === null ||
    Object.getPrototypeOf(value) === Object.prototype;
  // What is neither has a form of its own in JSON, such as a Date.
  if (!plain || typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), jsonData(item)]));
}
