/**
 * Events of the store.
 *
 * @module
 */

/** A message for users, with its numbers. */
export interface StoreEvent {
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  /** Readings that were given up. */
  readonly dropped?: number;
}
