/**
 * Numbers as groups of four hexadecimal digits.
 *
 * @module
 */

/** 16 bits as "hhhh". */
export function group(value: number): string {
  return (value + 0x10000).toString(16).slice(1);
}

/** 32 bits as "hhhh-hhhh". */
export function pair(value: number): string {
  return `${group(value >>> 16)}-${group(value & 0xffff)}`;
}

/** 64 bits, in two halves, as "hhhh-hhhh-hhhh-hhhh". */
export function quad(high: number, low: number): string {
  return `${pair(high)}-${pair(low)}`;
}
