/**
 * Which redirects are followed: those of a GET to the same origin.
 *
 * Redirects are followed here, because `fetch` would follow them to any origin and turn a POST into a GET. A
 * browser hides the target of a redirect that it does not follow itself, so none is followed there.
 *
 * @module
 */

import type { Answer } from "./_types.ts";

/** More redirects than this in a row are treated as a loop. */
export const MAX_REDIRECTS = 5;

/** A redirect that is not followed, and why. */
export class RejectedRedirect {
  /** The response with the redirect, if it could be read. */
  answer: Answer | undefined;

  /** `why` completes "the server redirects ...". */
  constructor(readonly why: string) {}
}

/** The address to continue with, or undefined if the response is not a redirect. */
export function redirectTarget(
  response: Response,
  method: string,
  url: string,
): string | undefined {
  if (response.type === "opaqueredirect") {
    throw new RejectedRedirect("and a browser does not say where");
  }
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get("location");
  if (location === null) return undefined;
  let target: URL;
  try {
    target = new URL(location, url);
  } catch {
    throw new RejectedRedirect("to something that is not an address");
  }
  if (target.origin !== new URL(url).origin) {
    throw new RejectedRedirect(`to another origin, ${target.origin}`);
  }
  if (method !== "GET") throw new RejectedRedirect(`a ${method}, which only a GET may follow`);
  target.username = target.password = target.hash = "";
  return target.href;
}
