/**
 * The lowest and the highest id of decoded readings.
 *
 * @module
 */
import { integerReader } from "../_integers.ts";
import type { Id } from "../readings/reading_columns.ts";

/** The lowest id that is not 0 and the highest; both 0 if there is no such id. */
export function idRange(ids: BigUint64Array): { lowest: Id; highest: Id } {
  const idAt = integerReader(ids);
  let lowest: Id = 0;
  let highest: Id = 0;
  for (let row = 0; row < ids.length; row++) {
    const id = idAt(row);
    if (id > highest) highest = id;
    if (id !== 0 && (lowest === 0 || id < lowest)) lowest = id;
  }
  return { lowest, highest };
}
