/**
 * The report region of linear memory as views, made once. `wasm/layout.ts` says where each begins.
 *
 * Whoever writes here reads his result before he returns: nothing in the region outlives a call, and
 * no code of the user's runs between the first write and the last read.
 *
 * @module
 */
import { DataError } from "./data_error.ts";
import { wasm, type WasmExports } from "./instance.ts";

/** Views over the report region. */
export interface Arena {
  readonly kernel: WasmExports;
  /** Readings in a chunk. */
  readonly chunk: number;
  readonly streams: Uint32Array;
  readonly ids: BigUint64Array;
  /** The ids as they may come in, before `widenIds`, `checkedIds` or `takeIntegers`. */
  readonly narrowIds: Uint32Array;
  readonly floatIds: Float64Array;
  readonly times: BigInt64Array;
  /** The times as they may come in, before `takeIntegers`. */
  readonly floatTimes: Float64Array;
  readonly values: Float64Array;
  readonly extraLengths: Uint32Array;
  readonly dataLengths: Uint32Array;
  /** Lowest and highest id, as numbers and as halves. */
  readonly results: BigUint64Array;
  readonly resultHalves: Uint32Array;
  /** Free-form data of the readings to encode. */
  readonly free: Uint8Array;
  /** Encoded events. */
  readonly out: Uint8Array<ArrayBuffer>;
  /** The bytes to decode. */
  readonly window: Uint8Array;
  /** Spans of free-form data: six words each, the last four two floats. */
  readonly spanWords: Uint32Array;
  readonly spanPlaces: Float64Array;
  /** One timestamp. */
  readonly text: Uint8Array;
}

/** The error text for columns that are no longer what they were. */
export const CHANGED = "Cannot encode the report: its columns have been changed since it was made";

let current: Arena | undefined;

function make(): Arena {
  const { kernel } = wasm();
  const buffer = kernel.memory.buffer as ArrayBuffer;
  const place = kernel as unknown as Record<string, WebAssembly.Global>;
  const at = (name: string): number => place[name].value;
  const chunk = at("CHUNK");
  return {
    kernel,
    chunk,
    streams: new Uint32Array(buffer, at("STREAMS"), chunk),
    ids: new BigUint64Array(buffer, at("IDS"), chunk),
    narrowIds: new Uint32Array(buffer, at("IDS"), chunk),
    floatIds: new Float64Array(buffer, at("IDS"), chunk),
    times: new BigInt64Array(buffer, at("TIMES"), chunk),
    floatTimes: new Float64Array(buffer, at("TIMES"), chunk),
    values: new Float64Array(buffer, at("VALUES"), chunk),
    extraLengths: new Uint32Array(buffer, at("EXTRA_LENGTHS"), chunk),
    dataLengths: new Uint32Array(buffer, at("DATA_LENGTHS"), chunk),
    results: new BigUint64Array(buffer, at("RESULTS"), 2),
    resultHalves: new Uint32Array(buffer, at("RESULTS"), 4),
    free: new Uint8Array(buffer, at("FREE"), at("FREE_SIZE")),
    out: new Uint8Array(buffer, at("OUT"), at("OUT_SIZE")),
    window: new Uint8Array(buffer, at("WINDOW"), at("WINDOW_SIZE")),
    spanWords: new Uint32Array(buffer, at("SPANS"), 12 * chunk),
    spanPlaces: new Float64Array(buffer, at("SPANS"), 6 * chunk),
    text: new Uint8Array(buffer, at("TEXT"), at("TEXT_SIZE")),
  };
}

/** The views, made at the first call. */
export function arena(): Arena {
  return current ??= make();
}

/** A column of any kind. */
type Column = Uint32Array | Float64Array | BigInt64Array | BigUint64Array;

/** Below this number of readings, a loop beats `set` of a subarray. */
const FEW = 16;

/**
 * Copies rows `from` to `to` of a column into linear memory.
 *
 * @throws {DataError} If the column has become shorter, or its buffer has been transferred.
 */
export function loadNumbers<T extends Column>(
  target: T,
  source: T,
  from: number,
  to: number,
): void {
  if (source.length < to) throw new DataError(CHANGED);
  if (to - from <= FEW) {
    for (let i = from; i < to; i++) target[i - from] = source[i];
  } else {
    const part = from === 0 && to === source.length ? source : source.subarray(from, to);
    (target as { set(from: Column): void }).set(part);
  }
}
