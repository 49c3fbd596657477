/**
 * The parts of a request and its response that the log keeps: never a token, a password or a cookie.
 */

const REDACTED = "[redacted]";

/** Names of parameters, headers and fields whose values are secret. */
const SECRET =
  /token|password|secret|cookie|authorization|signature|^(?:jwt|access|refresh|(?:.*[-_])?key)$/i;

/** Fields of a JSON body whose values are secret. */
const SECRET_FIELDS =
  /("(?:[^"\\]*(?:token|password|secret)|jwt|access|refresh|(?:[^"\\]*[-_])?key)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

/** Characters of a body that are kept. */
const LONGEST = 4000;

/** A query without the values of secrets. */
export function withoutSecretParameters(query: URLSearchParams): string {
  const shown = new URLSearchParams();
  for (const [name, value] of query) shown.append(name, SECRET.test(name) ? "..." : value);
  return shown.toString();
}

/** Headers without secrets; of Authorization the scheme stays. */
export function withoutSecretHeaders(headers: Headers): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of headers) {
    const [scheme] = value.trim().split(/\s+/);
    shown[name] = name === "authorization" && scheme !== value.trim()
      ? `${scheme} ${REDACTED}`
      : SECRET.test(name)
      ? REDACTED
      : value;
  }
  return shown;
}

/** The body of a response with status 400 or higher, if it is text; null for any other response. */
export async function errorBody(response: Response): Promise<string | null> {
  if (response.status < 400 || response.body === null) return null;
  const text = await response.clone().text();
  const kept = text.replace(SECRET_FIELDS, `$1"${REDACTED}"`);
  return kept.length > LONGEST ? `${kept.slice(0, LONGEST)}...` : kept;
}
