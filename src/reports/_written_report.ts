/**
 * The result of writeReport.
 *
 * @module
 */

/** The size of the written report. */
export interface WrittenReport {
  /** The number of readings. */
  readonly readings: number;
  /** The number of bytes. */
  readonly bytes: number;
}
