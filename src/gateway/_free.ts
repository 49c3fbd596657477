/**
 * Memory of large arrays, given back at once: V8 collects buffers only when tens of megabytes of them are garbage, and a
 * gateway that catches up would have that many all the time.
 *
 * @module
 */
import type { BareColumns } from "./_pack.ts";

/** Frees arrays that are no longer used, if the runtime can; one that shares its buffer stays. */
export function free(...arrays: readonly ArrayBufferView[]): void {
  for (const { buffer, byteLength } of arrays) {
    // One that is freed already has no bytes.
    if (byteLength === 0 || buffer.byteLength !== byteLength) continue;
    (buffer as { transfer?(length: number): unknown }).transfer?.(0);
  }
}

/** Frees columns that are no longer used. */
export function freeColumns(columns: BareColumns): void {
  free(columns.streams, columns.timestamps, columns.values);
}
