/**
 * The region of memory in which text becomes readings. `wasm/csv_layout.ts` has the same numbers on the other side.
 *
 * @module
 */
import { wasm, type WasmExports } from "./instance.ts";

/** Size of the window of text, in bytes. */
export const WINDOW_SIZE = 131072;
/** How many columns can have a role. */
export const MAX_COLUMNS = 1024;
/** How many rows the columns have room for. */
export const ROWS = 8192;
/** How many good qualities there is room for, and the length of each. */
export const MAX_GOOD = 16;
export const KEY_BYTES = 64;
/** How many slots the tags have, each of so many bytes, and the room for their names. */
export const TAG_SLOTS = 4096;
export const TAG_BYTES = 40;
export const TAG_TEXTS_SIZE = 65536;

const REGION = 0x200000;

/** What a column or a key is. */
export const Role = {
  nothing: 0,
  time: 1,
  value: 2,
  stream: 3,
  id: 4,
  device: 5,
  quality: 6,
  mapped: 7,
  /** A quality whose bad rows the host reads. */
  keptQuality: 8,
  summary: 9,
  raw: 10,
  /** A key that only the host reads. */
  host: 15,
} as const;

/** The views over the region. */
export interface CsvRegion {
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
  /** Row, begin and end of each value that is left to `Number()`; row, role, begin and end of free-form data. */
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
}

let region: CsvRegion | undefined;

function makeRegion(): CsvRegion {
  const { kernel } = wasm();
  const buffer = kernel.memory.buffer as ArrayBuffer;
  const roles = REGION + WINDOW_SIZE + 64;
  const times = roles + MAX_COLUMNS;
  const values = times + 8 * ROWS;
  const streams = values + 8 * ROWS;
  const ids = streams + 4 * ROWS;
  const devices = ids + 8 * ROWS;
  const slow = devices + 8 * ROWS;
  const keys = slow + 12 * ROWS;
  const plan = keys + 64 * KEY_BYTES;
  const places = plan + 1024;
  const mapStreams = places + 2 * MAX_COLUMNS;
  // Values and whether there is one, which only the module uses.
  const good = mapStreams + (4 + 8 + 1) * MAX_COLUMNS;
  const tags = good + MAX_GOOD * KEY_BYTES + 512;
  return {
    kernel,
    window: new Uint8Array(buffer, REGION, WINDOW_SIZE),
    past: new Uint8Array(buffer, REGION, WINDOW_SIZE + 64),
    roles: new Uint8Array(buffer, roles, MAX_COLUMNS),
    times: new BigInt64Array(buffer, times, ROWS),
    values: new Float64Array(buffer, values, ROWS),
    streams: new Uint32Array(buffer, streams, ROWS),
    ids: new BigUint64Array(buffer, ids, ROWS),
    devices: new BigUint64Array(buffer, devices, ROWS),
    slow: new Uint32Array(buffer, slow, 3 * ROWS),
    planWords: new Uint32Array(buffer, plan, 32),
    planLongs: new BigInt64Array(buffer, plan + 128, 8),
    planBytes: new Uint8Array(buffer, plan + 256, 768),
    mapPlaces: new Uint16Array(buffer, places, MAX_COLUMNS),
    mapStreams: new Uint32Array(buffer, mapStreams, MAX_COLUMNS),
    good: new Uint8Array(buffer, good, MAX_GOOD * KEY_BYTES),
    tagWords: new Uint32Array(buffer, tags, TAG_SLOTS * TAG_BYTES / 4),
    tagFloats: new Float64Array(buffer, tags, TAG_SLOTS * TAG_BYTES / 8),
    tagTexts: new Uint8Array(buffer, tags + TAG_SLOTS * TAG_BYTES, TAG_TEXTS_SIZE),
  };
}

/** The region, ready at the first call. */
export function csvRegion(): CsvRegion {
  return region ??= makeRegion();
}
