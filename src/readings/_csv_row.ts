/**
 * Converts one row of CSV to readings.
 *
 * @module
 */
import type { CsvLayout } from "./_csv_layout.ts";
import {
  type CellFault,
  isFault,
  type RowExtras,
  type RowMaker,
  type RowStream,
} from "./_row_maker.ts";

/** A fault and its column; -1 for the row as a whole. */
export interface PlacedFault extends CellFault {
  readonly place: number;
}

/** The text of a column; undefined if the row is too short. */
type TextAt = (place: number) => string | undefined;

/** Thrown for a row that lacks a column. */
class TooShort {
  constructor(readonly place: number) {}
}

/**
 * Makes the readings of a row.
 *
 * @returns The faults: with several columns of values, each may have its own.
 */
export function readCsvRow(maker: RowMaker, layout: CsvLayout, textAt: TextAt): PlacedFault[] {
  try {
    return readRow(maker, layout, (place) => {
      const text = textAt(place);
      if (text === undefined) throw new TooShort(place);
      return text;
    });
  } catch (error) {
    if (!(error instanceof TooShort)) throw error;
    const name = JSON.stringify(layout.nameOf(error.place));
    return [{ place: -1, text: "", rule: `has too few columns: the one for ${name} is missing` }];
  }
}

function readRow(maker: RowMaker, layout: CsvLayout, at: (place: number) => string): PlacedFault[] {
  const { plan } = maker;
  const extras: RowExtras = {};
  // A tag counts as occurring even if its row is left out.
  if (plan.tags && layout.stream >= 0) maker.noteTag(at(layout.stream));
  if (layout.quality >= 0) {
    const quality = at(layout.quality);
    if (maker.leavesOut(quality, extras)) return [];
    if (extras.summary && quality.includes("\ufffd")) return [badText(layout.quality, quality)];
  }
  return layout.value >= 0
    ? readLong(maker, layout, at, extras)
    : readWide(maker, layout, at, extras);
}

/** The fault of a text that is kept but is not valid in the encoding. */
function badText(place: number, text: string): PlacedFault {
  return { place, text, rule: "is not valid in this encoding", hints: [{ option: "encoding" }] };
}

/** Reads the parts of a row that are the same for all its values. */
function readShared(
  maker: RowMaker,
  layout: CsvLayout,
  at: (place: number) => string,
  extras: RowExtras,
  stream?: RowStream,
): bigint | PlacedFault {
  const text = layout.times.length === 1
    ? at(layout.times[0])
    : layout.times.map(at).join(" ").trim();
  const [timePlace] = layout.times;
  const time = maker.time(text);
  if (isFault(time)) return { ...time, place: timePlace };
  if (layout.device >= 0) {
    const found = maker.device(at(layout.device));
    if (isFault(found)) return { ...found, place: layout.device };
    extras.device = found;
  }
  if (layout.id >= 0) {
    const found = maker.id(at(layout.id));
    if (isFault(found)) return { ...found, place: layout.id };
    extras.id = found;
  }
  const { device } = extras;
  const key = stream ? `${device ?? stream.device ?? ""}/${stream.stream}` : `${device ?? ""}`;
  const micros = maker.utc(time, key, text);
  return isFault(micros) ? { ...micros, place: timePlace } : micros;
}

function readLong(
  maker: RowMaker,
  layout: CsvLayout,
  at: (place: number) => string,
  extras: RowExtras,
): PlacedFault[] {
  const { plan } = maker;
  const value = maker.value(at(layout.value));
  if (value === "left out") return [];
  let stream: RowStream = { stream: plan.stream ?? 0 };
  if (layout.stream >= 0) {
    const found = maker.stream(at(layout.stream));
    if (isFault(found)) return [{ ...found, place: layout.stream }];
    stream = found;
  }
  const micros = readShared(maker, layout, at, extras, stream);
  if (typeof micros !== "bigint") return [micros];
  if (isFault(value)) return [{ ...value, place: layout.value }];
  const fault = maker.add(micros, stream, value, extras);
  if (!fault) return [];
  const place = /device/.test(fault.rule) ? layout.device : /id/.test(fault.rule) ? layout.id : -1;
  return [{ ...fault, place }];
}

function readWide(
  maker: RowMaker,
  layout: CsvLayout,
  at: (place: number) => string,
  extras: RowExtras,
): PlacedFault[] {
  const values = layout.map.map((entry) => ({ ...entry, value: maker.value(at(entry.place)) }));
  if (values.every(({ value }) => value === "left out")) return [];
  const micros = readShared(maker, layout, at, extras);
  if (typeof micros !== "bigint") return [micros];
  return maker.addEach(micros, values, extras).map(([fault, { place }]) => ({ ...fault, place }));
}
