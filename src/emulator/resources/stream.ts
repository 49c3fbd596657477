/** Streams and their pages. Both are created with the first reading. */
import { timestamp } from "../auth/sessions.ts";
import { fieldErrors, forbidden, handMade, listed } from "../http/error_response.ts";
import { ArchFxVariableID } from "../../slugs/mod.ts";
import type { Store } from "../store/store.ts";
import type { Values } from "../store/table.ts";
import { byOrg, byParent, byRelation } from "./filters.ts";
import type { Field } from "./fields.ts";
import { canonical, streamSlug } from "./slugs.ts";
import type { Filter, ResourceSpec } from "./spec.ts";
import { unitOf } from "./units.ts";

const READ_ONLY: Field = { kind: "text", readOnly: true };

/** `?device=`: of a device, or of a machine. */
const byDevice: Filter = (value) => {
  const slug = canonical("device", value);
  if (slug === undefined) return "nothing";
  // A machine's slug has a scope, which its streams have instead of that of a device.
  return [{
    column: slug.startsWith("d--0000-0000-") ? "device" : "machine",
    is: "=",
    value: slug,
  }];
};

/** Streams. */
export const stream: ResourceSpec = {
  table: "stream",
  path: "stream",
  sizes: { size: 5000, most: 20_000 },
  fields: {
    id: READ_ONLY,
    slug: READ_ONLY,
    org: READ_ONLY,
    parent: READ_ONLY,
    machine: READ_ONLY,
    device: { kind: "relation", to: ["device", "machine"], required: true },
    variable: { kind: "text", required: true, max: 9 },
    data_label: { kind: "text", max: 100 },
    data_type: { kind: "text", max: 2, blank: false },
    var_name: { kind: "text", max: 100 },
    enabled: { kind: "boolean" },
    created_on: READ_ONLY,
  },
  show: (row, store) => ({
    ...Object.fromEntries(Object.keys(stream.fields).map((name) => [name, row[name]])),
    output_unit: unitOf(store, row.variable),
  }),
  hidden: 403,
  lookup: (text) => {
    const value = canonical("stream", text);
    return value === undefined ? undefined : { column: "slug", value };
  },
  filters: {
    ...byOrg(),
    device: byDevice,
    device__slug: byDevice,
    machine: byRelation("machine", "machine"),
    variable: (value) => {
      const variable = variableOf(value);
      return variable === undefined
        ? "nothing"
        : [{ column: "variable", is: "=", value: variable }];
    },
    parent: byParent,
  },
  rights: { create: "admin", update: "member", delete: "staff" },
  create: (store, values, request) => {
    const variable = variableOf(values.variable);
    if (variable === undefined) {
      throw fieldErrors({ variable: [`Object with slug=${values.variable} does not exist.`] });
    }
    const row = newStream(store, values.device, variable, request.now);
    if (!row) throw fieldErrors({ device: [`Device ${values.device} has not been claimed.`] });
    if (store.tables.stream.find("slug", row.slug)) {
      throw listed(`Stream ${row.slug} exists already`);
    }
    return { ...values, ...row };
  },
  update: (_store, _row, changes) => {
    const { device: _device, variable: _variable, ...rest } = changes;
    return rest;
  },
};

/** The row of the stream of a device or machine under its current place. */
export function newStream(
  store: Store,
  device: string,
  variable: number | string,
  now: number,
): Values | undefined {
  const isDevice = device.startsWith("d--0000-0000-");
  const owner = store.tables[isDevice ? "device" : "machine"].find("slug", device)!;
  if (!owner.parent || !owner.org) return undefined;
  return {
    id: crypto.randomUUID(),
    slug: streamSlug(owner.parent, device, variable),
    org: owner.org,
    parent: owner.parent,
    machine: isDevice ? owner.machine : device,
    device: isDevice ? device : null,
    variable: String(new ArchFxVariableID(variable)),
    created_on: timestamp(now),
  };
}

function variableOf(text: string): string | undefined {
  try {
    return String(new ArchFxVariableID(text));
  } catch {
    return undefined; // SlugError: not a variable
  }
}

/** Rejects the deletion of a stream: only staff may delete one, and the API returns 400 to others. */
export function rejectStreamDelete(isStaff: boolean): void {
  if (!isStaff) throw handMade(400, "Restricted Access. Contact Arch");
}

/** Pages of streams: which device sent a stream's readings, and when. Read only. */
export const streampage: ResourceSpec = {
  table: "streampage",
  path: "streampages",
  fields: {
    slug: READ_ONLY,
    stream: READ_ONLY,
    device: READ_ONLY,
    org: READ_ONLY,
    start: READ_ONLY,
    end: READ_ONLY,
  },
  hidden: 403,
  lookup: (text) => {
    const value = canonical("streampage", text);
    return value === undefined ? undefined : { column: "slug", value };
  },
  filters: {
    ...byOrg(),
    stream: byRelation("stream", "stream"),
    device: byRelation("device", "device"),
  },
  rights: { create: "nobody", update: "nobody", delete: "nobody" },
  delete: () => {
    throw forbidden();
  },
};
