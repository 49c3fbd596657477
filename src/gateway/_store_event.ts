/**
 * What the store reports while it works.
 *
 * @module
 */

/** Something that people should know, with its numbers. */
export interface StoreEvent {
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  /** Readings that were given up. */
  readonly dropped?: number;
}
