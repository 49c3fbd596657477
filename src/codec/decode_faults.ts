/**
 * The faults that the decoder in WebAssembly reports, as text.
 *
 * @module
 */
import { Fault } from "./wasm_constants.ts";

const TEXTS: Record<number, string> = {
  [Fault.truncated]: "it is cut off",
  [Fault.badByte]: "a value cannot begin with byte c1",
  [Fault.badUtf8]: "a text is not UTF-8",
  [Fault.badKey]: "the key of a map is neither text nor bytes",
  [Fault.tooDeep]: "a value is nested too deep",
  [Fault.badExtension]: "an extension value is of an unknown type",
  [Fault.valueKey]: "value is not a valid field for summary data",
  [Fault.notAMap]: "an event is not a map",
  [Fault.badStream]: "a stream is not a variable of 32 bits",
  [Fault.badId]: "a reading id is not an integer from 0 to 2^64-1",
  [Fault.badTime]: "a timestamp is not valid",
  [Fault.badValue]: "a value is not a number",
  [Fault.badSummary]: "summary data is not a map",
  [Fault.noStream]: "an event has no stream",
  [Fault.noTimestamp]: "an event has no timestamp",
  [Fault.noValue]: "an event has no value",
};

/** The text for a number that the decoder returns. */
export function faultText(fault: number): string {
  return TEXTS[fault] ?? `fault ${fault}`;
}
