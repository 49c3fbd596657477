/**
 * Values of unknown type, from JSON, from a caller or from a thread, whose fields are read.
 *
 * @module
 */

/** Whether a value has fields; what each of them is, the caller checks. An array has fields too. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Whether a value is an object as JSON calls it, which an array is not. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
