/** Converts free-form data of a reading to JSON text for the store. JSON has fewer types than msgpack. */
import { exactNumber } from "../http/json.ts";

/**
 * The JSON of summary data or raw data; `null` without data.
 *
 * Bytes become base64 text, a Date ISO text, a bigint its digits, NaN and the infinities their names as
 * text. Keys of a map that are not text are converted to text.
 */
export function freeFormJson(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (isEmptyMap(value)) return null;
  return JSON.stringify(plain(value));
}

function isEmptyMap(value: unknown): boolean {
  if (value instanceof Map) return value.size === 0;
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "number") return exactNumber("", value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) {
    let binary = "";
    for (const byte of value) binary += String.fromCharCode(byte);
    return btoa(binary);
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [keyText(key), plain(item)]));
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return plain(value.toJSON());
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function keyText(key: unknown): string {
  return typeof key === "object" && key !== null ? JSON.stringify(plain(key)) : String(key);
}
