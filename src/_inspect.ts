/**
 * Readable inspection of the public classes in Deno, Node and Bun.
 *
 * @module
 */

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
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
