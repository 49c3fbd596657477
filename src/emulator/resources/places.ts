/** Sites, areas and lines: where machines and devices are. */
import { fieldErrors } from "../http/error_response.ts";
import { timestamp } from "../auth/sessions.ts";
import type { Store } from "../store/store.ts";
import type { Values } from "../store/table.ts";
import { byOrg, byRelation } from "./filters.ts";
import type { Field } from "./fields.ts";
import type { ApiRequest } from "./request.ts";
import { canonical, placeSlug } from "./slugs.ts";
import type { ResourceSpec } from "./spec.ts";

const READ_ONLY: Field = { kind: "text", readOnly: true };
const NAME: Field = { kind: "text", required: true, max: 100 };
const ABOUT: Field = { kind: "text" };
const ORG: Field = { kind: "relation", to: ["org"] };
const RIGHTS = { create: "admin", update: "admin", delete: "admin" } as const;

type Place = "site" | "area" | "line";

function fields(own: Record<string, Field>): Record<string, Field> {
  return {
    id: READ_ONLY,
    slug: READ_ONLY,
    gid: READ_ONLY,
    name: NAME,
    ...own,
    about: ABOUT,
    created_on: READ_ONLY,
    created_by: READ_ONLY,
  };
}

function completed(store: Store, place: Place, values: Values, request: ApiRequest): Values {
  const id = store.next(place);
  const slug = placeSlug(place, id);
  return {
    ...values,
    id,
    slug,
    gid: slug.slice(4),
    created_on: timestamp(request.now),
    created_by: request.caller.account.slug,
  };
}

/** Fields of a place, whose id in the API is its slug. */
function slugAsId(names: readonly string[]): (row: Values) => Values {
  return (row) =>
    Object.fromEntries(names.map((name) => [name, name === "id" ? row.slug : row[name]]));
}

/** The fields that all places have. */
function place(table: Place, own: Record<string, Field>, more: Partial<ResourceSpec>) {
  const all = fields(own);
  return {
    table,
    path: table,
    fields: all,
    hidden: 403,
    lookup: (text) => byFullSlug(table, text),
    filters: byOrg(),
    rights: RIGHTS,
    show: slugAsId(Object.keys(all)),
    updated: (store) => store.moveContents(),
    ...more,
  } satisfies ResourceSpec;
}

function byFullSlug(table: Place, text: string) {
  const value = canonical(table, text);
  return value === undefined ? undefined : { column: "slug", value };
}

/** Sites of an organisation. */
export const site: ResourceSpec = place("site", { org: { ...ORG, required: true } }, {
  create: (store, values, request) => completed(store, "site", values, request),
});

/** Areas of a site. */
export const area: ResourceSpec = place("area", {
  site: { kind: "relation", to: ["site"], required: true },
  area_type: { kind: "text", max: 50 },
  org: { ...ORG, readOnly: true },
}, {
  filters: { ...byOrg(), site: byRelation("site", "site") },
  create: (store, values, request) =>
    completed(store, "area", { ...values, org: orgOfSite(store, values.site) }, request),
  update: (store, _row, changes) =>
    changes.site ? { ...changes, org: orgOfSite(store, changes.site) } : changes,
});

/** Lines of a site, in one of its areas or in none. */
export const line: ResourceSpec = place("line", {
  site: { kind: "relation", to: ["site"] },
  area: { kind: "relation", to: ["area"], nullable: true },
  line_type: { kind: "text", max: 50 },
  org: { ...ORG, readOnly: true },
}, {
  filters: {
    ...byOrg(),
    site: byRelation("site", "site"),
    area: byRelation("area", "area"),
  },
  create: (store, values, request) =>
    completed(store, "line", { ...values, ...lineSite(store, values) }, request),
  update: (store, row, changes) =>
    changes.site || changes.area
      ? { ...changes, ...lineSite(store, { site: row.site, ...changes }) }
      : changes,
});

/** A line always belongs to a site: the given one, or that of its area. */
function lineSite(store: Store, values: Values): { site: string; org: string } {
  const area = values.area ? store.tables.area.find("slug", values.area)! : undefined;
  const site = values.site ?? area?.site;
  if (!site) throw fieldErrors({ site: ["This field is required."] });
  if (area && area.site !== site) {
    throw fieldErrors({ area: [`Area ${area.slug} is not in site ${site}.`] });
  }
  return { site, org: orgOfSite(store, site) };
}

function orgOfSite(store: Store, site: string): string {
  return store.tables.site.find("slug", site)!.org;
}
