/**
 * The address of the server, and whether credentials may be sent there.
 *
 * @module
 */
import { isLoopback } from "../_loopback.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";

/** The address of the server, without `/api/v1` and without a slash at its end. */
export function domainUrl(domain: unknown): string {
  const wrong = (rule: string) =>
    new ImproperlyConfigured(`Cannot use ${JSON.stringify(domain)} as domain: ${rule}`);
  if (typeof domain !== "string") throw wrong("it must be text");
  let url: URL;
  try {
    url = new URL(domain);
  } catch {
    throw wrong('it must be an address such as "https://arch.archfx.io"');
  }
  if (url.username || url.password) {
    throw new ImproperlyConfigured(
      "Cannot use this domain: it contains a user name or password, which login() takes instead",
    );
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw wrong("it must begin with https:// or http://");
  }
  if (url.search || url.hash) throw wrong("it must not have a query or a fragment");
  // The client adds the prefix, so it is removed from an address that already has it.
  return url.origin +
    url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "").replace(/\/+$/, "");
}

/** Throws if credentials would be sent over a network unencrypted. */
export function rejectClearText(baseUrl: string, allowInsecureHttp: boolean): void {
  const { protocol, hostname, origin } = new URL(baseUrl);
  if (protocol === "https:" || allowInsecureHttp || isLoopback(hostname)) return;
  throw new ImproperlyConfigured(
    `Cannot send credentials to "${origin}": it is plain http; use https, ` +
      "or set allowInsecureHttp if you trust the network",
  );
}
