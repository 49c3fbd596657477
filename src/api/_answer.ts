/**
 * Turns a successful response into the value for the caller.
 *
 * @module
 */
import { isMap } from "../_is_record.ts";
import type { Answered } from "./_types.ts";
import { pageError, unreadableError } from "./_describe_error.ts";
import { contentType, isPage, type JsonMap } from "./_error_body.ts";

/**
 * Returns JSON as a value, undefined for an empty body, and any other bytes unchanged. JSON is recognised with
 * any content type. A web page is an error, and so is a body that is declared as JSON but is not valid JSON.
 */
export function answerValue(method: string, answer: Answered): unknown {
  const { status, headers, bytes } = answer;
  if (status === 204 || status === 205 || bytes.length === 0) return undefined;
  const type = contentType(headers);
  if (type !== undefined && /^application\/(json|[\w.-]+\+json)$/.test(type)) {
    return answerJson(method, answer);
  }
  rejectPage(method, answer);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return bytes; // Neither declared as JSON nor valid JSON: a file.
  }
}

/** The JSON of a response, whatever its content type, or a typed error. */
export function answerJson(
  method: string,
  answer: Answered,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  const { bytes, url, attempts, secrets } = answer;
  rejectPage(method, answer);
  try {
    return parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadableError({ method, url }, answer, attempts, secrets, cause);
  }
}

/** Throws if the response is a web page instead of a response of the API. */
export function rejectPage(method: string, answer: Answered): void {
  const { headers, bytes, url, attempts, secrets } = answer;
  if (bytes.length > 0 && isPage(headers, bytes)) {
    throw pageError({ method, url }, answer, attempts, secrets);
  }
}

/** The object in a response that should contain tokens, or an empty one. Errors must not quote its values. */
export function jsonMap(bytes: Uint8Array): JsonMap {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isMap(value) ? value : {};
  } catch {
    return {}; // Without JSON there is no token; the caller reports that.
  }
}

/** Statuses with which a Response cannot have a body. */
const BODILESS = new Set([204, 205, 304]);

/** The response itself, with its address. */
export function rawResponse({ status, headers, bytes, url }: Answered): Response {
  const isValid = status >= 200 && status <= 599;
  const body = BODILESS.has(status) ? null : bytes;
  const response = new Response(body, { status: isValid ? status : 200, headers });
  if (!isValid) Object.defineProperty(response, "status", { value: status });
  return Object.defineProperty(response, "url", { value: url });
}
