/**
 * What a successful answer means to the caller.
 *
 * @module
 */
import type { Answered } from "./_client.ts";
import { unreadableError } from "./_describe_error.ts";

/** JSON parsed; no body: undefined; anything else: the bytes. */
export function answerValue(method: string, answer: Answered): unknown {
  const { status, headers, bytes } = answer;
  if (status === 204 || status === 205 || bytes.length === 0) return undefined;
  if (!/^application\/(json|[\w.-]+\+json)\b/i.test(headers.get("content-type") ?? "")) {
    return bytes;
  }
  return answerJson(method, answer);
}

/** The JSON of an answer, whatever it says that it is, or a typed error. */
export function answerJson(
  method: string,
  answer: Answered,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  const { bytes, url, attempts, secrets } = answer;
  try {
    return parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadableError({ method, url }, answer, attempts, secrets, cause);
  }
}

/** The map in an answer that should hold tokens, which no error may quote; empty where there is none. */
export function jsonMap(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {}; // No JSON, so no token: that is what the caller reports.
  }
}
