/** Machines, which devices are attached to. Their slugs are device slugs with a scope. */
import { timestamp } from "../auth/sessions.ts";
import { fieldErrors } from "../http/error_response.ts";
import type { Store } from "../store/store.ts";
import type { Values } from "../store/table.ts";
import { byOrg, byParent, byRelation, byText } from "./filters.ts";
import type { Field } from "./fields.ts";
import { canonical, machineSlug, PARENT_TABLES } from "./slugs.ts";
import type { ResourceSpec } from "./spec.ts";

const READ_ONLY: Field = { kind: "text", readOnly: true };
const TEXT: Field = { kind: "text", max: 100 };

/** Machines. */
export const machine: ResourceSpec = {
  table: "machine",
  path: "machine",
  fields: {
    id: READ_ONLY,
    slug: READ_ONLY,
    label: TEXT,
    brand: TEXT,
    model: TEXT,
    serial_number: TEXT,
    asset_number: TEXT,
    parent: { kind: "relation", to: ["line", "area", "site"], nullable: true },
    site: { kind: "relation", to: ["site"], nullable: true },
    area: { kind: "relation", to: ["area"], nullable: true },
    line: { kind: "relation", to: ["line"], nullable: true },
    org: { kind: "relation", to: ["org"] },
    active: { kind: "boolean" },
    created_on: READ_ONLY,
    created_by: READ_ONLY,
  },
  hidden: 403,
  lookup: (text) => {
    const value = canonical("machine", text);
    return value === undefined ? undefined : { column: "slug", value };
  },
  filters: {
    ...byOrg(),
    site: byRelation("site", "site"),
    area: byRelation("area", "area"),
    line: byRelation("line", "line"),
    parent: byParent,
    brand: byText("brand"),
    model: byText("model"),
    serial_number: byText("serial_number"),
    asset_number: byText("asset_number"),
  },
  rights: { create: "admin", update: "member", delete: "admin" },
  create: (store, values, request) => {
    const id = store.next("machine");
    return {
      ...placed(store, values),
      id,
      slug: machineSlug(id),
      created_on: timestamp(request.now),
      created_by: request.caller.account.slug,
    };
  },
  update: (store, row, changes) => {
    if (["parent", "site", "area", "line"].some((name) => changes[name])) {
      return placed(store, changes);
    }
    // The organisation of a machine is that of the place where it stands.
    const { org, ...rest } = changes;
    return row.parent || !org ? rest : changes;
  },
  show: (row) =>
    Object.fromEntries(
      Object.keys(machine.fields).map((name) => [name, name === "id" ? row.slug : row[name]]),
    ),
};

/**
 * The place of a machine. Its parent is the innermost of line, area and site in the request; the others and the
 * organisation follow from it.
 */
function placed(store: Store, values: Values): Values {
  const parent = values.parent ?? values.line ?? values.area ?? values.site;
  if (!parent) {
    if (!values.org) throw fieldErrors({ org: ["This field is required."] });
    return values;
  }
  const table = PARENT_TABLES[parent.slice(0, 2)];
  const row = store.tables[table].find("slug", parent)!;
  return {
    ...values,
    parent,
    org: row.org,
    line: table === "line" ? parent : null,
    area: table === "area" ? parent : table === "line" ? row.area : null,
    site: table === "site" ? parent : row.site,
  };
}
