/**
 * What the decoder in WebAssembly reports, in words.
 *
 * @module
 */

/** The window ends before the value does. `wasm/msgpack.ts` and `wasm/report_decode.ts` have the same numbers. */
export const NEED = 1;

const FAULTS: Record<number, string> = {
  [-1]: "it is cut off",
  [-2]: "byte c1 begins no value",
  [-3]: "a text is not UTF-8",
  [-4]: "the key of a map is neither text nor bytes",
  [-5]: "a value is nested too deep",
  [-6]: "an extension value is none that is known",
  [-7]: "value is not a valid field for summary data",
  [-20]: "an event is not a map",
  [-21]: "a stream is no variable of 32 bits",
  [-22]: "a reading id is no integer from 0 to 2^64-1",
  [-23]: "a timestamp is no time",
  [-24]: "a value is no number",
  [-25]: "summary data is not a map",
  [-26]: "an event has no stream",
  [-27]: "an event has no timestamp",
  [-28]: "an event has no value",
};

/** What is wrong, by the number that the decoder gives. */
export function faultText(fault: number): string {
  return FAULTS[fault] ?? `fault ${fault}`;
}
