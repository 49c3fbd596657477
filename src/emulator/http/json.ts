/** JSON as the API writes it: integers of any size, no NaN, text in UTF-8. */

const raw = (JSON as unknown as { rawJSON?: (text: string) => unknown }).rawJSON;

/**
 * The JSON text of a value. A bigint becomes a JSON integer of all its digits; NaN and infinities
 * become null, since JSON has no word for them.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, bigintAsInteger);
}

function bigintAsInteger(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  return raw ? raw(String(value)) : String(value);
}

/** A JSON answer. */
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
