/** One table as rows of plain values. It makes the SQL for lookups, lists and writes. */
import type { Database, Row, SqlValue } from "./database.ts";

/** The values of a row's columns; booleans and JSON are converted. */
// The columns depend on the table; with `unknown`, every service would have to check again what the schema
// guarantees.
// deno-lint-ignore no-explicit-any
export type Values = Record<string, any>;

/** A condition on a column. */
export interface Condition {
  readonly column: string;
  readonly is: "=" | "in" | ">=" | "<" | "<=" | "not";
  readonly value: SqlValue | readonly SqlValue[];
}

/** The shape of a table. */
export interface TableShape {
  readonly name: string;
  /** All columns except those that the API never returns. */
  readonly columns: readonly string[];
  readonly booleans?: readonly string[];
  readonly json?: readonly string[];
  /** The primary key, which orders rows that are otherwise equal. */
  readonly order: string;
}

/** Rows of one table. */
export class Table {
  readonly shape: TableShape;
  #db: Database;
  #columns: string;

  constructor(db: Database, shape: TableShape) {
    this.#db = db;
    this.shape = shape;
    this.#columns = shape.columns.map(quote).join(", ");
  }

  /** The row with this value in a unique column, or `undefined`. */
  find(column: string, value: SqlValue): Values | undefined {
    const [row] = this.#db.allBig<Row>(
      `SELECT ${this.#columns} FROM ${this.shape.name} WHERE ${this.#column(column)} = ?`,
      value,
    );
    return row && this.#read(row);
  }

  /** How many rows meet the conditions. */
  count(where: readonly Condition[]): number {
    const [text, values] = this.#where(where);
    return this.#db.get<{ n: number }>(
      `SELECT count(*) AS n FROM ${this.shape.name}${text}`,
      ...values,
    )!.n;
  }

  /** Rows that meet the conditions, in the order of the table. */
  list(where: readonly Condition[] = [], limit = -1, offset = 0): Values[] {
    const [text, values] = this.#where(where);
    const rows = this.#db.allBig<Row>(
      `SELECT ${this.#columns} FROM ${this.shape.name}${text} ORDER BY ${
        quote(this.shape.order)
      } LIMIT ? OFFSET ?`,
      ...values,
      limit,
      offset,
    );
    return rows.map((row) => this.#read(row));
  }

  /** Adds a row. */
  insert(row: Values): void {
    const columns = Object.keys(row);
    this.#db.run(
      `INSERT INTO ${this.shape.name} (${
        columns.map((column) => this.#column(column)).join(", ")
      }) VALUES (${columns.map(() => "?").join(", ")})`,
      ...columns.map((column) => this.#write(row[column])),
    );
  }

  /** Changes the row with this value in a unique column. */
  update(column: string, key: SqlValue, changes: Values): void {
    const columns = Object.keys(changes);
    if (columns.length === 0) return;
    this.#db.run(
      `UPDATE ${this.shape.name} SET ${
        columns.map((name) => `${this.#column(name)} = ?`).join(", ")
      } WHERE ${this.#column(column)} = ?`,
      ...columns.map((name) => this.#write(changes[name])),
      key,
    );
  }

  /** Removes the row with this value in a unique column. */
  delete(column: string, key: SqlValue): void {
    this.#db.run(
      `DELETE FROM ${this.shape.name} WHERE ${this.#column(column)} = ?`,
      key,
    );
  }

  /** Column names reach SQL only when they are the table's own. */
  #column(name: string): string {
    if (!this.shape.columns.includes(name)) {
      throw new TypeError(`Cannot use column "${name}": table ${this.shape.name} does not have it`);
    }
    return quote(name);
  }

  #where(conditions: readonly Condition[]): [string, SqlValue[]] {
    if (conditions.length === 0) return ["", []];
    const values: SqlValue[] = [];
    const terms = conditions.map(({ column, is, value }) => {
      const name = this.#column(column);
      if (is === "in") {
        // A list of values as JSON, so that it is always one parameter.
        values.push(JSON.stringify(value));
        return `${name} IN (SELECT value FROM json_each(?))`;
      }
      if (typeof value === "object" && value !== null) {
        throw new TypeError(`Cannot compare "${column}" with a list by ${is}`);
      }
      values.push(value);
      return is === "not" ? `${name} IS NOT ?` : `${name} ${is} ?`;
    });
    return [` WHERE ${terms.join(" AND ")}`, values];
  }

  #read(row: Row): Values {
    const values: Values = {};
    for (const name of this.shape.columns) {
      const value = row[name];
      // Identifiers go up to 2^63-1; one that fits a number becomes a number.
      const number = typeof value === "bigint" ? Number(value) : undefined;
      values[name] = number !== undefined && Number.isSafeInteger(number) ? number : value;
    }
    for (const column of this.shape.booleans ?? []) values[column] = values[column] === 1;
    for (const column of this.shape.json ?? []) values[column] = JSON.parse(values[column]);
    return values;
  }

  #write(value: unknown): SqlValue {
    if (typeof value === "boolean") return value ? 1 : 0;
    if (typeof value === "object" && value !== null) return JSON.stringify(value);
    if (value === null || typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "bigint") return value;
    throw new TypeError(`Cannot store a value of the type ${typeof value}`);
  }
}

function quote(name: string): string {
  return `"${name}"`;
}
