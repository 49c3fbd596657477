/**
 * The part of a Node stream that decompression uses.
 *
 * @module
 */

/** The part of a Node stream that is used. */
export interface NodeStream extends AsyncIterable<Uint8Array> {
  write(chunk: Uint8Array): boolean;
  end(): void;
  destroy(error?: Error): void;
  once(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
  readonly destroyed: boolean;
}
