/**
 * Makes the typed error of a call from its response or its failure.
 *
 * The message says what an operator needs: the call, and what the server said. Secrets are removed before the
 * text is used, because a server may repeat what it received.
 *
 * @module
 */
import * as errors from "./errors/mod.ts";
import { MAX_ERROR_BYTES, TooLarge } from "./_body.ts";
import { codeOf, isCertificateError } from "./_certificate.ts";
import { bodyText, contentType, fieldErrors, fieldsText, jsonOrText } from "./_error_body.ts";
import { RejectedRedirect } from "./_redirect.ts";
import { TimeLimit } from "./_scope.ts";
import { redact, redactJson } from "./_secrets.ts";
import type { Answer, CallName } from "./_types.ts";

/** The error for a response with a status other than 2xx. `why` adds to what the server says. */
export function answerError(
  call: CallName,
  answer: Answer,
  attempts: number,
  secrets: readonly string[],
  why?: string,
): errors.RestHttpBaseException {
  const { status } = answer;
  const { data, ...facts } = answerFacts(answer, secrets);
  const details: errors.HttpErrorDetails = { ...call, ...facts, data, attempts };
  const fields = status === 400 ? fieldErrors(data) : undefined;
  const said = fields ? fieldsText(fields) : bodyText(data);
  const message = `${title(call)}: the server answered ${status}${said && `: ${said}`}` +
    (why ? `; ${why}` : "") + tries(attempts);
  if (fields) return new errors.HttpValidationError(message, details, fields);
  return new (answerClass(status))(message, details);
}

/** The error for a response that cannot be used. `said` is the reason, `cause` the error that was caught. */
export function unreadableError(
  call: CallName,
  answer: Answer,
  attempts: number,
  secrets: readonly string[],
  cause?: unknown,
  said = "the response should be JSON, but is not",
): errors.RestHttpBaseException {
  const text = new TextDecoder().decode(answer.bytes);
  const head = { ...answer, bytes: answer.bytes.subarray(0, MAX_ERROR_BYTES) };
  const header = answer.headers.get("content-type");
  const type = header === null ? "no content type" : redact(bodyText(header), secrets);
  return new errors.RestHttpBaseException(
    `${title(call)}: ${said} (status ${answer.status}, ${type})` +
      tries(attempts),
    {
      ...call,
      ...answerFacts(head, secrets),
      attempts,
      // The engine quotes the text that it cannot read, which may contain a secret.
      ...(cause !== undefined && redact(text, secrets) === text ? { cause } : {}),
    },
  );
}

/** The error for a web page: something other than the API answered. */
export function pageError(
  call: CallName,
  answer: Answer,
  attempts: number,
  secrets: readonly string[],
): errors.RestHttpBaseException {
  const { bytes } = answer;
  const text = bodyText(redact(new TextDecoder().decode(bytes.subarray(0, 65536)), secrets));
  return unreadableError(
    call,
    answer,
    attempts,
    secrets,
    undefined,
    `the response is a web page, not a response of the API${text && `: "${text}"`}; ` +
      "check the address, and whether a sign-in page or a proxy answers instead",
  );
}

/** The part of an error that describes the response. */
function answerFacts(answer: Answer, secrets: readonly string[]) {
  const { status, headers, retryAfterMs } = answer;
  const id = headers.get("x-request-id");
  return {
    status,
    data: redactJson(jsonOrText(new TextDecoder().decode(answer.bytes), headers), secrets),
    requestId: id === null ? undefined : redact(id, secrets),
    contentType: contentType(headers),
    retryAfterMs,
  };
}

/** The error for a call without a response, or with one that must not be used. */
export function failureError(
  call: CallName,
  failure: unknown,
  attempts: number,
  secrets: readonly string[],
): errors.RestHttpBaseException {
  const details = { ...call, attempts };
  const said = (text: string) => `${title(call)}: ${text}${tries(attempts)}`;
  if (failure instanceof TimeLimit) {
    const text = failure.limit === "timeoutMs"
      ? `no response within ${failure.ms} ms (timeoutMs)`
      : `not done within ${failure.ms} ms (totalTimeoutMs)`;
    return new errors.HttpTimeoutError(said(text), details);
  }
  if (failure instanceof RejectedRedirect || failure instanceof TooLarge) {
    const { answer } = failure;
    const text = failure instanceof TooLarge
      ? `the response is larger than ${failure.limit} bytes`
      : `the server redirects ${failure.why}`;
    return new errors.RestHttpBaseException(said(text), {
      ...details,
      ...(answer && answerFacts(answer, secrets)),
    });
  }
  const root = rootText(failure);
  const reason = redact(root, secrets);
  // The runtime's message may quote a header.
  const cause = reason === root ? { cause: failure } : {};
  if (isCertificateError(failure)) {
    return new errors.HttpCouldNotVerifyServerError(
      said(`the server's certificate cannot be verified (${reason})`),
      { ...details, ...cause },
    );
  }
  return new errors.HttpNetworkError(said(`the connection failed (${reason})`), {
    ...details,
    ...cause,
  });
}

function title({ method, url }: CallName): string {
  return `Cannot ${method} "${url}"`;
}

function tries(attempts: number): string {
  return attempts > 1 ? ` (${attempts} attempts)` : "";
}

function answerClass(status: number): typeof errors.HttpClientError {
  if (status === 401) return errors.HttpAuthenticationError;
  if (status === 403) return errors.HttpPermissionError;
  if (status === 404) return errors.HttpNotFoundError;
  if (status === 429) return errors.HttpRateLimitError;
  if (status >= 500 && status <= 599) return errors.HttpServerError;
  return status >= 400 && status <= 499 ? errors.HttpClientError : errors.RestHttpBaseException;
}

/** The innermost cause, because runtimes wrap it in "fetch failed". */
function rootText(error: unknown): string {
  let at = error;
  for (let depth = 0; at instanceof Error && at.cause instanceof Error && depth < 8; depth++) {
    at = at.cause;
  }
  if (!(at instanceof Error)) return String(at);
  return at.message || (codeOf(at) ?? at.name);
}
