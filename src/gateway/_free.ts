/**
 * Frees the memory of large arrays at once: V8 collects buffers only when tens of megabytes of them are garbage,
 * and a gateway that catches up would always have that much garbage.
 *
 * @module
 */
import type { BareColumns } from "./_pack.ts";

/** Frees arrays that are not used any more, if the runtime supports it; an array that shares its buffer is kept. */
export function free(...arrays: readonly ArrayBufferView[]): void {
  for (const { buffer, byteLength } of arrays) {
    // An array that was already freed has no bytes.
    if (byteLength === 0 || buffer.byteLength !== byteLength) continue;
    (buffer as { transfer?(length: number): unknown }).transfer?.(0);
  }
}

/** Frees columns that are not used any more. */
export function freeColumns(columns: BareColumns): void {
  free(columns.streams, columns.timestamps, columns.values);
}
