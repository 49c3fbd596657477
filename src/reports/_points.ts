/**
 * Data points to the bytes of a report.
 *
 * @module
 */
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

/** Points as bytes. */
interface EncodedPoints extends EncodedReport {
  /** The first reading without an id, −1 if every reading has one. */
  readonly firstWithoutId: number;
  /** Whether no point has summary or raw data, so that the points are all there is to encode again. */
  readonly areBare: boolean;
}

/** Rows and a writer of free-form data that nobody uses. */
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
   * @returns Whether no point has summary or raw data.
   */
  take(items: PointItem[], from: number, to: number): boolean {
    const { rows } = this;
    rows.clear();
    const next = ArchFXDataPoint[LOAD_BARE](rows, items, from, to);
    if (next === to) return true;
    const hasData = ArchFXDataPoint[TO_POINTS](items, next, to);
    const points = items as ArchFXDataPoint[];
    if (hasData) {
      const writer = this.#freeForm ??= new FreeFormWriter(rows.capacity);
      writer.clear();
      for (let i = from; i < to; i++) {
        writer.add(ArchFXDataPoint[SUMMARY](points[i]), points[i].rawData);
      }
      rows.freeForm = writer.freeForm();
    }
    ArchFXDataPoint[LOAD_POINTS](rows, points, next, to);
    return rows.freeForm === undefined;
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
 * @throws {DataError} If a point cannot be encoded.
 */
export function encodePoints(items: PointItem[], makeHeader: MakeHeader): EncodedPoints {
  // The caller's code may make another report meanwhile: that one finds nothing idle.
  const chunk = idle ?? new PointRows();
  idle = undefined;
  const { rows } = chunk;
  const { length } = items;
  const writer = new EventWriter();
  let firstWithoutId = -1;
  let areBare = true;
  let encoded: EncodedReport | undefined;
  for (let from = 0; from < length; from += rows.capacity) {
    const to = Math.min(from + rows.capacity, length);
    areBare = chunk.take(items, from, to) && areBare;
    if (firstWithoutId < 0) {
      const row = rows.ids.subarray(0, rows.length).indexOf(0);
      if (row >= 0) firstWithoutId = from + row;
    }
    // Most reports: an array of their own length.
    if (from === 0 && to === length) encoded = encodeShortReport(rows, makeHeader);
    if (encoded === undefined) writer.write(rows, length - to);
  }
  encoded ??= writer.finish(makeHeader);
  rows.clear();
  if (chunk.isSmall) idle = chunk;
  return { ...encoded, firstWithoutId, areBare };
}
