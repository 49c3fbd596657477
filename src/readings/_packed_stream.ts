/**
 * The part of a stream of Node that unpacking uses.
 *
 * @module
 */

/** A stream of Node, as far as it is used. */
export interface NodeStream extends AsyncIterable<Uint8Array> {
  write(chunk: Uint8Array): boolean;
  end(): void;
  destroy(error?: Error): void;
  once(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
  readonly destroyed: boolean;
}
