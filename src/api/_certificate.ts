/**
 * Telling a certificate that cannot be verified from other failures, on each runtime.
 *
 * @module
 */

/** OpenSSL's names, which Node and Bun hand on as `code`. */
const CODE =
  /^(CERT_|ERR_TLS_CERT|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER|DECRYPT_CERT|DECODE_ISSUER)|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|UNKNOWN_CERTIFICATE_VERIFICATION)/;
/** Deno's TLS has no codes. */
const TEXT =
  /invalid peer certificate|self[- ]signed certificate|unable to verify the first certificate/i;

/** Whether an error, or one that caused it, is about the server's certificate. */
export function isCertificateError(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && CODE.test(code)) return true;
    if (TEXT.test(at.message)) return true;
  }
  return false;
}
