/**
 * Which certificates node:https trusts.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import tls from "node:tls";
import { envOf, isDeno } from "./_runtime.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";

/** Which servers to trust. */
export interface Trust {
  readonly verify: boolean;
  readonly caCerts?: readonly string[];
}

/** Options of a TLS connection. */
export interface SecureOptions {
  rejectUnauthorized?: boolean;
  ca?: string[];
}

/** The options for this trust. */
export function secureOptions({ verify, caCerts }: Trust): SecureOptions {
  if (!verify) return { rejectUnauthorized: false };
  // The same rule as the runtime's fetch: Node's follows NODE_TLS_REJECT_UNAUTHORIZED, Deno's ignores it.
  const verified = isDeno ? { rejectUnauthorized: true } : {};
  if (!caCerts) return verified;
  // The option `ca` replaces the runtime's own authorities.
  const ca = [...defaultAuthorities(), ...caCerts];
  try {
    tls.createSecureContext({ ca });
  } catch (cause) {
    throw new ImproperlyConfigured(
      `Cannot use "caCerts": ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
  return { ...verified, ca };
}

/** What Node 20 does not have. */
interface TlsOfNode22 {
  readonly getCACertificates?: (kind: "default") => string[];
}

/** The authorities that the runtime trusts. Node 20 does not list them, but its rules are known. */
function defaultAuthorities(): readonly string[] {
  const { getCACertificates }: TlsOfNode22 = tls;
  if (getCACertificates) return getCACertificates("default");
  const extra = envOf("NODE_EXTRA_CA_CERTS");
  if (extra === undefined) return tls.rootCertificates;
  try {
    return [...tls.rootCertificates, readFileSync(extra, "utf8")];
  } catch {
    return tls.rootCertificates; // Node has already printed a warning at start.
  }
}
