/**
 * Recognises an invalid certificate among other failures, on each runtime.
 *
 * @module
 */

/** OpenSSL's names, which Node and Bun set as `code`. */
const CODE =
  /^(CERT_|ERR_TLS_CERT|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER|DECRYPT_CERT|DECODE_ISSUER)|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|UNKNOWN_CERTIFICATE_VERIFICATION)/;
/** Deno's TLS errors have no codes, only messages. */
const TEXT =
  /invalid peer certificate|self[- ]signed certificate|unable to verify the first certificate/i;

/** The code of a system error, such as `ECONNREFUSED`. */
export function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Whether an error, or one that caused it, is about the server's certificate. */
export function isCertificateError(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (CODE.test(codeOf(at) ?? "")) return true;
    if (TEXT.test(at.message)) return true;
  }
  return false;
}
