/**
 * Joins, splits and pads slugs and their terms as plain text, without checks, like the Python package.
 *
 * @module
 */
import { typeError } from "./_rules.ts";
import { gid2int } from "./gid_numbers.ts";
import { SlugError } from "./slug_error.ts";

/** Throws a TypeError unless all arguments, given by name, are text. */
function mustBeText(texts: Record<string, string>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== "string") throw typeError(text, name, "text");
  }
}

/**
 * Splits a slug at every `--`.
 *
 * @param gid The slug.
 * @returns Prefix and terms.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { gidSplit } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gidSplit("d--0000-0001"), ["d", "0000-0001"]);
 * ```
 */
export function gidSplit(gid: string): string[] {
  mustBeText({ gid });
  return gid.split("--");
}

/**
 * Joins prefix and terms with `--`.
 *
 * @param elements Prefix and terms.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { gidJoin } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gidJoin(["d", "0000-0001"]), "d--0000-0001");
 * ```
 */
export function gidJoin(elements: Iterable<string>): string {
  if (typeof elements?.[Symbol.iterator] !== "function") {
    throw typeError(elements, "a slug", "an iterable of text");
  }
  const terms = Array.from(elements);
  for (const term of terms) mustBeText({ "an element of a slug": term });
  return terms.join("--");
}

/**
 * Pads groups with `0000` at the left, or keeps only the groups at the right. The groups themselves do not change.
 *
 * @param gid Groups joined by `-`.
 * @param numTerms The number of groups in the result.
 * @returns This number of groups; empty text for 0.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { fixGid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fixGid("5051", 2), "0000-5051");
 * ```
 */
export function fixGid(gid: string, numTerms: number): string {
  mustBeText({ gid });
  if (!Number.isInteger(numTerms)) throw typeError(numTerms, "a number of groups", "an integer");
  const groups = gid.split("-");
  const missing = Math.max(0, numTerms - groups.length);
  return [...Array(missing).fill("0000"), ...groups.slice(Math.max(0, groups.length - numTerms))]
    .join("-");
}

/**
 * Makes the slug of a data block: `b--`, the block and the last three groups of the device.
 *
 * @param bid The group of the data block.
 * @param did The groups of the device.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedDbid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedDbid("0001", "0000-0000-0000-1234"), "b--0001-0000-0000-1234");
 * ```
 */
export function formattedDbid(bid: string, did: string): string {
  mustBeText({ bid, did });
  const groups = did.split("-").length;
  // Five groups or more do not change, as in Python.
  const device = groups > 4 ? did : fixGid(did, 3);
  return `b--${bid}-${device}`;
}

/**
 * Makes the slug of a machine, which is a device in a scope.
 *
 * @param did The groups of the device.
 * @param bid The group of the data block.
 * @param mid The group of the scope.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedMachineId } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedMachineId("1234"), "d--0000-0001-0000-1234");
 * ```
 */
export function formattedMachineId(did: string, bid = "0000", mid = "0001"): string {
  mustBeText({ did, bid, mid });
  return `d--${bid}-${mid}-${fixGid(did, 2)}`;
}

/**
 * Makes the slug of a line.
 *
 * @param pid The groups of the parent.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedLineId } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedLineId("5"), "pl--0000-5");
 * ```
 */
export function formattedLineId(pid: string): string {
  return `pl--${fixGid(pid, 2)}`;
}

/**
 * Makes the slug of a site.
 *
 * @param pid The groups of the parent.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedSiteId } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedSiteId("5"), "ps--0000-5");
 * ```
 */
export function formattedSiteId(pid: string): string {
  return `ps--${fixGid(pid, 2)}`;
}

/**
 * Makes the slug of an area.
 *
 * @param pid The groups of the parent.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedAreaId } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedAreaId("5"), "pa--0000-5");
 * ```
 */
export function formattedAreaId(pid: string): string {
  return `pa--${fixGid(pid, 2)}`;
}

/**
 * Makes the slug of a parent that is a line.
 *
 * @param pid The groups of the parent.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedGpid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedGpid("5"), "pl--0000-5");
 * ```
 */
