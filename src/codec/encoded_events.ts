/**
 * Events that were encoded elsewhere, such as by a worker, on their way into a report.
 *
 * @module
 */
import { EventEncoder, type Rows } from "./event_encoder.ts";
import { IdRange } from "./id_range.ts";
import { LONGEST_EVENT } from "./wasm_constants.ts";

/** The events of some readings. */
export class EncodedEvents {
  /**
   * @param length How many events there are.
   * @param bytes The events.
   * @param ids The lowest and the highest id; 0 where no reading has one.
   * @param release Called once the bytes are not needed any more.
   */
  constructor(
    readonly length: number,
    readonly bytes: Uint8Array<ArrayBuffer>,
    readonly ids: Pick<IdRange, "lowest" | "highest">,
    readonly release: () => void = () => {},
  ) {}
}

/** How many bytes the events of so many readings without free-form data take at most. */
export function mostEventBytes(readings: number): number {
  return readings * LONGEST_EVENT;
}

/**
 * Encodes readings without free-form data.
 *
 * @param rows The readings.
 * @param target Where their events go, from its beginning: at least {@linkcode mostEventBytes} long.
 * @returns How many bytes they take, and their ids.
 * @throws {DataError} If a reading cannot be encoded.
 */
export function encodeRows(
  rows: readonly Rows[],
  target: Uint8Array,
): { readonly size: number; readonly ids: IdRange } {
  const ids = new IdRange();
  let end = 0;
  for (const some of rows) {
    const encoder = new EventEncoder(some, ids);
    while (!encoder.done) encoder.next((size) => target.subarray(end, end += size));
  }
  return { size: end, ids };
}
