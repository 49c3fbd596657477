/** Organisations: made by anyone, who is then an admin; renamed and deleted by admins. */
import { timestamp } from "../auth/sessions.ts";
import { fieldErrors, listed } from "../http/error_response.ts";
import { slugify } from "../../slugs/mod.ts";
import type { Store } from "../store/store.ts";
import { byText } from "./filters.ts";
import type { Field } from "./fields.ts";
import type { ResourceSpec } from "./spec.ts";

const READ_ONLY: Field = { kind: "text", readOnly: true };

/** Organisations. */
export const org: ResourceSpec = {
  table: "org",
  path: "org",
  fields: {
    id: READ_ONLY,
    name: { kind: "text", required: true, max: 50 },
    slug: READ_ONLY,
    ot: READ_ONLY,
    about: { kind: "text", max: 2000 },
    created_on: READ_ONLY,
    created_by: READ_ONLY,
    avatar: READ_ONLY,
    domain_names: READ_ONLY,
  },
  hidden: 404,
  lookup: (text) => ({ column: "slug", value: text }),
  filters: {
    created_by: byText("created_by"),
  },
  rights: { create: "member", update: "admin", delete: "admin" },
  create: (store, values, request) => {
    uniqueName(store, values.name, undefined);
    const slug = slugify(values.name);
    if (slug === "" || store.tables.org.find("slug", slug)) {
      throw listed("Organization with this Name produces duplicate slug.");
    }
    return {
      ...values,
      id: crypto.randomUUID(),
      slug,
      created_on: timestamp(request.now),
      created_by: request.caller.account.slug,
    };
  },
  created: (store, row, request) => {
    store.tables.member.insert({
      org: row.slug,
      account: request.caller.account.slug,
      role: "admin",
      created_on: row.created_on,
    });
  },
  update: (store, row, changes) => {
    if (changes.name !== undefined) uniqueName(store, changes.name, row.slug);
    return changes;
  },
  show: (row) => ({
    id: row.id,
    name: row.name,
    slug: row.slug,
    ot: row.ot || null,
    about: row.about,
    created_on: row.created_on,
    created_by: row.created_by,
    avatar: { tiny: "", thumbnail: "" },
    domain_names: row.domain_names,
  }),
};

function uniqueName(store: Store, name: string, slug: string | undefined): void {
  const other = store.tables.org.find("name", name);
  if (other && other.slug !== slug) {
    throw fieldErrors({ name: ["Organization with this Company Name already exists."] });
  }
}
