/**
 * Finds certificates in PEM texts, checks them, and removes the text around them.
 *
 * @module
 */

const BLOCK = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;

/** ASN.1's tag of a sequence, with which every certificate begins. */
const SEQUENCE = 0x30;

/** The certificates in a text, each as PEM; undefined if there are none or one is not valid. */
export function pemCertificates(text: unknown): string[] | undefined {
  if (typeof text !== "string") return undefined;
  const begun = text.split("-----BEGIN CERTIFICATE-----").length - 1;
  const found = [...text.matchAll(BLOCK)].map(([, base64]) => base64.replace(/\s+/g, ""));
  if (found.length === 0 || found.length !== begun || !found.every(isSequence)) return undefined;
  return found.map((base64) =>
    `-----BEGIN CERTIFICATE-----\n${
      base64.replace(/.{64}(?=.)/g, "$&\n")
    }\n-----END CERTIFICATE-----\n`
  );
}

/** Whether the bytes are exactly one ASN.1 sequence. Only the runtime can check its content. */
function isSequence(base64: string): boolean {
  let bytes: string;
  try {
    bytes = atob(base64);
  } catch {
    return false;
  }
  if (bytes.charCodeAt(0) !== SEQUENCE) return false;
  const first = bytes.charCodeAt(1);
  if (first < 0x80) return bytes.length === 2 + first;
  const digits = first & 0x7f; // The length takes so many bytes.
  let length = 0;
  for (let at = 0; at < digits; at++) length = length * 256 + bytes.charCodeAt(2 + at);
  return digits <= 4 && bytes.length === 2 + digits + length;
}
