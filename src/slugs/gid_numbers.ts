/**
 * Formats numbers as groups of hexadecimal digits, and reads them.
 *
 * @module
 */
import { narrowed } from "../_integers.ts";
import { Expect, mustBeInteger } from "./_rules.ts";
import { slugError, typeError } from "./_rules.ts";
import { group } from "./_hex.ts";
import { readGroups, SlugFault } from "../codec/slugs.ts";
import { Rule } from "../codec/wasm_constants.ts";

/** Formats a number as `groups` groups of 16 bits. */
function toGroups(value: number | bigint, groups: number): string {
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw typeError(value, "groups of hexadecimal digits", "a number or a bigint");
  }
  mustBeInteger(value, 2n ** BigInt(16 * groups) - 1n, `a number of ${16 * groups} bits`);
  if (groups === 1) return group(Number(value));
  return value.toString(16).padStart(4 * groups, "0").replace(/(?!^)(?=(?:.{4})+$)/g, "-");
}

/**
 * Formats 16 bits.
 *
 * @param value A number from 0 to 65535. A larger number throws; Python masks it.
 * @returns One group of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int16gid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int16gid(0x5051), "5051");
 * ```
 */
export function int16gid(value: number | bigint): string {
  return toGroups(value, 1);
}

/**
 * Formats 32 bits.
 *
 * @param value A number from 0 to 2^32-1. A larger number throws; Python masks it.
 * @returns Two groups of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int32gid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int32gid(0x5051), "0000-5051");
 * ```
 */
export function int32gid(value: number | bigint): string {
  return toGroups(value, 2);
}

/**
 * Formats 48 bits.
 *
 * @param value A number from 0 to 2^48-1. A larger number throws; Python masks it.
 * @returns Three groups of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int48gid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int48gid(0x5051), "0000-0000-5051");
 * ```
 */
export function int48gid(value: number | bigint): string {
  return toGroups(value, 3);
}

/**
 * Formats 64 bits.
 *
 * @param value A number from 0 to 2^64-1. A larger number throws; Python masks it.
 * @returns Four groups of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int64gid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int64gid(0x5051), "0000-0000-0000-5051");
 * ```
 */
export function int64gid(value: number | bigint): string {
  return toGroups(value, 4);
}

/**
 * Formats the id of a data block: 16 bits.
 *
 * @param value A number from 0 to 65535. A larger number throws; Python masks it.
 * @returns One group of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int2bid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int2bid(0x5051), "5051");
 * ```
 */
export function int2bid(value: number | bigint): string {
  return toGroups(value, 1);
}

/**
 * Formats the id of a device: 64 bits.
 *
 * @param value A number from 0 to 2^64-1. A larger number throws; Python masks it.
 * @returns Four groups of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int2did } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int2did(0x5051), "0000-0000-0000-5051");
 * ```
 */
export function int2did(value: number | bigint): string {
  return toGroups(value, 4);
}

/**
 * Formats the id of a device without its data block: 48 bits.
 *
 * @param value A number from 0 to 2^48-1. A larger number throws; Python masks it.
 * @returns Three groups of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int2didShort } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int2didShort(0x5051), "0000-0000-5051");
 * ```
 */
export function int2didShort(value: number | bigint): string {
  return toGroups(value, 3);
}

/**
 * Formats the id of a fleet: 48 bits.
 *
 * @param value A number from 0 to 2^48-1. A larger number throws; Python masks it.
 * @returns Three groups of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int2fleetId } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int2fleetId(0x5051), "0000-0000-5051");
 * ```
 */
export function int2fleetId(value: number | bigint): string {
  return toGroups(value, 3);
}

/**
 * Formats the id of a parent: 32 bits.
 *
 * @param value A number from 0 to 2^32-1. A larger number throws; Python masks it.
 * @returns Two groups of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int2pid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int2pid(0x5051), "0000-5051");
 * ```
 */
export function int2pid(value: number | bigint): string {
  return toGroups(value, 2);
}

/**
 * Formats the id of a variable: 32 bits.
 *
 * @param value A number from 0 to 2^32-1. A larger number throws; Python masks it.
 * @returns Two groups of four hexadecimal digits.
 * @throws {SlugError} If `value` is not an integer in the range.
 * @throws {TypeError} If `value` is neither a number nor a bigint.
 *
 * @example
 * ```ts
 * import { int2vid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int2vid(0x5051), "0000-5051");
 * ```
 */
export function int2vid(value: number | bigint): string {
  return toGroups(value, 2);
}

/**
 * Reads groups of hexadecimal digits as one number.
 *
 * @param gid Groups without a prefix: one group of any length, or groups of four digits, the first of which may be
 * shorter.
 * @returns The number; a bigint above 2^53-1.
 * @throws {SlugError} If `gid` is anything else; Python reads signs, white space and more as well.
 * @throws {TypeError} If `gid` is not text.
 *
 * @example
 * ```ts
 * import { gid2int } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gid2int("0001-5051"), 0x15051);
 * assertEquals(gid2int("ffff-ffff-ffff-ffff"), 18446744073709551615n);
 * ```
 */
export function gid2int(gid: string): number | bigint {
  if (typeof gid !== "string") throw typeError(gid, "a number", "text");
  const value = readGroups(gid);
  if (!(value instanceof SlugFault)) return narrowed(value);
  // A number of more than 64 bits is valid here, because Python's numbers have no limit.
  if (value.rule === Rule.tooLarge) return BigInt(`0x${gid.replaceAll("-", "")}`);
  throw slugError(value, Expect.groups, gid);
}
