/**
 * What a Jupyter notebook with the Deno kernel shows of an object.
 *
 * @module
 */

/** Forms of an object by media type, of which a notebook shows the richest that it can. */
export type Display = Readonly<Record<string, string>>;

/**
 * Makes a Jupyter notebook (with the Deno kernel) show an object as a table and a chart.
 *
 * @param target An object, or the prototype of a class.
 * @param show Gives the forms of one object; what makes them is imported only then.
 */
export function displayable<T extends object>(target: T, show: (it: T) => Promise<Display>): void {
  const value = function (this: T): Promise<Display> {
    return show(this);
  };
  Object.defineProperty(target, Symbol.for("Jupyter.display"), { value, configurable: true });
}

/** Readings as columns, as far as they are shown. */
export interface ShownColumns {
  readonly length: number;
  readonly streams: Uint32Array;
  readonly readingIds: ArrayLike<number | bigint>;
  /** µs since the Unix epoch, UTC. */
  readonly timestamps: BigInt64Array;
  readonly values: Float64Array;
  /** The device of each reading, where they say it. */
  readonly devices?: BigUint64Array;
}

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
