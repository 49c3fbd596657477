/**
 * The messages between the two sides of a worker.
 *
 * @module
 */

/** A request to the worker. */
export interface WorkerRequest<Request = unknown> {
  readonly id: number;
  readonly request: Request;
}

/** An error in a form that can be sent: its class would be lost. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Its own fields, such as `code`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A message of the worker: that it runs, a result, or an error. */
export type WorkerAnswer<Result = unknown> =
  | { readonly ready: true }
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: PlainError };
