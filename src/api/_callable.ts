/**
 * Callable objects whose unknown properties are resources: the mechanism below Api and RestResource.
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
/** The form of a name of a resource; others go through a call. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Rules for assigning a property that does not exist. */
interface Assignment {
  /** The object in an error. */
  readonly what: string;
  /** Why a property cannot be set, and what to use instead. */
  readonly why: (name: string) => string;
  /** Whether new properties can be set: a class of the application has its own. */
  readonly open: boolean;
}

/**
 * A proxy over an arrow function with the given prototype. Members found on the prototype, or defined
 * on the object, are themselves; any other name is `resource(name)`.
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
      // An accessor without a setter returns false, and a method is replaced.
      if (!isNew && Reflect.set(target, property, value, receiver)) return true;
      const { what, why } = assignment;
      throw new TypeError(`Cannot set "${property}" of ${what}: ${why(property)}`);
    },
  });
}
