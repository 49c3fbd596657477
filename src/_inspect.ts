/**
 * Readable inspection of the public classes in Deno, Node and Bun, and their display in notebooks.
 *
 * @module
 */

import { narrowed } from "./_integers.ts";
import { isTypedArray } from "./_typed_array.ts";

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

/** Forms of an object by media type, of which a notebook shows the richest that it can. */
export type Display = Readonly<Record<string, string>>;

/**
 * Makes a Jupyter notebook (with the Deno kernel) show an object as a table and a chart.
 *
 * @param target An object, or the prototype of a class.
 * @param show Gives the forms of one object; what makes them is imported only then.
 */
export function displayable<T extends object>(target: T, show: (it: T) => Promise<Display>): void {
  const value = function (this: T): Promise<Display> {
    return show(this);
  };
  Object.defineProperty(target, Symbol.for("Jupyter.display"), { value, configurable: true });
}

/** Readings as columns, as far as they are shown. */
export interface ShownColumns {
  readonly length: number;
  readonly streams: Uint32Array;
  readonly readingIds: ArrayLike<number | bigint>;
  /** µs since the Unix epoch, UTC. */
  readonly timestamps: BigInt64Array;
  readonly values: Float64Array;
  /** The device of each reading, where they say it. */
  readonly devices?: BigUint64Array;
}

/** A bigint for JSON: a number up to 2^53−1 on either side, decimal text beyond. */
export function jsonInteger(value: number | bigint): number | string {
  if (typeof value === "number") return value;
  const number = narrowed(value);
  return typeof number === "number" ? number : String(number);
}

/** A number for JSON, which has no NaN and no infinities: their names as text. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/**
 * Free-form data for JSON: at any depth, bigints as `jsonInteger` and numbers as `jsonNumber` gives them, maps
 * as objects and typed arrays of numbers as arrays.
 */
export function jsonData(value: unknown): unknown {
  if (typeof value === "bigint") return jsonInteger(value);
  if (typeof value === "number") return jsonNumber(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonData);
  if (isTypedArray(value) && !(value instanceof Uint8Array)) {
    return Array.from<number | bigint, unknown>(value, jsonData);
  }
  const plain = value instanceof Map || Object.getPrototypeOf(value) === null ||
    Object.getPrototypeOf(value) === Object.prototype;
  // What is neither has a form of its own in JSON, such as a Date.
  if (!plain || ("toJSON" in value && typeof value.toJSON === "function")) return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), jsonData(item)]));
}
