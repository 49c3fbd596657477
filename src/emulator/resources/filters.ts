/** Filters that several resources have: by organisation, and by the parent of a row. */
import { notFound } from "../http/error_response.ts";
import type { TableName } from "../store/store.ts";
import type { Condition } from "../store/table.ts";
import { type ApiRequest, isMember } from "./request.ts";
import { canonical, PARENT_TABLES } from "./slugs.ts";
import type { Filter } from "./spec.ts";

/** `?org=` and `?org__slug=`, both. An organisation that the account cannot see is a 404. */
export function byOrg(): Record<string, Filter> {
  const filter = (value: string, request: ApiRequest): readonly Condition[] => {
    if (!isMember(request, value)) throw notFound();
    return [{ column: "org", is: "=", value }];
  };
  return { org: filter, org__slug: filter };
}

/** Matches rows whose column names a row of this table. */
export function byRelation(column: string, table: TableName): Filter {
  return (value) => {
    const slug = canonical(table, value);
    return slug === undefined ? "nothing" : [{ column, is: "=", value: slug }];
  };
}

/** Matches rows under a line, an area or a site; the prefix of the slug says which. */
export const byParent: Filter = (value, request) => {
  const table = PARENT_TABLES[value.slice(0, 2)];
  return table ? byRelation("parent", table)(value, request) : "nothing";
};

/** Matches rows with this text in a column. */
export function byText(column: string): Filter {
  return (value) => [{ column, is: "=", value }];
}
