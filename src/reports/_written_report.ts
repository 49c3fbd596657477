/**
 * What writeReport returns.
 *
 * @module
 */

/** What was written. */
export interface WrittenReport {
  /** How many readings. */
  readonly readings: number;
  /** How many bytes. */
  readonly bytes: number;
}