export function formattedGpid(pid: string): string {
  return `pl--${fixGid(pid, 2)}`;
}

/**
 * Makes the slug of a device from its last three groups and a data block.
 *
 * @param did The groups of the device.
 * @param bid The group of the data block.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedGdid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedGdid("1234"), "d--0000-0000-0000-1234");
 * ```
 */
export function formattedGdid(did: string, bid = "0000"): string {
  mustBeText({ did, bid });
  return `d--${bid}-${fixGid(did, 3)}`;
}

/**
 * Makes the slug of a stream with the prefix `s`, which the cloud used before it had several types of parents.
 *
 * @param pid The groups of the parent.
 * @param did The groups of the device.
 * @param vid The variable.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedGsid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedGsid("0001", "1234", "0000-5051"), "s--0000-0001--0000-0000-0000-1234--0000-5051");
 * ```
 */
export function formattedGsid(pid: string, did: string, vid: string): string {
  mustBeText({ pid, did, vid });
  return `s--${fixGid(pid, 2)}--${fixGid(did, 4)}--${vid}`;
}

/**
 * Makes the slug of a streamer.
 *
 * @param did The groups of the device.
 * @param index The index of the streamer: four hexadecimal digits.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedGtid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedGtid("1234", "0001"), "t--0000-0000-0000-1234--0001");
 * ```
 */
export function formattedGtid(did: string, index: string): string {
  mustBeText({ did, index });
  return `t--${fixGid(did, 4)}--${index}`;
}

/**
 * Makes the slug of a fleet.
 *
 * @param id The groups of the fleet.
 * @returns The slug.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { formattedFleetId } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formattedFleetId("0001"), "g--0000-0000-0001");
 * ```
 */
export function formattedFleetId(id: string): string {
  return `g--${fixGid(id, 3)}`;
}

/**
 * Returns the third term of a slug, counting the prefix: the variable of a slug without a parent.
 *
 * @param gvid A slug of at least three terms, counting the prefix.
 * @returns The term.
 * @throws {SlugError} If there are fewer terms.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { getVidFromGvid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getVidFromGvid("v--0000-1234--5051"), "5051");
 * ```
 */
export function getVidFromGvid(gvid: string): string {
  const term = gidSplit(gvid)[2];
  if (term === undefined) {
    throw new SlugError(gvid, "the slug of a variable", "it has no third term");
  }
  return term;
}

/**
 * Returns data block and device of a `d--` or `b--` slug.
 *
 * @param gid A slug.
 * @returns Block and device as numbers, a bigint above 2^53-1; `[null, null]` for any other slug.
 * @throws {SlugError} If there are fewer than two groups, or a group is not hexadecimal.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { getDeviceAndBlockByDid } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getDeviceAndBlockByDid("b--0002-0000-0000-0001"), [2, 1]);
 * ```
 */
export function getDeviceAndBlockByDid(
  gid: string,
): [block: number | bigint, device: number | bigint] | [block: null, device: null] {
  const [prefix, term] = gidSplit(gid);
  if (prefix !== "d" && prefix !== "b") return [null, null];
  const dash = term === undefined ? -1 : term.indexOf("-");
  if (dash < 0) throw new SlugError(gid, "a block and a device", "it needs two groups or more");
  return [gid2int(term.slice(0, dash)), gid2int(term.slice(dash + 1))];
}

/**
 * Returns a slug with the prefix `d` and the second term of another slug, such as the device of a data block.
 *
 * @param blockSlug A slug of at least two terms, counting the prefix.
 * @returns The slug.
 * @throws {SlugError} If there is only one term.
 * @throws {TypeError} If an argument is of another type.
 *
 * @example
 * ```ts
 * import { getDeviceSlugByBlockSlug } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getDeviceSlugByBlockSlug("b--0002-0000-0000-0001"), "d--0002-0000-0000-0001");
 * ```
 */
export function getDeviceSlugByBlockSlug(blockSlug: string): string {
  const term = gidSplit(blockSlug)[1];
  if (term === undefined) {
    throw new SlugError(blockSlug, "the slug of a block", "it has no second term");
  }
  return `d--${term}`;
}
