/**
 * A batch in the lists of `archfx gateway queue`.
 *
 * @module
 */

/** A batch that waits. */
export interface BatchInfo {
  readonly batch: number;
  readonly device: string;
  /** null: the gateway chooses. */
  readonly streamer: number | null;
  readonly readings: number;
  readonly bytes: number;
  /** When it was pushed, ISO 8601. */
  readonly pushed: string;
}
