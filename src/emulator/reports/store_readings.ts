/**
 * Puts the new readings of a report into the store.
 *
 * A reading is new if its id is above the streamer's last one before the report. The order inside a report does
 * not matter, a repeated id counts once, and id 0 is never new. The columns are read without an object for each
 * reading.
 */
import type { ReadingColumns } from "../../readings/reading_columns.ts";
import { fieldErrors } from "../http/error_response.ts";
import type { ReadingWriter, StreamCount } from "../store/readings.ts";
import { freeFormJson } from "./free_form.ts";

/** The result for the readings of a report. */
export interface Stored {
  /** How many were new. */
  readonly added: number;
  /** The lowest and the highest new id; 0 if there are none. */
  readonly first: bigint;
  readonly last: bigint;
  /** Readings with an id at or below the high-water mark, or seen before in the report. */
  readonly duplicates: number;
  /** Readings without an id. */
  readonly missingIds: number;
  /** The new readings by variable. */
  readonly byVariable: ReadonlyMap<number, number>;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Writes the new readings.
 *
 * @param columns The readings of the report.
 * @param lastId The streamer's high-water mark before the report.
 * @param streamOf The number of the stream of a variable.
 * @param writer The writer of the transaction.
 * @throws ErrorResponse 400 for an id of more than 63 bits.
 */
export function storeReadings(
  columns: ReadingColumns,
  lastId: bigint,
  streamOf: (variable: number, micros: bigint) => number,
  writer: ReadingWriter,
): Stored {
  const { length, streams, timestamps, values, summaryData, rawData } = columns;
  const ids = integers(columns.readingIds, length);
  const times = integers(timestamps, length);
  const known = new Map<number, { stream: StreamCount; n: number }>();
  const seen = new SeenIds(lastId);
  let missingIds = 0;
  let duplicates = 0;
  let added = 0;
  for (let i = 0; i < length; i++) {
    const id = ids(i);
    if (id === 0) {
      missingIds++;
      continue;
    }
    if (!seen.isNew(id)) {
      duplicates++;
      continue;
    }
    let entry = known.get(streams[i]);
    if (!entry) {
      entry = { stream: writer.stream(streamOf(streams[i], timestamps[i])), n: 0 };
      known.set(streams[i], entry);
    }
    entry.n++;
    writer.add(
      entry.stream,
      times(i),
      id,
      values[i],
      summaryData ? freeFormJson(summaryData[i]) : null,
      rawData ? freeFormJson(rawData[i]) : null,
    );
    added++;
  }
  writer.finish();
  return {
    added,
    first: seen.first,
    last: seen.last,
    duplicates,
    missingIds,
    byVariable: new Map([...known].map(([variable, { n }]) => [variable, n])),
  };
}

/** Decides which ids are new. It keeps a set only if the ids are not increasing. */
class SeenIds {
  #mark: number | bigint;
  #last: number | bigint;
  #first: number | bigint = 0;
  #set: Set<number | bigint> | undefined;
  #rising: (number | bigint)[] = [];

  constructor(mark: bigint) {
    this.#mark = mark <= MAX_SAFE ? Number(mark) : mark;
    this.#last = this.#mark;
  }

  get first(): bigint {
    return BigInt(this.#first);
  }

  get last(): bigint {
    return this.#first === 0 ? 0n : BigInt(this.#last);
  }

  isNew(id: number | bigint): boolean {
    if (id > this.#last) {
      this.#last = id;
      if (this.#first === 0) this.#first = id;
      if (this.#set) this.#set.add(id);
      else this.#rising.push(id);
      return true;
    }
    if (id <= this.#mark) return false;
    // The first id that is not higher: from here on, a set contains the earlier ids.
    this.#set ??= new Set(this.#rising);
    if (this.#set.has(id)) return false;
    this.#set.add(id);
    if (id < this.#first) this.#first = id;
    return true;
  }
}

/**
 * Reads 64-bit integers as numbers if these are exact: a number is several times faster to create and to bind
 * than a bigint.
 */
function integers(
  column: Uint32Array | Float64Array | BigUint64Array | BigInt64Array,
  length: number,
): (i: number) => number | bigint {
  if (!(column instanceof BigUint64Array || column instanceof BigInt64Array)) {
    return (i) => column[i];
  }
  const signed = column instanceof BigInt64Array;
  const halves = new Uint32Array(column.buffer, column.byteOffset, 2 * length);
  return (i) => {
    const high = signed ? halves[2 * i + 1] | 0 : halves[2 * i + 1];
    if (high >= -0x20_0000 && high < 0x20_0000) return high * 0x1_0000_0000 + halves[2 * i];
    const value = column[i];
    if (!signed && value > 0x7fff_ffff_ffff_ffffn) {
      throw fieldErrors({
        dev_seqid: ["Ensure this value is less than or equal to 9223372036854775807."],
      });
    }
    return value;
  };
}
