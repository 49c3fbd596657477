/**
 * What a Jupyter notebook shows of columns.
 *
 * @module
 */
import { displayable, type ShownColumns } from "./_inspect.ts";

/**
 * Makes a notebook show columns as charts and a table. The columns stay what they are for everything else: nothing is added
 * that is enumerable, copied or written as JSON.
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
