/**
 * The slug of a device for the messages of the store, whose worker has no codec for slugs.
 *
 * @module
 */

/** The slug of a device. */
export function deviceText(device: bigint | string): string {
  const digits = typeof device === "string" ? device : device.toString(16).padStart(16, "0");
  return `d--${digits.replace(/(.{4})(?=.)/g, "$1-")}`;
}
