/** Slugs in paths, queries and bodies: short slugs are completed, invalid ones match no row. */
import {
  ArchFxDeviceSlug,
  ArchFxParentSlug,
  ArchFxStreamerSlug,
  ArchFxStreamSlug,
  SlugError,
} from "../../slugs/mod.ts";
import type { TableName } from "../store/store.ts";

const PARENT_TYPES = { site: "ps", area: "pa", line: "pl" } as const;

/** The kinds of place, by the prefix of the slug. */
export const PARENT_TABLES: Readonly<Record<string, "site" | "area" | "line">> = {
  ps: "site",
  pa: "area",
  pl: "line",
};

/**
 * The full form of a slug of a table, or `undefined` if it is not valid.
 *
 * @param table The table whose slug it should be.
 * @param text The text; `d--1` is short for `d--0000-0000-0000-0001`.
 */
export function canonical(table: TableName, text: string): string | undefined {
  try {
    return read(table, text);
  } catch (error) {
    if (error instanceof SlugError) return undefined;
    throw error;
  }
}

function read(table: TableName, text: string): string | undefined {
  switch (table) {
    case "site":
    case "area":
    case "line": {
      const slug = new ArchFxParentSlug(text, PARENT_TYPES[table]);
      return slug.type === PARENT_TYPES[table] ? String(slug) : undefined;
    }
    case "machine":
    case "device":
      return String(new ArchFxDeviceSlug(text));
    case "stream":
    case "streampage": {
      const slug = new ArchFxStreamSlug(text);
      return (slug.start !== null) === (table === "streampage") ? String(slug) : undefined;
    }
    case "streamer": {
      const [prefix, device, index, more] = text.split("--");
      if (prefix !== "t" || more !== undefined || !/^[0-9a-f]{1,4}$/i.test(index ?? "")) {
        return undefined;
      }
      return String(new ArchFxStreamerSlug(device, parseInt(index, 16)));
    }
    default:
      return text;
  }
}

/** The slug of a place. */
export function placeSlug(table: "site" | "area" | "line", id: number): string {
  return String(new ArchFxParentSlug(id, PARENT_TYPES[table]));
}

/** The slug of a machine: a device slug with a scope that is not 0. */
export function machineSlug(id: number): string {
  return String(new ArchFxDeviceSlug(0x1_0000_0000n + BigInt(id)));
}

/** The slug of a device. */
export function deviceSlug(id: number | bigint): string {
  return String(new ArchFxDeviceSlug(id));
}

/** The slug of a stream of a device or machine under a place. */
export function streamSlug(parent: string, device: string, variable: number | string): string {
  return String(ArchFxStreamSlug.fromParts({ parent, device, variable }));
}
