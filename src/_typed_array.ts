/**
 * Typed arrays of numbers among other values.
 *
 * @module
 */

/** Whether a value is a typed array, of numbers or bigints. */
export function isTypedArray(
  value: unknown,
): value is ArrayBufferView & ArrayLike<number | bigint> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
