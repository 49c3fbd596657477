/** List, look up, create, change and delete: the same for every resource, by its spec. */
import { choosePage, type Envelope, envelope, PAGE } from "../http/paging.ts";
import { forbidden, handMade, notFound } from "../http/error_response.ts";
import type { Store } from "../store/store.ts";
import type { Condition, Table, Values } from "../store/table.ts";
import { type Resolve, validate } from "./fields.ts";
import { type ApiRequest, isAdmin, isMember, seesAll } from "./request.ts";
import { canonical } from "./slugs.ts";
import type { ResourceSpec, Right } from "./spec.ts";

/** The service of one resource. */
export class ResourceService {
  readonly spec: ResourceSpec;
  #store: Store;
  #table: Table;

  constructor(store: Store, spec: ResourceSpec) {
    this.spec = spec;
    this.#store = store;
    this.#table = store.tables[spec.table];
  }

  /** A row in the form that the API returns. */
  show(row: Values): Values {
    if (this.spec.show) return this.spec.show(row, this.#store);
    return Object.fromEntries(Object.keys(this.spec.fields).map((name) => [name, row[name]]));
  }

  /** GET of the list, restricted by the conditions of a nested action. */
  list(request: ApiRequest, more: readonly Condition[] = []): Envelope {
    const where = this.#conditions(request);
    const sizes = this.spec.sizes ?? PAGE;
    const conditions = where === "nothing" ? undefined : [...where, ...more];
    const count = conditions ? this.#table.count(conditions) : 0;
    const page = choosePage(request.query, sizes, count);
    const rows = conditions ? this.#table.list(conditions, page.size, page.offset) : [];
    return envelope(request.url, page, count, rows.map((row) => this.show(row)));
  }

  /** All rows that meet conditions, for nested actions that return a list without pages. */
  all(conditions: readonly Condition[]): Values[] {
    return this.#table.list(conditions).map((row) => this.show(row));
  }

  /**
   * The row that a text in the path names.
   *
   * @throws ErrorResponse 404, or the error of the resource for a row of another organisation.
   */
  find(request: ApiRequest, text: string): Values {
    const key = this.spec.lookup(text);
    const row = key && this.#table.find(key.column, key.value);
    if (!row) throw notFound();
    const org = this.spec.table === "org" ? row.slug : row.org;
    if (!isMember(request, org)) throw this.spec.hidden === 404 ? notFound() : forbidden();
    return row;
  }

  /** GET of one row. */
  get(request: ApiRequest, text: string): Values {
    return this.show(this.find(request, text));
  }

  /** POST. */
  create(request: ApiRequest, body: unknown): Values {
    const { spec } = this;
    if (spec.rights.create === "nobody") throw forbidden();
    if (spec.rights.create === "staff" && !request.caller.account.is_staff) throw forbidden();
    const values = validate(spec.fields, body, false, this.#resolver(request));
    return this.#store.db.transaction(() => {
      const row = spec.create ? spec.create(this.#store, values, request) : values;
      if (spec.table !== "org") this.#demand(request, spec.rights.create, row.org ?? null);
      this.#table.insert(row);
      spec.created?.(this.#store, row, request);
      return this.show(this.#table.find("slug", row.slug)!);
    });
  }

  /** PUT and PATCH: missing fields are left unchanged. */
  update(request: ApiRequest, text: string, body: unknown): Values {
    const { spec } = this;
    const row = this.find(request, text);
    this.#demand(request, spec.rights.update, orgOf(spec, row));
    const values = validate(spec.fields, body, true, this.#resolver(request));
    return this.#store.db.transaction(() => {
      const changes = spec.update ? spec.update(this.#store, row, values, request) : values;
      if (changes.org && changes.org !== row.org) {
        this.#demand(request, spec.rights.update, changes.org);
      }
      this.#table.update("slug", row.slug, changes);
      spec.updated?.(this.#store);
      return this.show(this.#table.find("slug", row.slug)!);
    });
  }

  /** DELETE. */
  delete(request: ApiRequest, text: string): void {
    const { spec } = this;
    const row = this.find(request, text);
    if (spec.rights.delete === "staff" && !request.caller.account.is_staff) {
      throw handMade(403, "Restricted Access. Contact Arch");
    }
    this.#demand(request, spec.rights.delete, orgOf(spec, row));
    this.#store.db.transaction(() => {
      spec.delete?.(this.#store, row, request);
      this.#table.delete("slug", row.slug);
      this.#store.sweep();
    });
  }

  #demand(request: ApiRequest, right: Right, org: string | null): void {
    const allowed = right === "member"
      ? request.caller.account.is_staff || isMember(request, org)
      : right === "admin"
      ? isAdmin(request, org)
      : right === "staff"
      ? request.caller.account.is_staff
      : false;
    if (!allowed) throw forbidden();
  }

  #conditions(request: ApiRequest): readonly Condition[] | "nothing" {
    const { spec } = this;
    const where: Condition[] = [...spec.defaults?.(request) ?? []];
    if (!seesAll(request)) {
      where.push({
        column: spec.table === "org" ? "slug" : "org",
        is: "in",
        value: [...request.caller.roles.keys()],
      });
    }
    for (const [name, filter] of Object.entries(spec.filters)) {
      const value = request.query.get(name);
      if (value === null || value === "") continue;
      const conditions = filter(value, request);
      if (conditions === "nothing") return "nothing";
      where.push(...conditions);
    }
    return where;
  }

  /** A body names only rows that the account can see. */
  #resolver(request: ApiRequest): Resolve {
    return (tables, text) => {
      for (const table of tables) {
        const slug = canonical(table, text);
        const row = slug === undefined ? undefined : this.#store.tables[table].find("slug", slug);
        const org = table === "org" ? row?.slug : row?.org;
        if (row && (request.caller.account.is_staff || isMember(request, org))) return row.slug;
      }
      return undefined;
    };
  }
}

function orgOf(spec: ResourceSpec, row: Values): string | null {
  return spec.table === "org" ? row.slug : row.org;
}
