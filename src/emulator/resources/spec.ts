/** The specification of a resource: its fields, filters, rights and special rules. */
import type { PageSizes } from "../http/paging.ts";
import type { Condition, Values } from "../store/table.ts";
import type { Store, TableName } from "../store/store.ts";
import type { Field } from "./fields.ts";
import type { ApiRequest } from "./request.ts";

/** Who may change a row of an organisation. */
export type Right = "member" | "admin" | "staff" | "nobody";

/** A filter: turns the text of a query parameter into conditions, or into an empty list. */
export type Filter = (value: string, request: ApiRequest) => readonly Condition[] | "nothing";

/** One resource. */
export interface ResourceSpec {
  readonly table: TableName;
  /** The path below `/api/v1/`. */
  readonly path: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly sizes?: PageSizes;
  /** The response for a row in another organisation. */
  readonly hidden: 403 | 404;
  /** The column and the value by which a text in the path finds a row. */
  lookup(text: string): { column: string; value: string } | undefined;
  readonly filters: Readonly<Record<string, Filter>>;
  /** Conditions that hold unless the query says otherwise. */
  defaults?(request: ApiRequest): readonly Condition[];
  readonly rights: { readonly create: Right; readonly update: Right; readonly delete: Right };
  /** Completes a new row: slug, organisation, and fields that follow from others. */
  create?(store: Store, values: Values, request: ApiRequest): Values;
  /** Runs once a new row is stored, in the same transaction. */
  created?(store: Store, row: Values, request: ApiRequest): void;
  /** Completes the changes to a row. */
  update?(store: Store, row: Values, changes: Values, request: ApiRequest): Values;
  /** Runs once a row is changed, in the same transaction. */
  updated?(store: Store): void;
  /** Runs before a row is deleted, in the same transaction; may throw. */
  delete?(store: Store, row: Values, request: ApiRequest): void;
  /** A row in the form that the API returns; by default, its fields in order. */
  show?(row: Values, store: Store): Values;
}
