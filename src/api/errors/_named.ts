/**
 * Gives an error class its name, which a minifier may not change and inspection does not repeat.
 *
 * @module
 */

/** Sets the `name` of all errors of a class. */
export function named(of: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(of.prototype, "name", { value: name, configurable: true, writable: true });
}
