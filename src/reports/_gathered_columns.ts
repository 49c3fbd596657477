/**
 * Gathers columns, a few rows at a time.
 *
 * @module
 */
import { EventColumns } from "../codec/event_columns.ts";

/** The number of rows that fit at first. */
const FIRST_ROOM = 1024;

/** Room for rows, with ids of one kind. */
interface Room {
  readonly streams: Uint32Array;
  readonly ids: EventColumns["ids"];
  readonly times: BigInt64Array;
  readonly values: Float64Array;
}

function makeRoom(ids: EventColumns["ids"], rows: number): Room {
  return {
    streams: new Uint32Array(rows),
    ids: ids instanceof BigUint64Array
      ? new BigUint64Array(rows)
      : ids instanceof Float64Array
      ? new Float64Array(rows)
      : new Uint32Array(rows),
    times: new BigInt64Array(rows),
    values: new Float64Array(rows),
  };
}

/** Gathers columns without free-form data. */
export class GatheredColumns {
  #room: Room | undefined;
  #length = 0;

  /** Copies rows. Returns false if their ids have another type than those before, which must then be taken first. */
  add({ length, streams, ids, times, values }: EventColumns): boolean {
    if (this.#room === undefined || this.#room.ids.constructor !== ids.constructor) {
      if (this.#length > 0) return false;
      this.#room = makeRoom(ids, Math.max(FIRST_ROOM, length));
    }
    const room = this.#reserve(this.#room, this.#length + length);
    room.streams.set(streams, this.#length);
    // Both have the same type, which is checked above.
    (room.ids as BigUint64Array).set(ids as BigUint64Array, this.#length);
    room.times.set(times, this.#length);
    room.values.set(values, this.#length);
    this.#length += length;
    return true;
  }

  #reserve(room: Room, rows: number): Room {
    if (rows <= room.streams.length) return room;
    const wider = makeRoom(room.ids, Math.max(rows, 2 * room.streams.length));
    const before = this.#length;
    this.#room = wider;
    wider.streams.set(room.streams.subarray(0, before));
    (wider.ids as BigUint64Array).set(room.ids.subarray(0, before) as BigUint64Array);
    wider.times.set(room.times.subarray(0, before));
    wider.values.set(room.values.subarray(0, before));
    return wider;
  }

  /** Takes the rows, which are valid until the next rows are added; undefined if there are no rows. */
  take(): EventColumns | undefined {
    const [room, length] = [this.#room, this.#length];
    this.#length = 0;
    if (room === undefined || length === 0) return undefined;
    const { streams, ids, times, values } = room;
    return new EventColumns(length, streams, ids, times, values);
  }
}
