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

const REGION = 0x200000;
/** How many rows the columns have room for. */
export const ROWS = 8192;
const BAD_ROWS = 256;

/** What a column is, or what is wrong with a row. */
export const Role = {
  nothing: 0,
  time: 1,
  value: 2,
  stream: 3,
  id: 4,
  device: 5,
  missing: 6,
  openQuote: 7,
  afterQuote: 8,
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
  /** Row, begin and end of each value that is left to `Number()`. */
  readonly slow: Uint32Array;
  /** Line, role, begin and end of each row that is none. */
  readonly bad: Uint32Array;
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
    bad: new Uint32Array(buffer, slow + 12 * ROWS, 4 * BAD_ROWS),
  };
}

/** The region, ready at the first call. */
export function csvRegion(): CsvRegion {
  return region ??= makeRegion();
}
