/**
 * The part of `ValueWriter` that its helpers use.
 *
 * @module
 */

/** A growing buffer of msgpack. */
export interface ValueSink {
  /** Everything written so far, up to `length`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes. */
  readonly view: DataView;
  /** The number of bytes that have been written. */
  length: number;
  /** Makes room for `size` more bytes; this may replace `bytes` and `view`. */
  reserve(size: number): void;
  /** Writes the head of an array or a map. */
  head(short: number, long: number, count: number): void;
  /** Writes any value. */
  write(value: unknown, level: number): void;
  /** Writes text. */
  text(value: string): void;
  /** Writes a float of 64 bits. */
  float(value: number): void;
  /** Writes a safe integer in its shortest form. */
  integer(value: number): void;
  /** Writes an integer of up to 64 bits. */
  bigint(value: bigint): void;
}
