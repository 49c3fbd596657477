/**
 * Makes the typed error of a call from the answer, or from what came instead of one.
 *
 * The message is what an operator needs to read: what was called, what the server said. Secrets are
 * taken out before anything else looks at the text, since a server may echo what it was sent.
 *
 * @module
 */
import * as errors from "./errors/mod.ts";
import type { HttpErrorDetails } from "./errors/mod.ts";
import { MAX_ERROR_BYTES, TooLarge } from "./_body.ts";
import { isCertificateError } from "./_certificate.ts";
import { RefusedRedirect } from "./_redirect.ts";
import { TimeUp } from "./_scope.ts";

/** A call as errors and logs name it. */
export interface CallName {
  readonly method: string;
  readonly url: string;
}

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly retryAfterMs: number | undefined;
}

/** Beyond this a message is no longer read. */
const LONGEST_TEXT = 500;

/** Replaces secrets in a text, also where they stand in JSON, in JSON within JSON, or in an address. */
export function redact(text: string, secrets: readonly string[]): string {
  for (const secret of secrets) {
    if (secret === "") continue;
    const once = JSON.stringify(secret).slice(1, -1);
    const twice = JSON.stringify(once).slice(1, -1);
    for (const form of new Set([secret, once, twice, encodeURIComponent(secret)])) {
      text = text.replaceAll(form, "***");
    }
  }
  return text;
}

/** The error for an answer that is none of 2xx. `why` says more, where there is more to say. */
export function answerError(
  call: CallName,
  answer: Answer,
  attempts: number,
  secrets: readonly string[],
  why?: string,
): errors.RestHttpBaseException {
  const { status } = answer;
  const { data, ...facts } = answerFacts(answer, secrets);
  const details: HttpErrorDetails = { ...call, ...facts, data, attempts };
  const fields = status === 400 ? fieldErrors(data) : undefined;
  const said = fields ? fieldsText(fields) : bodyText(data);
  const message = `${title(call)}: the server answered ${status}${said && `: ${said}`}` +
    (why ? `; ${why}` : "") + tries(attempts);
  if (fields) return new errors.HttpValidationError(message, details, fields);
  return new (answerClass(status))(message, details);
}

/** The error for an answer of 2xx that cannot be used: `said` is the reason, and `cause` what found it. */
export function unreadableError(
  call: CallName,
  answer: Answer,
  attempts: number,
  secrets: readonly string[],
  cause?: unknown,
  said = "the answer should be JSON, but is not",
): errors.RestHttpBaseException {
  const text = new TextDecoder().decode(answer.bytes);
  const head = { ...answer, bytes: answer.bytes.subarray(0, MAX_ERROR_BYTES) };
  return new errors.RestHttpBaseException(
    `${title(call)}: ${said}`,
    {
      ...call,
      ...answerFacts(head, secrets),
      attempts,
      // The engine quotes what it cannot read, which must not be a secret.
      ...(cause !== undefined && redact(text, secrets) === text ? { cause } : {}),
    },
  );
}

/** What an error tells of the answer, whichever it is. */
function answerFacts(answer: Answer, secrets: readonly string[]) {
  return {
    status: answer.status,
    data: parsed(redact(new TextDecoder().decode(answer.bytes), secrets), answer.headers),
    requestId: answer.headers.get("x-request-id") ?? undefined,
    retryAfterMs: answer.retryAfterMs,
  };
}

/** The error for a call that got no answer, or none that can be used. */
export function failureError(
  call: CallName,
  failure: unknown,
  attempts: number,
  secrets: readonly string[],
): errors.RestHttpBaseException {
  const details = { ...call, attempts };
  const said = (text: string) => `${title(call)}: ${text}${tries(attempts)}`;
  if (failure instanceof TimeUp) {
    const text = failure.limit === "timeoutMs"
      ? `no answer within ${failure.ms} ms (timeoutMs)`
      : `not done within ${failure.ms} ms (totalTimeoutMs)`;
    return new errors.HttpTimeoutError(said(text), details);
  }
  if (failure instanceof RefusedRedirect || failure instanceof TooLarge) {
    const { answer } = failure;
    const text = failure instanceof TooLarge
      ? `the answer is larger than ${failure.limit} bytes`
      : `the server redirects ${failure.why}`;
    return new errors.RestHttpBaseException(said(text), {
      ...details,
      ...(answer && answerFacts(answer, secrets)),
    });
  }
  if (isCertificateError(failure)) {
    return new errors.HttpCouldNotVerifyServerError(
      said(`the server's certificate cannot be verified (${rootText(failure)})`),
      { ...details, cause: failure },
    );
  }
  return new errors.HttpNetworkError(said(`the connection failed (${rootText(failure)})`), {
    ...details,
    cause: failure,
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
  if (status >= 500) return errors.HttpServerError;
  return status >= 400 ? errors.HttpClientError : errors.RestHttpBaseException;
}

function parsed(text: string, headers: Headers): unknown {
  if (text === "") return undefined;
  if (!/json/i.test(headers.get("content-type") ?? "json")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // Labelled as JSON, or without a label, and none: the text tells more than nothing.
  }
}

/** `{field: ["...", ...]}`, with nested maps and lists of DRF's nested serializers flattened. */
function fieldErrors(data: unknown): Record<string, string[]> | undefined {
  if (!isMap(data)) return undefined;
  const values = Object.values(data);
  if (
    values.length === 0 || !values.every((value) => typeof value === "object" && value !== null)
  ) {
    return undefined;
  }
  const fields: Record<string, string[]> = {};
  const walk = (name: string, value: unknown) => {
    if (isMap(value)) {
      for (const [inner, below] of Object.entries(value)) {
        walk(name ? `${name}.${inner}` : inner, below);
      }
    } else if (Array.isArray(value)) {
      value.forEach((below, index) => walk(isMap(below) ? `${name}.${index}` : name, below));
    } else (fields[name] ??= []).push(String(value));
  };
  walk("", data);
  return fields;
}

function fieldsText(fields: Record<string, string[]>): string {
  return shortened(
    Object.entries(fields).map(([name, texts]) => `${name}: ${texts.join(" ")}`).join("; "),
  );
}

/** What the five shapes of the server's errors say, without their wrapping. */
function bodyText(data: unknown): string {
  if (data === undefined) return "";
  if (typeof data === "string") return shortened(/^\s*</.test(data) ? htmlText(data) : data);
  if (Array.isArray(data) && data.every((one) => typeof one === "string")) {
    return shortened(data.join("; "));
  }
  if (isMap(data)) {
    for (const key of ["detail", "error"]) {
      if (typeof data[key] === "string") return shortened(data[key]);
    }
  }
  return shortened(JSON.stringify(data));
}

function htmlText(html: string): string {
  const titled = /<title>([^<]*)<\/title>/i.exec(html)?.[1];
  return titled ?? html.replace(/<(style|script)[^]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ");
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim().replace(/\.$/, "");
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}...` : line;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The innermost cause: runtimes wrap it in "fetch failed". */
function rootText(error: unknown): string {
  let at = error;
  for (let depth = 0; at instanceof Error && at.cause instanceof Error && depth < 8; depth++) {
    at = at.cause;
  }
  if (!(at instanceof Error)) return String(at);
  const { code } = at as { code?: unknown };
  return at.message || (typeof code === "string" ? code : at.name);
}
