/**
 * The error for an invalid slug.
 *
 * @module
 */
import { jsonData } from "../_inspect.ts";
import { shown } from "../_shown.ts";

/**
 * Thrown for an invalid slug: it names the value and the rule that the value breaks. A value of the wrong type (a
 * boolean, `null`, an object) is a `TypeError` instead.
 *
 * @example
 * ```ts
 * import { ArchFxDeviceSlug, SlugError } from "@archfx/cloud/slugs";
 * import { assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => new ArchFxDeviceSlug("d--12x4"), SlugError);
 * console.log(error.rule); // "x" at character 6 is not a hexadecimal digit
 * ```
 */
export class SlugError extends RangeError {
  /** Always `"SlugError"`. */
  override readonly name = "SlugError";
  /** The value that was rejected. */
  readonly input: unknown;
  /** The rule that it breaks. */
  readonly rule: string;

  /**
   * Makes the error for a value.
   *
   * @param input The value that was rejected.
   * @param target What the value should be, such as `a device slug`.
   * @param rule The rule that it breaks.
   */
  constructor(input: unknown, target: string, rule: string) {
    super(`Cannot read ${shown(input)} as ${target}: ${rule}`);
    this.input = input;
    this.rule = rule;
  }

  /**
   * The error for JSON: name, message, input and rule, without the stack.
   *
   * @returns A plain object.
   */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, input: jsonData(this.input), rule: this.rule };
  }
}
