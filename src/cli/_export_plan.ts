/**
 * Finds the streams below a place of the factory.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import type { Api } from "../api/mod.ts";
import { factoryMap } from "../api/mod.ts";
import { CommandError } from "./_errors.ts";

/** The columns of a factory map that name a place or a machine, from the top down. */
const LEVELS = ["org", "site", "area", "line", "machine", "device"] as const;

/** The resource of each kind of slug. */
const RESOURCES: Readonly<Record<string, string>> = {
  ps: "site",
  pa: "area",
  pl: "line",
  d: "device",
};

/**
 * The streams below a place.
 *
 * @param api The Api, logged in.
 * @param place The slug of an organisation, site, area, line or device.
 * @param signal Stops the search.
 * @returns The slugs in order; for an organisation, all of its streams.
 * @throws {CommandError} If there are none.
 */
export async function streamsBelow(
  api: Api,
  place: string,
  signal: AbortSignal,
): Promise<string[]> {
  const kind = /^(ps|pa|pl|d)--/.exec(place)?.[1];
  // Without this check, an organisation that does not exist would look like one without streams.
  const row = await api(kind === undefined ? "org" : RESOURCES[kind]!)(place)
    .get(undefined, { signal });
  const { slug, org } = isRecord(row) ? { slug: row.slug, org: kind ? row.org : row.slug } : {};
  if (typeof slug !== "string" || typeof org !== "string") {
    throw new CommandError(`Cannot export "${place}": it belongs to no organization`);
  }
  const below = kind === undefined ? undefined : await slugsBelow(api, org, slug, signal);
  const found: string[] = [];
  for await (const stream of api.stream.list({ org }, { signal })) {
    const { slug, device, machine, parent } = stream;
    const isBelow = below === undefined ||
      [device, machine, parent].some((it) => typeof it === "string" && below.has(it));
    if (isBelow) found.push(slug);
  }
  if (found.length === 0) throw new CommandError(`Cannot export "${place}": it has no streams`);
  return found.sort();
}

/** A place and everything in it. */
async function slugsBelow(
  api: Api,
  org: string,
  place: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const below = new Set([place]);
  const map = await factoryMap(api, { org, signal });
  for (const row of map.rows()) {
    const slugs = LEVELS.map((level) => row[level]);
    const at = slugs.indexOf(place);
    if (at < 0) continue;
    for (const slug of slugs.slice(at)) if (slug !== null) below.add(slug);
  }
  return below;
}
