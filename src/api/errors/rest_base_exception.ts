/**
 * RestBaseException, the root of the REST client's errors.
 *
 * @module
 */
import { named } from "./_named.ts";

/**
 * The base class of every error of the REST client that is not a wrong argument.
 *
 * @example
 * ```ts
 * import { HttpNotFoundError, RestBaseException } from "@archfx/cloud";
 * import { assert } from "@std/assert";
 *
 * const error = new HttpNotFoundError("Cannot GET", { method: "GET", url: "https://arch.archfx.io" });
 * assert(error instanceof RestBaseException);
 * ```
 */
export class RestBaseException extends Error {
  static {
    named(this, "RestBaseException");
  }

  /**
   * Makes the error.
   *
   * @param message What could not be done, and why.
   * @param options The error that caused this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }

  /**
   * The error for JSON: name and message, without the stack.
   *
   * @returns A plain object.
   */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message };
  }
}
