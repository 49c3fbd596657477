/**
 * Rows on standard output: a table for people, JSON lines for programs, an array with `--json`.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import { counted } from "../_plural.ts";
import { printable, printableJson } from "../_printable.ts";
import type { Context } from "./_command.ts";

/** A row of a resource. */
type Row = Record<string, unknown>;

/** How many rows determine the width of the columns; later rows are cut to fit. */
const MEASURED_ROWS = 500;

/**
 * Prints rows as they arrive.
 *
 * @param context The output and its form.
 * @param rows The rows.
 * @param fields The fields to print, with dots for nested ones; all if `undefined`.
 * @returns How many rows there were.
 */
export async function printRows(
  context: Context,
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  fields?: readonly string[],
): Promise<number> {
  let count = 0;
  const unseen = new Set(fields);
  const measured: unknown[] = [];
  let table: Table | undefined;
  if (context.json) await context.io.write("[");
  try {
    for await (const item of rows) {
      context.signal.throwIfAborted();
      const row = pick(item, fields, unseen);
      count++;
      if (context.json) await context.io.write(`${count > 1 ? "," : ""}\n  ${printableJson(row)}`);
      else if (!context.forPeople) await context.print(printableJson(row));
      else if (table) await context.print(table.line(row));
      else {
        measured.push(row);
        if (measured.length === MEASURED_ROWS) table = await startTable(context, measured, fields);
      }
    }
  } catch (error) {
    throw context.interrupted(error, `${counted(count, "row")} were read before`);
  }
  if (context.json) await context.print(count > 0 ? "\n]" : "]");
  else if (context.forPeople && !table && count > 0) await startTable(context, measured, fields);
  if (count > 0) warnOfUnseen(context, unseen, "No row has the");
  else if (context.forPeople) context.note("The list is empty");
  return count;
}

/** Prints one object: names and values for people, a line of JSON for programs. */
export async function printObject(
  context: Context,
  object: unknown,
  fields?: readonly string[],
): Promise<void> {
  const unseen = new Set(fields);
  const picked = pick(object, fields, unseen);
  warnOfUnseen(context, unseen, "There is no");
  if (
    !context.forPeople || typeof picked !== "object" || picked === null || Array.isArray(picked)
  ) {
    await context.print(printableJson(picked, context.json ? 2 : undefined));
    return;
  }
  const width = Math.max(0, ...Object.keys(picked).map((name) => name.length));
  for (const [name, value] of Object.entries(picked)) {
    await context.print(`${printable(name).padEnd(width)}  ${cell(value)}`);
  }
}

/** `--fields a,b,c` as a list. */
export function fieldList(text: string): string[] {
  const fields = text.split(",").map((field) => field.trim());
  if (fields.includes("")) throw new RangeError("a name is missing between two commas");
  return fields;
}

/** The chosen fields of a row; removes the fields that it has from `unseen`. */
function pick(item: unknown, fields: readonly string[] | undefined, unseen: Set<string>): unknown {
  if (!fields || typeof item !== "object" || item === null) return item;
  return Object.fromEntries(fields.map((field) => {
    const value = field.split(".").reduce<unknown>(
      // A value that is null in this row may be an object with the field in another row.
      (above, key) =>
        above === null
          ? null
          : isRecord(above) && Object.hasOwn(above, key)
          ? above[key]
          : undefined,
      item,
    );
    if (value !== undefined) unseen.delete(field);
    return [field, value ?? null];
  }));
}

function warnOfUnseen(context: Context, unseen: ReadonlySet<string>, there: string): void {
  for (const field of unseen) context.note(`${there} field "${field}"`);
}

interface Table {
  line(row: unknown): string;
}

async function startTable(
  context: Context,
  rows: readonly unknown[],
  fields: readonly string[] | undefined,
): Promise<Table> {
  const at = (row: unknown, name: string) => isRecord(row) ? row[name] : undefined;
  const names = fields ?? [...new Set(rows.flatMap((row) => isRecord(row) ? Object.keys(row) : []))]
    .filter((name) => rows.some((row) => cell(at(row, name)) !== ""));
  if (names.length === 0) {
    for (const row of rows) await context.print(cell(row));
    return { line: cell };
  }
  const columns = fit(
    names.map((name) => ({
      name,
      width: Math.max(name.length, ...rows.map((row) => cell(at(row, name)).length)),
    })),
    context.io.columns,
  );
  const format = (cells: string[]) =>
    cells.map((text, index) => {
      const { width } = columns[index]!;
      return clip(text, width).padEnd(width);
    }).join("  ").trimEnd();
  const line = (row: unknown) => format(columns.map(({ name }) => cell(at(row, name))));
  const head = format(columns.map(({ name }) => printable(name)));
  await context.print(context.color ? `\u001b[1m${head}\u001b[22m` : head);
  for (const row of rows) await context.print(line(row));
  const hidden = names.filter((name) => !columns.some((column) => column.name === name));
  if (hidden.length > 0) {
    context.note(
      `Not shown, the terminal is too narrow: ${hidden.join(", ")} (choose with --fields)`,
    );
  }
  return { line };
}

interface ColumnWidth {
  readonly name: string;
  width: number;
}

/** The longest cell that is shown in full. Slugs are always shown in full, because people copy them. */
const WIDEST = 42;
/** A UUID of 36 characters shows enough of them to be unique. */
const SHORT_ID = 9;

/**
 * The columns that fit the terminal. Long ids are shortened first, then the last columns are left out, but never
 * a slug.
 */
function fit(wanted: readonly ColumnWidth[], room: number): ColumnWidth[] {
  const isSlug = ({ name }: ColumnWidth) => /^(?:slug|.*\.slug)$/.test(name);
  const columns = wanted.map((column) => ({
    ...column,
    width: isSlug(column) ? column.width : Math.min(column.width, WIDEST),
  }));
  const total = () => columns.reduce((sum, { width }) => sum + width + 2, -2);
  for (const column of columns) {
    if (total() <= room) break;
    if (column.name === "id") column.width = Math.min(column.width, SHORT_ID);
  }
  while (total() > room && columns.length > 1) {
    const last = columns.findLastIndex((column) => !isSlug(column));
    if (last < 0) break;
    columns.splice(last, 1);
  }
  return columns;
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? printableJson(value) : printable(String(value));
}
