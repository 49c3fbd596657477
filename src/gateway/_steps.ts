/**
 * Named steps of push, seal, send, confirm and delete, and of a move. Tests kill a gateway at each of them.
 *
 * @module
 */

/** The steps, in the order in which a reading passes them, then those of a move. */
export type Step =
  | "push"
  | "pushed"
  | "seal"
  | "sealed"
  | "send"
  | "sent"
  | "confirm"
  | "delete"
  | "export batch"
  | "export"
  | "exported"
  | "import states"
  | "import"
  | "import batch";

/** Reports that a step was reached. Only tests use it, by setting `archfxGatewayStep`. */
export function step(name: Step): void {
  (globalThis as { archfxGatewayStep?: (name: Step) => void }).archfxGatewayStep?.(name);
}
