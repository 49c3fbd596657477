/**
 * The report region of linear memory as views, made once. `wasm/layout.ts` says where each begins.
 *
 * Whoever writes here reads his result before he returns: nothing in the region outlives a call, and
 * no code of the user's runs between the first write and the last read.
 *
 * @module
 */
import { wasm, type WasmExports } from "./instance.ts";

/** Views over the report region. */
export interface Arena {
  readonly exports: WasmExports;
  /** Readings in a chunk. */
  readonly chunk: number;
  readonly streams: Uint32Array;
  readonly ids: BigUint64Array;
  /** The ids as they come in, before `prepare` widens them. */
  readonly narrowIds: Uint32Array;
  readonly floatIds: Float64Array;
  readonly times: BigInt64Array;
  /** The times as milliseconds, before `prepare` joins them with `micros`. */
  readonly millis: Float64Array;
  readonly micros: Uint16Array;
  readonly values: Float64Array;
  readonly extraLengths: Uint32Array;
  readonly dataLengths: Uint32Array;
  /** Lowest and highest id. */
  readonly results: BigUint64Array;
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

let current: Arena | undefined;

function make(): Arena {
  const { exports } = wasm();
  const buffer = exports.memory.buffer as ArrayBuffer;
  const place = exports as unknown as Record<string, WebAssembly.Global>;
  const at = (name: string): number => place[name].value;
  const chunk = at("CHUNK");
  return {
    exports,
    chunk,
    streams: new Uint32Array(buffer, at("STREAMS"), chunk),
    ids: new BigUint64Array(buffer, at("IDS"), chunk),
    narrowIds: new Uint32Array(buffer, at("IDS"), chunk),
    floatIds: new Float64Array(buffer, at("IDS"), chunk),
    times: new BigInt64Array(buffer, at("TIMES"), chunk),
    millis: new Float64Array(buffer, at("TIMES"), chunk),
    micros: new Uint16Array(buffer, at("MICROS"), chunk),
    values: new Float64Array(buffer, at("VALUES"), chunk),
    extraLengths: new Uint32Array(buffer, at("EXTRA_LENGTHS"), chunk),
    dataLengths: new Uint32Array(buffer, at("DATA_LENGTHS"), chunk),
    results: new BigUint64Array(buffer, at("RESULTS"), 2),
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
