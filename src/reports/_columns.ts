/**
 * Checks the columns that callers pass.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { EventColumns } from "../codec/event_columns.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { checkSummary, FreeFormWriter } from "./_free_form.ts";

const COLUMN_TYPES = [
  ["streams", [Uint32Array]],
  ["readingIds", [Uint32Array, Float64Array, BigUint64Array]],
  ["timestamps", [BigInt64Array]],
  ["values", [Float64Array]],
] as const;

/** The names of columns; the readers add `devices` if a file has readings of several devices. */
const NAMES = [
  "length",
  ...COLUMN_TYPES.map(([name]) => name),
  ...["summaryData", "rawData", "devices"],
];

/** Columns of the caller, referenced and not copied, without their free-form data. */
export function checkNumbers(columns: ReadingColumns): EventColumns {
  checkNames(columns, NAMES, "column");
  const { length } = columns;
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new TypeError(
      `Cannot use columns of length ${length}: it must be an integer of at least 0`,
    );
  }
  for (const [name, types] of COLUMN_TYPES) {
    const column = columns[name];
    if (!types.some((type) => column instanceof type)) {
      throw new TypeError(
        `Cannot use the column ${name}: it must be a ${
          types.map((type) => type.name).join(" or ")
        }`,
      );
    }
    if (column.length < length) {
      throw new RangeError(
        `Cannot use the column ${name}: it has ${column.length} rows, the columns have ${length}`,
      );
    }
  }
  const { streams, readingIds, timestamps, values } = columns;
  return new EventColumns(length, streams, readingIds, timestamps, values);
}

/** Columns of the caller, referenced and not copied, their free-form data encoded. */
export function checkColumns(columns: ReadingColumns): EventColumns {
  const numbers = checkNumbers(columns);
  const { length, summaryData, rawData } = columns;
  if (summaryData === undefined && rawData === undefined) return numbers;
  for (let row = 0; row < length; row++) checkSummary(summaryData?.[row], row);
  const writer = new FreeFormWriter(length);
  for (let row = 0; row < length; row++) writer.add(summaryData?.[row], rawData?.[row]);
  return numbers.with({ freeForm: writer.freeForm() });
}
