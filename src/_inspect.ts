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
 * @param describe Returns the text for one object.
 */
export function inspectable<T extends object>(prototype: T, describe: (it: T) => string): void {
  const value = function (this: T): string {
    return describe(this);
  };
  for (const name of ["Deno.customInspect", "nodejs.util.inspect.custom"]) {
    Object.defineProperty(prototype, Symbol.for(name), { value, configurable: true });
  }
}

/** Forms of an object by media type; a notebook shows the richest form that it supports. */
export type Display = Readonly<Record<string, string>>;

/**
 * Makes a Jupyter notebook (with the Deno kernel) show an object as a table and a chart.
 *
 * @param target An object, or the prototype of a class.
 * @param show Returns the forms of one object; the code for this is imported only then.
 */
export function displayable<T extends object>(target: T, show: (it: T) => Promise<Display>): void {
  const value = function (this: T): Promise<Display> {
    return show(this);
  };
  Object.defineProperty(target, Symbol.for("Jupyter.display"), { value, configurable: true });
}

/** The columns of readings that are shown. */
export interface ShownColumns {
  readonly length: number;
  readonly streams: Uint32Array;
  readonly readingIds: ArrayLike<number | bigint>;
  /** µs since the Unix epoch, UTC. */
  readonly timestamps: BigInt64Array;
  readonly values: Float64Array;
  /** The device of each reading, if the readings have devices. */
  readonly devices?: BigUint64Array;
}

/** An integer for JSON: a number from −(2^53−1) to 2^53−1, otherwise decimal text. */
export function jsonInteger(value: number | bigint): number | string {
  if (typeof value === "number") return value;
  const number = narrowed(value);
  return typeof number === "number" ? number : String(number);
}

/** A number for JSON: NaN and the infinities, which JSON does not have, become their names. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/**
 * Free-form data for JSON: at any depth, `jsonInteger` converts bigints and `jsonNumber` numbers; maps become objects
 * and typed arrays of numbers become arrays.
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
  // Other objects, such as a Date, have their own form in JSON.
  if (!plain || ("toJSON" in value && typeof value.toJSON === "function")) return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), jsonData(item)]));
}
