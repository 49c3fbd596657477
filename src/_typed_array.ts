/**
 * Recognises typed arrays of numbers.
 *
 * @module
 */

/** Whether a value is a typed array, of numbers or bigints. */
export function isTypedArray(
  value: unknown,
): value is ArrayBufferView & ArrayLike<number | bigint> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
