/**
 * The errors of a queue.
 *
 * @module
 */

/**
 * The queue cannot be opened, read or written.
 *
 * @example
 * ```ts
 * import { openQueue, QueueError } from "@archfx/cloud/gateway";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => openQueue("/no/such/folder/queue.sqlite"), QueueError);
 * ```
 */
export class QueueError extends Error {
  /** The name of the class. */
  override readonly name: string = "QueueError";

  /**
   * The error for JSON: name and message, without the stack.
   *
   * @returns A plain object.
   */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message };
  }
}

/**
 * The queue is full, and its overflow mode is `reject`.
 *
 * @example
 * ```ts
 * import { QueueError, QueueFullError } from "@archfx/cloud/gateway";
 * import { assert } from "@std/assert";
 *
 * assert(new QueueFullError("Cannot push: the queue is full") instanceof QueueError);
 * ```
 */
export class QueueFullError extends QueueError {
  /** The name of the class. */
  override readonly name = "QueueFullError";
}
