/**
 * A device as text for the store, whose worker has no codec for slugs.
 *
 * @module
 */

/** A device as 16 hexadecimal digits: its name in records and subjects. */
export function deviceDigits(device: bigint): string {
  return device.toString(16).padStart(16, "0");
}

/** The slug of a device. */
export function deviceText(device: bigint | string): string {
  const digits = typeof device === "string" ? device : deviceDigits(device);
  return `d--${digits.replace(/(.{4})(?=.)/g, "$1-")}`;
}
