/**
 * Which server credentials may be sent to.
 *
 * @module
 */
import { isLoopback } from "../_loopback.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";

/** The address of the server, without `/api/v1` and without a slash at its end. */
export function domainUrl(domain: unknown): string {
  const wrong = (rule: string) =>
    new ImproperlyConfigured(`Cannot use ${JSON.stringify(domain)} as domain: ${rule}`);
  if (typeof domain !== "string") throw wrong("it is no text");
  let url: URL;
  try {
    url = new URL(domain);
  } catch {
    throw wrong('it is no address such as "https://arch.archfx.io"');
  }
  if (url.username || url.password) {
    throw new ImproperlyConfigured(
      "Cannot use this domain as it holds a user name or password: login() takes them",
    );
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw wrong("it begins with neither https:// nor http://");
  }
  if (url.search || url.hash) throw wrong("it has a query or a fragment");
  // The client adds the prefix: an address that was copied with it would get it twice.
  return url.origin +
    url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "").replace(/\/+$/, "");
}

/** Throws where credentials would cross a network in the clear. */
export function refuseClearText(baseUrl: string, allowInsecureHttp: boolean): void {
  const { protocol, hostname, origin } = new URL(baseUrl);
  if (protocol === "https:" || allowInsecureHttp || isLoopback(hostname)) return;
  throw new ImproperlyConfigured(
    `Cannot send credentials to "${origin}" as it is plain http: use https, ` +
      "or set allowInsecureHttp where the network is trusted",
  );
}
