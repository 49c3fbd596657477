/** Writes JSON like the API: with numbers of any kind, and text in UTF-8. */

/** The functions that not every runtime has. */
interface RawJson extends JSON {
  readonly rawJSON?: (text: string) => unknown;
}

const { rawJSON: raw }: RawJson = JSON;

/**
 * The JSON text of a value. A bigint becomes a JSON integer with all its digits, and -0 becomes -0.0. NaN and the
 * infinities become their names as text, because JSON has no numbers for them.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, exactNumber);
}

/** A number or bigint as JSON must write it, for `JSON.stringify`; other values are returned as they are. */
export function exactNumber(_key: string, value: unknown): unknown {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return String(value);
    return Object.is(value, -0) && raw ? raw("-0.0") : value;
  }
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  return raw ? raw(String(value)) : String(value);
}

/** A JSON response. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Response {
  const bytes = new TextEncoder().encode(toJson(body));
  return new Response(bytes, {
    status,
    headers: {
      "Content-Type": "application/json",
      "Content-Length": String(bytes.length),
      ...headers,
    },
  });
}
