/**
 * The display of columns in a Jupyter notebook.
 *
 * @module
 */
import { displayable, type ShownColumns } from "./_inspect.ts";

/**
 * Makes a notebook show columns as charts and a table. For all other purposes the columns do not change: the added
 * property is not enumerable, is not copied, and is not written as JSON.
 *
 * @param columns The columns; the object must be extensible.
 * @returns The same object.
 */
export function displayableColumns<T extends ShownColumns>(columns: T): T {
  displayable(columns, async (it) => {
    const { readingsDisplay } = await import("./_deno_notebook.ts");
    return readingsDisplay(it, `ReadingColumns (length: ${it.length})`);
  });
  return columns;
}
