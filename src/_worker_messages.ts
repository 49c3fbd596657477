/**
 * What the two sides of a worker say to each other.
 *
 * @module
 */

/** Either end of the line between a program and its worker. */
export interface WorkerPort {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

/** A request to the worker. */
export interface WorkerRequest {
  readonly id: number;
  readonly request: unknown;
}

/** An error as it crosses the line: its class would be lost. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Its own fields, such as `code`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What the worker says: that it runs, a result, or an error. */
export type WorkerAnswer =
  | { readonly ready: true }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError };
