/**
 * Encodes readings as reports of limited size, while the readings arrive.
 *
 * @module
 */
import type { EventColumns } from "../codec/event_columns.ts";
import { EventRows } from "../codec/event_rows.ts";
import { EventWriter, LONGEST_HEADER } from "../codec/event_writer.ts";
import { LONGEST_EVENT } from "../codec/wasm_constants.ts";
import type { Micros } from "../codec/timestamps.ts";
import type { Id } from "../readings/reading_columns.ts";
import { GatheredColumns } from "./_gathered_columns.ts";
import { type AddFreeForm, FreeFormWriter } from "./_free_form.ts";
import { encodeHeader, type Header } from "./_header.ts";
import { LOAD_BARE } from "./_point_access.ts";
import type { ReadingIds } from "./_reading_ids.ts";
import { ReportParts } from "./_report_parts.ts";
import { ByteSource } from "./_source.ts";
import { ArchFXDataPoint } from "./data_point.ts";
import { ArchFXFlexibleDictionaryReport } from "./report.ts";

/** The limits of a report. */
interface Limits {
  readonly maxPoints: number;
  /** The maximum number of bytes. A report of one reading may have more. */
  readonly maxBytes: number;
}

/** The numbers of a reading, without its id. */
interface Reading {
  readonly time: Micros;
  readonly stream: number;
  readonly value: number;
}

/**
 * A writer that no builder uses: new memory costs more than encoding into it. A writer that has grown beyond this
 * number of bytes is not kept.
 */
let idle: EventWriter | undefined;
const LARGEST_IDLE = 1 << 24;

/** Gathers readings and calls back with each full report. */
export class ReportBuilder {
  readonly #makeHeader: () => Header;
  readonly #limits: Limits;
  readonly #onReport: (report: ArchFXFlexibleDictionaryReport) => void;
  /** Readings that are not encoded yet. */
  #rows: EventRows | undefined;
  #freeForm: FreeFormWriter | undefined;
  /** Columns that are not encoded yet. A report encodes all of them together; they take a quarter of its bytes. */
  readonly #columns = new GatheredColumns();
  /** The events of the report; undefined if it has no events yet. */
  #events: EventWriter | undefined;
  /** Readings in the report, bytes of their free-form data, and whether they have free-form data in `#rows`. */
  #length = 0;
  #freeBytes = 0;
  #hasFree = false;

  constructor(
    makeHeader: () => Header,
    limits: Limits,
    onReport: (report: ArchFXFlexibleDictionaryReport) => void,
  ) {
    this.#makeHeader = makeHeader;
    this.#limits = limits;
    this.#onReport = onReport;
  }

  /** The number of readings that wait for the report to be full. */
  get length(): number {
    return this.#length;
  }

