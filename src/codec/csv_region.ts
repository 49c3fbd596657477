/**
 * Views over the region of linear memory in which text is converted to readings. Only this folder uses it.
 *
 * @module
 */
import { wasm, type WasmExports } from "./instance.ts";
import { Csv, Role } from "./wasm_constants.ts";

/** The roles of columns and keys. */
export { Role };

/** Size of the window of text, in bytes. */
export const WINDOW_SIZE: number = Csv.windowSize;
/** Number of columns that can have a role. */
export const MAX_COLUMNS: number = Csv.columns;
/** Number of rows that the columns have room for. */
export const ROWS: number = Csv.rows;
/** Maximum number of good qualities, and bytes for each. */
export const MAX_GOOD: number = Csv.mostGood;
export const KEY_BYTES: number = Csv.keyBytes;
/** Number of slots for tags, bytes of a slot, and bytes for the names of all tags. */
export const TAG_SLOTS: number = Csv.tagSlots;
export const TAG_BYTES: number = Csv.tagBytes;
export const TAG_TEXTS_SIZE: number = Csv.tagTextsSize;

/** The views over the region. */
interface CsvRegion {
  readonly kernel: WasmExports;
  readonly window: Uint8Array<ArrayBuffer>;
  /** The window and some bytes past its end. */
  readonly past: Uint8Array<ArrayBuffer>;
  readonly roles: Uint8Array;
  readonly times: BigInt64Array;
  readonly values: Float64Array;
  readonly streams: Uint32Array;
  readonly ids: BigUint64Array;
  readonly devices: BigUint64Array;
  /** Row, start and end of each value that `Number()` reads; row and role of free-form data. */
  readonly slow: Uint32Array;
  /** The plan: words, longer numbers, and the bytes of delimiter and pattern. */
  readonly planWords: Uint32Array;
  readonly planLongs: BigInt64Array;
  readonly planBytes: Uint8Array;
  readonly mapPlaces: Uint16Array;
  readonly mapStreams: Uint32Array;
  readonly good: Uint8Array;
  readonly tagWords: Uint32Array;
  readonly tagFloats: Float64Array;
  readonly tagTexts: Uint8Array;
  /** Free-form data of JSON, as the elements of one array. */
  readonly joined: Uint8Array;
}

let region: CsvRegion | undefined;

function makeRegion(): CsvRegion {
  const { kernel } = wasm();
  const buffer = kernel.memory.buffer;
  return {
    kernel,
    window: new Uint8Array(buffer, Csv.window, Csv.windowSize),
    past: new Uint8Array(buffer, Csv.window, Csv.windowSize + Csv.slack),
    roles: new Uint8Array(buffer, Csv.roles, Csv.columns),
    times: new BigInt64Array(buffer, Csv.times, Csv.rows),
    values: new Float64Array(buffer, Csv.values, Csv.rows),
    streams: new Uint32Array(buffer, Csv.streams, Csv.rows),
    ids: new BigUint64Array(buffer, Csv.ids, Csv.rows),
    devices: new BigUint64Array(buffer, Csv.devices, Csv.rows),
    slow: new Uint32Array(buffer, Csv.slow, Csv.slowBytes / 4 * Csv.rows),
    planWords: new Uint32Array(buffer, Csv.plan, 32),
    planLongs: new BigInt64Array(buffer, Csv.plan + 128, 8),
    planBytes: new Uint8Array(buffer, Csv.delimiter, Csv.plan + Csv.planBytes - Csv.delimiter),
    mapPlaces: new Uint16Array(buffer, Csv.mapPlaces, Csv.columns),
    mapStreams: new Uint32Array(buffer, Csv.mapStreams, Csv.columns),
    good: new Uint8Array(buffer, Csv.good, Csv.mostGood * Csv.keyBytes),
    tagWords: new Uint32Array(buffer, Csv.tags, Csv.tagSlots * Csv.tagBytes / 4),
    tagFloats: new Float64Array(buffer, Csv.tags, Csv.tagSlots * Csv.tagBytes / 8),
    tagTexts: new Uint8Array(buffer, Csv.tagTexts, Csv.tagTextsSize),
    joined: new Uint8Array(buffer, Csv.joined, Csv.windowSize + Csv.rows + 2),
  };
}

/** The region, created by the first call. */
export function csvRegion(): CsvRegion {
  return region ??= makeRegion();
}
