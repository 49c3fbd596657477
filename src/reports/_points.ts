/**
 * Encodes data points as the bytes of a report.
 *
 * @module
 */
import type { FreeForm } from "../codec/event_encoder.ts";
import { EventRows } from "../codec/event_rows.ts";
import {
  type EncodedReport,
  encodeShortReport,
  EventWriter,
  type MakeHeader,
} from "../codec/event_writer.ts";
import { FreeFormWriter } from "./_free_form.ts";
import { LOAD_BARE, LOAD_POINTS, SUMMARY, TO_POINTS } from "./_point_access.ts";
import { ArchFXDataPoint, type ArchFXDataPointFields } from "./data_point.ts";

/** Points, or plain objects with the same fields. */
export type PointItem = ArchFXDataPoint | ArchFXDataPointFields;

/** Encoded points. */
interface EncodedPoints extends EncodedReport {
  /** The first reading without an id, −1 if every reading has one. */
  readonly firstWithoutId: number;
  /** The data of the points by chunk, undefined for a chunk without data; undefined if the data was not kept. */
  readonly data: KeptData | undefined;
}

/** Encoded summary and raw data of points by chunk. With the points, whose numbers cannot change, it makes a report. */
export type KeptData = readonly (FreeForm | undefined)[];

/** The data of fewer points than this is not kept: copying the report does not cost more. */
const LEAST_KEPT = 256;
/** Data of more bytes per point than this is not kept either: it is about the size of the rest of an event. */
const MOST_KEPT = 128;

/** Rows and a writer of free-form data that are not in use. */
let idle: PointRows | undefined;
/** A writer that has grown beyond this number of bytes is not kept. */
const LARGEST_IDLE = 1 << 22;

/** One chunk of points as rows. */
class PointRows {
  readonly rows = new EventRows();
  #freeForm: FreeFormWriter | undefined;

  /**
   * Takes a chunk of items. It may run the caller's code, such as getters and `toJSON`.
   *
   * @param data Their data, if it has been encoded before.
   * @returns Whether no point has summary or raw data.
   */
  take(items: PointItem[], from: number, to: number, data?: FreeForm): boolean {
    const { rows } = this;
    rows.clear();
    const next = data === undefined ? ArchFXDataPoint[LOAD_BARE](rows, items, from, to) : from;
    if (next === to) return true;
    const points = items as ArchFXDataPoint[];
    let areBare = false;
    if (data !== undefined) {
      rows.freeForm = data;
    } else if (!ArchFXDataPoint[TO_POINTS](items, next, to)) {
      areBare = true;
    } else {
      const writer = this.#freeForm ??= new FreeFormWriter(rows.capacity);
      writer.clear();
      for (let i = from; i < to; i++) {
        writer.add(ArchFXDataPoint[SUMMARY](points[i]), points[i].rawData);
      }
      rows.freeForm = writer.freeForm();
    }
    ArchFXDataPoint[LOAD_POINTS](rows, points, next, to);
    return areBare;
  }

  get isSmall(): boolean {
    return (this.#freeForm?.capacity ?? 0) <= LARGEST_IDLE;
  }
}

/**
 * Encodes points a chunk at a time.
 *
 * @param items The points; plain objects among them are replaced by points.
 * @param makeHeader Makes the header, once the ids are known.
 * @param data The data of the same points that an earlier call kept. With it, the caller's code does not run again.
 * @throws {DataError} If a point cannot be encoded.
 */
export function encodePoints(
  items: PointItem[],
  makeHeader: MakeHeader,
  data?: KeptData,
): EncodedPoints {
  // The caller's code may encode another report meanwhile: that call must not use the same rows.
  const chunk = idle ?? new PointRows();
  idle = undefined;
  const { rows } = chunk;
  const { length } = items;
  const writer = new EventWriter();
  let firstWithoutId = -1;
  let kept: (FreeForm | undefined)[] | undefined = [];
  let encoded: EncodedReport | undefined;
  for (let from = 0; from < length; from += rows.capacity) {
    const to = Math.min(from + rows.capacity, length);
    const areBare = chunk.take(items, from, to, data?.[from / rows.capacity]);
    if (data === undefined) kept = keep(kept, rows, areBare);
    if (firstWithoutId < 0) {
      const row = rows.ids.subarray(0, rows.length).indexOf(0);
      if (row >= 0) firstWithoutId = from + row;
    }
    // Most reports have one chunk: their array has exactly their length.
    if (from === 0 && to === length) encoded = encodeShortReport(rows, makeHeader);
    if (encoded === undefined) writer.write(rows, length - to);
  }
  encoded ??= writer.finish(makeHeader);
  rows.clear();
  if (chunk.isSmall) idle = chunk;
  return { ...encoded, firstWithoutId, data: data ?? kept };
}

/** Keeps the data of a chunk, if this costs less than copying the report later. */
function keep(
  kept: (FreeForm | undefined)[] | undefined,
  { length, freeForm }: EventRows,
  areBare: boolean,
): (FreeForm | undefined)[] | undefined {
  if (kept === undefined) return undefined;
  if (areBare) {
    kept.push(undefined);
    return kept;
  }
  const bytes = freeForm?.bytes ?? new Uint8Array();
  // The last chunk of many may be short.
  const isFew = length < LEAST_KEPT && kept.length === 0;
  if (isFew || bytes.length > MOST_KEPT * length) return undefined;
  kept.push({
    bytes: bytes.slice(),
    // The lengths are kept even if the data is empty, because the caller may add data to a map later.
    extraLengths: freeForm?.extraLengths.slice(0, length) ?? new Uint32Array(length),
    dataLengths: freeForm?.dataLengths.slice(0, length) ?? new Uint32Array(length),
  });
  return kept;
}
