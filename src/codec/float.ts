/**
 * Float, a number that is written as a float even if it is whole.
 *
 * @module
 */
import { inspectable, jsonNumber } from "../_inspect.ts";

/**
 * A number in free-form data that is written as a float even if it is whole: Python distinguishes 5 from 5.0,
 * JavaScript does not.
 *
 * @example
 * ```ts
 * import { ArchFXDataPoint, Float } from "@archfx/cloud";
 *
 * new ArchFXDataPoint({
 *   timestamp: new Date(),
 *   stream: 0x5001,
 *   value: 20.5,
 *   summaryData: { limit: new Float(5), count: 5 },
 * });
 * ```
 */
export class Float {
  /** The number. */
  readonly value: number;

  /**
   * Wraps a number.
   *
   * @param value The number.
   * @throws {TypeError} If it is not a number.
   */
  constructor(value: number) {
    if (typeof value !== "number") {
      throw new TypeError(`Cannot make a Float of a ${typeof value}: it takes a number`);
    }
    this.value = value;
  }

  /** The number, so that arithmetic works. */
  valueOf(): number {
    return this.value;
  }

  /** The number as text. */
  toString(): string {
    return String(this.value);
  }

  /** The number; NaN and the infinities as text, since JSON does not have them. */
  toJSON(): number | string {
    return jsonNumber(this.value);
  }

  static {
    inspectable(Float.prototype, (it) => `Float(${it.value})`);
  }
}
