/**
 * What errors of the connection to NATS mean, and what to do about them.
 *
 * @module
 */
import { errorMessage } from "../../_error_fields.ts";
import { Later } from "../_cloud.ts";

/** The servers choose another leader within seconds: nobody waits much longer than that. */
export function unreachable(reason: string): Later {
  return new Later(reason, undefined, true);
}

/** Whether a request is not allowed: it was answered. */
export function isDenied(error: unknown): boolean {
  return /permission/i.test(errorMessage(error));
}

/** The error of a request without a response. */
export function requestError(error: unknown): Later {
  const reason = errorMessage(error);
  return unreachable(
    isDenied(error)
      ? `its user lacks a permission on the servers: ${reason}; docs/scale.md lists what each role needs`
      : `no server of the queue responds: ${reason}`,
  );
}

const SIGN_IN = /auth(?!.*timeout)/i, CERTIFICATE = /certificate|issuer|altname|self.signed/i;

/** Whether an error of a first connection stays, however often it is tried. */
export function isLasting(error: Error): boolean {
  return SIGN_IN.test(error.name + error.message) || CERTIFICATE.test(error.message);
}

/** Why there is no connection, and what to do. */
export function connectError(error: Error): string {
  const { name, message } = error;
  if (CERTIFICATE.test(message)) {
    return `the certificate of a server is not accepted (${message}): it must be signed by the authority in "tls.ca" ` +
      '("tls.caFile" in gateway.json), for the host in the address';
  }
  if (SIGN_IN.test(name + message)) {
    return `the servers reject the credentials (${message}): check "credentials" ("credentialsFile" in gateway.json), ` +
      "and the accounts in the configuration of the servers";
  }
  return `no server responds (${message}): check the address, and whether nats-server runs there`;
}
