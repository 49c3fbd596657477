/**
 * Reads the address of a cloud in the forms that people write.
 *
 * @module
 */
import { isLoopback } from "./_loopback.ts";

/**
 * Reads an address: `https://arch.archfx.io`, `arch.archfx.io`, `localhost:8000`.
 *
 * @param text The address. Without a scheme, it is https, or http for this machine.
 * @param name The source of the address, for errors: `--domain`.
 * @param allowHttp Whether http to another machine is accepted.
 * @param how The option by which the user allows that, for errors.
 * @returns The origin.
 * @throws {RangeError} If it is not the address of a cloud.
 */
export function cloudAddress(
  text: string,
  name: string,
  allowHttp: boolean,
  how = "--allow-http",
): string {
  const url = parsed(text.trim());
  const invalid = (shown: string, rule: string) =>
    new RangeError(`Cannot use "${shown}" as ${name}: ${rule}`);
  if (url === undefined) throw invalid(text, "it must be like https://arch.archfx.io");
  if (!/^https?:$/.test(url.protocol) || !/^\/*$/.test(url.pathname) || url.search || url.hash) {
    throw invalid(url.username ? url.host : text, "it must be like https://arch.archfx.io");
  }
  if (url.username || url.password) {
    throw new RangeError(
      `Cannot use a user name or password as part of ${name}: see "archfx login"`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowHttp) {
    throw invalid(
      text,
      `it must be https, since passwords and tokens would go unencrypted; in a network that you ` +
        `trust, use ${how}`,
    );
  }
  return url.origin;
}

function parsed(text: string): URL | undefined {
  try {
    if (text.includes("://")) return new URL(text);
    const secure = new URL(`https://${text}`);
    return isLoopback(secure.hostname) ? new URL(`http://${text}`) : secure;
  } catch {
    return undefined;
  }
}

/** Whether a text is the slug of a customer, which becomes the name of a host. */
export function isCustomer(text: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(text);
}
