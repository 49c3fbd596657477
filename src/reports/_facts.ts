/**
 * The facts that an upload needs about a report: its ids, and the readings that prove that it was counted.
 *
 * The ids are those of the readings, not those in a decoded header, which may be wrong.
 *
 * @module
 */
import { integerReader } from "../_integers.ts";
import { DataError } from "../codec/data_error.ts";
import type { Id } from "../readings/reading_columns.ts";
import type { ReadingFacts } from "./report_cloud.ts";

/** The lowest id that is not 0 and the highest; both 0 if all ids are 0. */
export interface IdPair {
  readonly lowest: Id;
  readonly highest: Id;
}

/** The columns that are needed here. */
export interface Readings {
  readonly length: number;
  readonly streams: Uint32Array;
  readonly ids: Uint32Array | Float64Array | BigUint64Array;
  readonly times: BigInt64Array;
  readonly values: Float64Array;
}

/** The lowest id that is not 0 and the highest; both 0 if all ids are 0. */
export function idRange({ ids, length }: Readings): IdPair {
  const idAt = idReader(ids);
  let lowest: Id = 0;
  let highest: Id = 0;
  for (let row = 0; row < length; row++) {
    const id = idAt(row);
    if (id > highest) highest = id;
    if (id > 0 && (lowest === 0 || id < lowest)) lowest = id;
  }
  return { lowest, highest };
}

/** The first reading whose id is 0, or −1. */
export function firstWithoutId({ ids, length }: Readings): number {
  const idAt = idReader(ids);
  for (let row = 0; row < length; row++) if (idAt(row) === 0) return row;
  return -1;
}

/** The first reading with an id: the cloud keeps that one if an id occurs twice. */
export function readingWith(
  id: Id,
  { ids, length, streams, times, values }: Readings,
): ReadingFacts {
  const idAt = idReader(ids);
  let row = 0;
  while (row < length && idAt(row) !== id) row++;
  if (row === length) throw new DataError(`Cannot find the reading ${id} in the report`);
  return { id, stream: streams[row], timestampMicros: times[row], value: values[row] };
}

function idReader(ids: Readings["ids"]): (row: number) => Id {
  return ids instanceof BigUint64Array ? integerReader(ids) : (row) => ids[row];
}
