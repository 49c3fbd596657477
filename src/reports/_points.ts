/**
 * The points that callers hand over, on their way to the encoder.
 *
 * @module
 */
import { type Arena, arena } from "../codec/arena.ts";
import type { FreeForm, Rows } from "../codec/event_encoder.ts";
import type { Points } from "../codec/point_encoder.ts";
import { FreeFormWriter } from "./_free_form.ts";
import {
  type ArchFXDataPoint,
  type ArchFXDataPointFields,
  loadBarePoints,
  loadPoints,
  summaryOf,
  toPoints,
} from "./data_point.ts";

/** A writer of free-form data that nobody uses; one that has grown beyond this size, in bytes, is not kept. */
let idle: FreeFormWriter | undefined;
const LARGEST_IDLE = 1 << 22;

/** Points, or plain objects of the same shape, which are replaced by points. */
export class ReportPoints implements Points {
  readonly #items: (ArchFXDataPoint | ArchFXDataPointFields)[];
  #writer: FreeFormWriter | undefined;

  /** Takes items over. */
  constructor(items: (ArchFXDataPoint | ArchFXDataPointFields)[]) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length;
  }

  loadBare(memory: Arena, from: number, to: number): boolean {
    return loadBarePoints(memory, this.#items, from, to);
  }

  rows(from: number, to: number): Rows {
    const hasData = toPoints(this.#items, from, to);
    const points = this.#items as ArchFXDataPoint[];
    let freeForm: FreeForm | undefined;
    if (hasData) {
      // The caller's code may make another report meanwhile: that one finds no idle writer.
      const writer = this.#writer ??= idle ?? new FreeFormWriter(arena().chunk);
      idle = undefined;
      writer.clear();
      for (let row = from; row < to; row++) writer.add(summaryOf(points[row]), points[row].rawData);
      freeForm = writer.freeForm();
    }
    return {
      length: to - from,
      freeForm,
      load: (memory, first, end) => loadPoints(memory, points, from + first, from + end),
    };
  }

  /** The first one without an id, or −1: the bytes would have to be decoded to find out. */
  firstWithoutId(): number {
    return this.#items.findIndex(({ readingId }) => !readingId);
  }

  /** Gives back what it has borrowed. */
  release(): void {
    if (this.#writer !== undefined && this.#writer.capacity <= LARGEST_IDLE) idle = this.#writer;
    this.#writer = undefined;
  }
}
