/**
 * The report region of linear memory as views, which are created once. `wasm/layout.ts` says what each is for.
 *
 * Only functions of this folder use it. Each reads its results before it returns: nothing in the region
 * outlives a call, and no user code runs between the first write and the last read.
 *
 * @module
 */
import { CHANGED, DataError } from "./data_error.ts";
import { wasm, type WasmExports } from "./instance.ts";
import * as At from "./wasm_constants.ts";

/** Views over the report region. */
export interface Arena {
  readonly kernel: WasmExports;
  /** Readings in a chunk. */
  readonly chunk: number;
  readonly streams: Uint32Array;
  readonly ids: BigUint64Array;
  /** The same ids as they are loaded, before `widenIds`, `checkedIds` or `takeIntegers` converts them. */
  readonly narrowIds: Uint32Array;
  readonly floatIds: Float64Array;
  readonly times: BigInt64Array;
  /** The same times as they are loaded, before `takeIntegers` converts them. */
  readonly floatTimes: Float64Array;
  readonly values: Float64Array;
  readonly extraLengths: Uint32Array;
  readonly dataLengths: Uint32Array;
  /** Lowest and highest id, as 64 bits and as halves. */
  readonly results: BigUint64Array;
  readonly resultHalves: Uint32Array;
  /** Free-form data of the readings to encode. */
  readonly free: Uint8Array;
  /** Encoded events. */
  readonly out: Uint8Array<ArrayBuffer>;
  /** The bytes to decode. */
  readonly window: Uint8Array;
  /** Spans of free-form data: six words each; the last four are two floats. */
  readonly spanWords: Uint32Array;
  readonly spanPlaces: Float64Array;
  /** One timestamp. */
  readonly text: Uint8Array;
}

let current: Arena | undefined;

function make(): Arena {
  const { kernel } = wasm();
  const buffer = kernel.memory.buffer;
  return {
    kernel,
    chunk: At.CHUNK,
    streams: new Uint32Array(buffer, At.STREAMS, At.CHUNK),
    ids: new BigUint64Array(buffer, At.IDS, At.CHUNK),
    narrowIds: new Uint32Array(buffer, At.IDS, At.CHUNK),
    floatIds: new Float64Array(buffer, At.IDS, At.CHUNK),
    times: new BigInt64Array(buffer, At.TIMES, At.CHUNK),
    floatTimes: new Float64Array(buffer, At.TIMES, At.CHUNK),
    values: new Float64Array(buffer, At.VALUES, At.CHUNK),
    extraLengths: new Uint32Array(buffer, At.EXTRA_LENGTHS, At.CHUNK),
    dataLengths: new Uint32Array(buffer, At.DATA_LENGTHS, At.CHUNK),
    results: new BigUint64Array(buffer, At.RESULTS, 2),
    resultHalves: new Uint32Array(buffer, At.RESULTS, 4),
    free: new Uint8Array(buffer, At.FREE, At.FREE_SIZE),
    out: new Uint8Array(buffer, At.OUT, At.OUT_SIZE),
    window: new Uint8Array(buffer, At.WINDOW, At.WINDOW_SIZE),
    spanWords: new Uint32Array(buffer, At.SPANS, At.SPAN_BYTES / 4 * 2 * At.CHUNK),
    spanPlaces: new Float64Array(buffer, At.SPANS, At.SPAN_BYTES / 8 * 2 * At.CHUNK),
    text: new Uint8Array(buffer, At.TEXT, At.TEXT_SIZE),
  };
}

/** The views, created by the first call. */
export function arena(): Arena {
  return current ??= make();
}

/** A column of any kind. */
type Column = Uint32Array | Float64Array | BigInt64Array | BigUint64Array;

/** Up to this number of readings, a loop is faster than `set` with a subarray. */
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
