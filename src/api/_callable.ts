/**
 * Callable objects whose unknown properties are resources: the machinery under Api and RestResource.
 *
 * What runtimes and test frameworks probe for on any object is never a resource: `await api.org` asks
 * for `then`, `JSON.stringify` for `toJSON`, inspection and comparison for symbols and `constructor`.
 *
 * @module
 */

/** Probed on any object, by the language or by frameworks. */
const PROBED = new Set([
  "then",
  "catch",
  "finally",
  "toJSON",
  "asymmetricMatch",
  "nodeType",
  "tagName",
]);
/** What a name of a resource looks like; others go through a call. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/**
 * A proxy over an arrow function with the given prototype. Members found on the prototype, or defined
 * on the object, are themselves; any other name is `resource(name)`.
 */
export function callable(
  prototype: object,
  call: (...args: unknown[]) => unknown,
  resource: (name: string) => unknown,
  state: (target: object) => void,
): object {
  const target = (...args: unknown[]) => call(...args);
  // A function's own name and length would hide resources of that name.
  delete (target as { name?: string }).name;
  delete (target as { length?: number }).length;
  Object.setPrototypeOf(target, prototype);
  state(target);
  return new Proxy(target, {
    get(target, property, receiver) {
      if (property in target) return Reflect.get(target, property, receiver);
      if (typeof property === "symbol" || PROBED.has(property) || !NAME.test(property)) {
        return undefined;
      }
      return resource(property);
    },
  });
}
