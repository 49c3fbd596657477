/**
 * Gives the rest of this folder access to the private state of data points. Only code that has these symbols can
 * use the members that they name.
 *
 * @module
 */
/** `new ArchFXDataPoint(CHECKED, time, stream, ...)` makes a point from fields that need no checks. */
export const CHECKED: unique symbol = Symbol("checked");

/** `[IS_POINT](it)`: whether it is a data point of this copy of the module. */
export const IS_POINT: unique symbol = Symbol("isPoint");

/** `[SUMMARY](point)`: the summary data of a point, null if it has none. */
export const SUMMARY: unique symbol = Symbol("summary");

/** `[TO_POINTS](items, from, to)`: replaces plain objects by points; returns whether one has summary or raw data. */
export const TO_POINTS: unique symbol = Symbol("toPoints");

/**
 * `[LOAD_BARE](rows, items, from, to)`: adds items to rows, up to the first that is not a point without
 * summary and raw data whose time and id are numbers; returns the index of that item, or `to`.
 */
export const LOAD_BARE: unique symbol = Symbol("loadBare");

/** `[LOAD_POINTS](rows, points, from, to)`: adds any points to rows, without their summary and raw data. */
export const LOAD_POINTS: unique symbol = Symbol("loadPoints");
