/**
 * Type guards for values of unknown type, from JSON, from a caller or from a thread.
 *
 * @module
 */

/** Whether a value has fields, whose types the caller must check. An array has fields too. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Whether a value is an object in the sense of JSON, so not an array. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
