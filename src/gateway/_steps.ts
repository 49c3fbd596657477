/**
 * Named steps of push, seal, send, confirm and delete. The tests kill a gateway at each of them.
 *
 * @module
 */

/** The steps, in the order in which a reading passes them. */
export type Step =
  | "push"
  | "pushed"
  | "seal"
  | "sealed"
  | "send"
  | "sent"
  | "confirm"
  | "delete";

/** A step is reached. Nobody listens but a test, which sets `archfxGatewayStep`. */
export function step(name: Step): void {
  (globalThis as { archfxGatewayStep?: (name: Step) => void }).archfxGatewayStep?.(name);
}
