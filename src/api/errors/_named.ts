/**
 * Gives an error class its name, so that a minifier cannot change it and inspection does not show it twice.
 *
 * @module
 */

/** Sets the `name` of all errors of a class. */
export function named(of: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(of.prototype, "name", { value: name, configurable: true, writable: true });
}
