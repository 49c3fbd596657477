/**
 * Slugs: the globally unique, readable ids of ArchFX Cloud.
 *
 * Sites `ps--0000-0001`, areas `pa--0000-0001`, lines `pl--0000-0001`, devices and machines `d--0000-0000-0000-0001`,
 * variables `0000-5051`, streams `sl--0000-0001--0000-0000-0000-0001--0000-5051` and streamers
 * `t--0000-0000-0000-0001--0001`. It has a class for each, bulk parsing, and the helpers of the Python package.
 *
 * @example
 * ```ts
 * import { ArchFxStreamSlug } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = new ArchFxStreamSlug("sl--5--a--5001");
 * assertEquals(String(stream), "sl--0000-0005--0000-0000-0000-000a--0000-5001");
 * assertEquals(stream.variable.varId, 0x5001);
 * ```
 *
 * @module
 */
export { ArchFxDeviceSlug, type DeviceSlugOptions } from "./device_slug.ts";
export { ArchFxParentSlug, type ParentType } from "./parent_slug.ts";
export { ArchFxStreamerSlug } from "./streamer_slug.ts";
export {
  ArchFxStreamSlug,
  type StreamParts,
  type StreamSlugParts,
  type StreamType,
} from "./stream_slug.ts";
export { ArchFxVariableID } from "./variable_id.ts";
export { SlugError } from "./slug_error.ts";
export * from "./gid_numbers.ts";
export * from "./gid_text.ts";
export { slugify, type SlugifyOptions } from "./slugify.ts";
export { datetimeToStr } from "./datetime_to_str.ts";
export { formatSlugs, parseSlugs, SLUG_KINDS, type SlugColumns } from "./bulk.ts";
export type { Timestamp } from "../readings/reading_columns.ts";
