/**
 * FactoryMapError, a factory map that could not be read to its end, with the part that was.
 *
 * @module
 */
import type { FactoryMap } from "../factory_map.ts";
import { named } from "./_named.ts";
import { RestBaseException } from "./rest_base_exception.ts";

/**
 * A factory map that was aborted or failed. `partial` is what was read, to resume from; `cause` is the
 * error, or the reason of the abort.
 *
 * @example
 * ```ts
 * import { Api, factoryMap, FactoryMapError } from "@archfx/cloud";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const stopped = factoryMap(new Api(), { signal: AbortSignal.abort() });
 * const error = await assertRejects(() => stopped, FactoryMapError);
 * assertEquals(error.partial.rows(), []);
 * ```
 */
export class FactoryMapError extends RestBaseException {
  static {
    named(this, "FactoryMapError");
  }

  /** What was read. */
  declare readonly partial: FactoryMap;

  /**
   * Makes the error.
   *
   * @param message What could not be done, and why.
   * @param partial What was read.
   * @param options The error that caused this one.
   */
  constructor(message: string, partial: FactoryMap, options?: ErrorOptions) {
    super(message, options);
    // Out of sight: an error that is printed need not print a factory.
    Object.defineProperty(this, "partial", { value: partial });
  }

  /**
   * The error for JSON: name, message and how much was read, without the stack.
   *
   * @returns A plain object.
   */
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), partial: String(this.partial) };
  }
}
