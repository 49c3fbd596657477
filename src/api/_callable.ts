/**
 * Callable objects whose unknown properties are resources: the mechanism behind Api and RestResource.
 *
 * Names that runtimes and test frameworks look up on any object are never resources: `await api.org` asks for
 * `then`, `JSON.stringify` for `toJSON`, inspection and comparison for symbols and `constructor`.
 *
 * @module
 */

/** Names that the language or frameworks look up on any object. */
const PROBED = new Set([
  "then",
  "catch",
  "finally",
  "toJSON",
  "asymmetricMatch",
  "nodeType",
  "tagName",
]);
/** Names that work as properties. Other resources need a call: `api("name")`. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Rules for assigning a property that does not exist. */
interface Assignment {
  /** The object in an error. */
  readonly what: string;
  /** Why a property cannot be set, and what to use instead. */
  readonly why: (name: string) => string;
  /** Whether new properties can be set. A subclass in the application needs its own. */
  readonly open: boolean;
}

/**
 * A proxy over an arrow function with the given prototype. Members of the prototype and of the object are
 * returned unchanged; any other name becomes `resource(name)`.
 */
export function callable(
  prototype: object,
  call: (...args: unknown[]) => unknown,
  resource: (name: string) => unknown,
  state: (target: object) => void,
  assignment: Assignment,
): object {
  const target = (...args: unknown[]) => call(...args);
  // A function's own name and length would hide resources of that name.
  Reflect.deleteProperty(target, "name");
  Reflect.deleteProperty(target, "length");
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
    set(target, property, value, receiver) {
      const isNew = !(property in target);
      if (typeof property === "symbol" || (isNew && assignment.open)) {
        return Reflect.set(target, property, value, receiver);
      }
      // Reflect.set returns false for an accessor without a setter, and replaces a method.
      if (!isNew && Reflect.set(target, property, value, receiver)) return true;
      const { what, why } = assignment;
      throw new TypeError(`Cannot set "${property}" of ${what}: ${why(property)}`);
    },
  });
}
