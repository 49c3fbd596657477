/**
 * The counts of scans of rows, besides readings.
 *
 * @module
 */

/** Counts of one or several scans. */
export class ScanCounts {
  /** Rows that were left out for their quality. */
  quality = 0;
  /** Values that were left out because they are blank. */
  blank = 0;
  /** Whether times without a zone were read. */
  naive = false;
  /** Whether streams of decimal digits alone were read. */
  bareStreams = false;
  /** Whether other streams were read. */
  otherStreams = false;
}
