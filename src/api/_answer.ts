/**
 * What a successful answer means to the caller.
 *
 * @module
 */
import type { Answered } from "./_client.ts";
import { RestHttpBaseException } from "./errors/rest_http_base_exception.ts";

/** JSON parsed; no body: undefined; anything else: the bytes. */
export function answerValue(method: string, answer: Answered): unknown {
  const { status, headers, bytes, url, attempts } = answer;
  if (status === 204 || status === 205 || bytes.length === 0) return undefined;
  if (!/^application\/(json|[\w.-]+\+json)\b/i.test(headers.get("content-type") ?? "")) {
    return bytes;
  }
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new RestHttpBaseException(
      `Cannot ${method} "${url}": the answer says that it is JSON, but is not`,
      { method, url, status, attempts, cause },
    );
  }
}