  /** The maximum size of a report of `readings` readings and `free` bytes of free-form data. */
  #bytes(readings: number, free: number): number {
    return LONGEST_HEADER + readings * LONGEST_EVENT + free;
  }

  /**
   * Adds a reading.
   *
   * @param takeId Returns the id. It is called after the reading is known to be valid.
   * @param addFree Adds its summary and raw data; undefined if it has neither.
   * @throws {DataError} If the reading cannot be encoded; then it is not added.
   */
  add({ time, stream, value }: Reading, takeId: () => Id, addFree?: AddFreeForm): void {
    const hasFree = addFree !== undefined;
    let free = 0;
    let writer: FreeFormWriter | undefined;
    if (hasFree) {
      writer = this.#freeForm ??= new FreeFormWriter(this.#newRows().capacity);
      // The readings before it have no data.
      writer.fillTo(this.#newRows().length);
      free = addFree(writer);
    }
    let id: Id;
    try {
      id = takeId();
    } catch (error) {
      writer?.dropLast();
      throw error;
    }
    const { maxBytes } = this.#limits;
    if (this.#length > 0 && this.#bytes(this.#length + 1, this.#freeBytes + free) > maxBytes) {
      const kept = hasFree ? writer!.takeLast() : undefined;
      this.finish();
      if (kept !== undefined) writer!.addEncoded(kept);
    }
    this.#hasFree ||= hasFree;
    const rows = this.#newRows();
    const row = rows.length++;
    rows.streams[row] = stream;
    rows.values[row] = value;
    rows.times[row] = Number(time);
    rows.ids[row] = Number(id);
    if (typeof time !== "number" || typeof id !== "number") rows.wide.set(row, { id, time });
    this.#length++;
    this.#freeBytes += free;
    this.#cut();
  }

  /**
   * Adds points while they have neither summary nor raw data and the report has room.
   *
   * @returns The index of the first item that was not added, or `to`: {@linkcode add} finds out what is wrong with it.
   */
  addBarePoints(items: readonly unknown[], from: number, to: number, ids: ReadingIds): number {
    const rows = this.#newRows();
    const room = Math.min(
      this.#limits.maxPoints - this.#length,
      this.#readingsIn(this.#limits.maxBytes),
      rows.capacity - rows.length,
    );
    if (room < 1) return from;
    const first = rows.length;
    ArchFXDataPoint[LOAD_BARE](rows, items, from, Math.min(to, from + room));
    const end = rows.length;
    for (rows.length = first; rows.length < end; rows.length++) {
      const row = rows.length;
      const own = rows.ids[row];
      const id = ids.tryTake(own);
      if (id === undefined) break;
      if (id === own) continue;
      rows.ids[row] = Number(id);
      if (typeof id !== "number") rows.wide.set(row, { id, time: rows.times[row] });
    }
    const added = rows.length - first;
    this.#length += added;
    if (added > 0) this.#cut();
    return from + added;
  }

  #newRows(): EventRows {
    this.#encodeColumns();
    return this.#rows ??= new EventRows();
  }

  /** The writer of the report. */
  #writer(): EventWriter {
    this.#events ??= idle ?? new EventWriter();
    idle = undefined;
    return this.#events;
  }

  #encodeColumns(): void {
    const columns = this.#columns.take();
    if (columns !== undefined) this.#writer().write(columns);
  }

  /** The number of readings without free-form data that still fit into a report of `maxBytes` bytes. */
  #readingsIn(maxBytes: number): number {
    return Math.floor((maxBytes - this.#bytes(this.#length, this.#freeBytes)) / LONGEST_EVENT);
  }

  /** Ends the report if it is full, and encodes the rows if their columns are full. */
  #cut(): void {
    const { maxBytes, maxPoints } = this.#limits;
    if (this.#length >= maxPoints || this.#bytes(this.#length, this.#freeBytes) > maxBytes) {
      this.finish();
    } else if (this.#rows !== undefined && this.#rows.length === this.#rows.capacity) {
      this.#flush();
    }
  }

  /** Adds columns without free-form data, which are known to be valid. */
  addColumns(columns: EventColumns): void {
    const { maxBytes, maxPoints } = this.#limits;
    for (let row = 0; row < columns.length;) {
      const room = Math.min(maxPoints - this.#length, this.#readingsIn(maxBytes));
      if (room < 1 && this.#length > 0) {
        this.finish();
        continue;
      }
      const end = Math.min(columns.length, row + Math.max(1, room));
      this.#flush();
      this.#length += end - row;
      const part = columns.slice(row, end);
      if (!this.#columns.add(part)) {
        this.#encodeColumns();
        this.#columns.add(part);
      }
      row = end;
      this.#cut();
    }
  }

  /** Encodes the gathered rows. */
  #flush(): void {
    const rows = this.#rows;
    if (rows === undefined || rows.length === 0) return;
    if (this.#hasFree) {
      this.#freeForm!.fillTo(rows.length);
      rows.freeForm = this.#freeForm!.freeForm();
    }
    this.#writer().write(rows);
    rows.clear();
    this.#freeForm?.clear();
    this.#hasFree = false;
  }

  /** Makes a report from the readings so far. The builder must not be used afterwards. */
  end(): void {
    this.finish();
  }

  /** Makes a report from the readings so far, if there are any. */
  finish(): void {
    if (this.#length === 0) return;
    this.#flush();
    this.#encodeColumns();
    const length = this.#length;
    const header = this.#makeHeader();
    const writer = this.#writer();
    const { bytes, eventsAt } = writer.finishAndReuse(({ lowest, highest }) => {
      header.lowestId = lowest;
      header.highestId = highest;
      return encodeHeader(header, length);
    });
    this.#events = undefined;
    if (writer.capacity <= LARGEST_IDLE) idle = writer;
    this.#length = 0;
    this.#freeBytes = 0;
    // Every reading has an id now.
    const source = new ByteSource(header, bytes, {
      length,
      maxDepth: 512,
      eventsAt,
      firstWithoutId: -1,
    });
    this.#onReport(new ArchFXFlexibleDictionaryReport(new ReportParts(source)));
  }
}
