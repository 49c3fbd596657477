/** Devices: made by staff, claimed by being put under a line, area or site. */
import { timestamp } from "../auth/sessions.ts";
import { fieldErrors, listed } from "../http/error_response.ts";
import type { Store } from "../store/store.ts";
import type { Values } from "../store/table.ts";
import { byOrg, byParent, byRelation, byText } from "./filters.ts";
import type { Field } from "./fields.ts";
import type { ApiRequest } from "./request.ts";
import { canonical, deviceSlug, PARENT_TABLES } from "./slugs.ts";
import type { ResourceSpec } from "./spec.ts";

const READ_ONLY: Field = { kind: "text", readOnly: true };
const TEXT: Field = { kind: "text", max: 100 };
/** Device ids have 48 bits. */
const MAX_ID = 2 ** 48 - 1;

/** Devices. */
export const device: ResourceSpec = {
  table: "device",
  path: "device",
  sizes: { size: 1000, most: 10_000 },
  fields: {
    id: { kind: "integer" },
    slug: READ_ONLY,
    gid: READ_ONLY,
    label: TEXT,
    active: { kind: "boolean" },
    external_id: TEXT,
    sg: TEXT,
    template: TEXT,
    org: READ_ONLY,
    lat: { kind: "number", nullable: true },
    lon: { kind: "number", nullable: true },
    state: { kind: "text", max: 2, blank: false },
    busy: { kind: "boolean", readOnly: true },
    created_on: READ_ONLY,
    claimed_by: READ_ONLY,
    claimed_on: READ_ONLY,
    parent: { kind: "relation", to: ["line", "area", "site"], nullable: true },
    connector_type: TEXT,
    machine: { kind: "relation", to: ["machine"], nullable: true },
  },
  hidden: 403,
  lookup: (text) => {
    const value = canonical("device", text);
    return value === undefined ? undefined : { column: "slug", value };
  },
  filters: {
    ...byOrg(),
    parent: byParent,
    machine: byRelation("machine", "machine"),
    external_id: byText("external_id"),
    claimed: () => [{ column: "parent", is: "not", value: null }],
  },
  defaults: ({ query }) =>
    query.get("all") === "1" ? [] : [{ column: "active", is: "=", value: 1 }],
  rights: { create: "staff", update: "member", delete: "staff" },
  create: (store, values, request) => {
    const id = values.id ?? store.next("device");
    if (id < 1 || id > MAX_ID) {
      throw fieldErrors({ id: [`Ensure this value is between 1 and ${MAX_ID}.`] });
    }
    const slug = deviceSlug(id);
    if (store.tables.device.find("slug", slug)) throw listed(`Device ${slug} exists already`);
    store.reserve("device", id);
    return {
      ...claimed(store, values, request, undefined),
      id,
      slug,
      gid: slug.slice(3),
      created_on: timestamp(request.now),
    };
  },
  update: (store, row, changes, request) => {
    const { id: _id, ...rest } = changes;
    // The state says whether a device is active, like in the sibling server iotile_cloud.
    if ("state" in rest && !("active" in rest)) rest.active = rest.state !== "N0";
    return "parent" in rest || "machine" in rest ? claimed(store, rest, request, row) : rest;
  },
  show: (row) => {
    const names = Object.keys(device.fields);
    const number = (text: string | null) => text === null ? null : Number(text);
    return {
      ...Object.fromEntries(names.map((name) => [name, row[name]])),
      lat: number(row.lat),
      lon: number(row.lon),
    };
  },
};

/** A device is claimed by the organisation of its parent; without a parent it is not claimed. */
function claimed(
  store: Store,
  values: Values,
  request: ApiRequest,
  before: Values | undefined,
): Values {
  const machine = values.machine ? store.tables.machine.find("slug", values.machine) : undefined;
  const parent = "parent" in values ? values.parent : machine?.parent ?? before?.parent;
  if (!parent) {
    return "parent" in values
      ? { ...values, parent: null, org: null, claimed_by: null, claimed_on: null }
      : values;
  }
  const org = store.tables[PARENT_TABLES[parent.slice(0, 2)]].find("slug", parent)!.org;
  if (parent === before?.parent) return { ...values, parent, org };
  return {
    ...values,
    parent,
    org,
    claimed_by: request.caller.account.slug,
    claimed_on: timestamp(request.now),
  };
}
