/**
 * Reports that were cut off, and files that are not reports.
 *
 * @module
 */
import { joinedBytes } from "../_joined_bytes.ts";
import { ArchFXFlexibleDictionaryReport, DataError } from "@archfx/cloud/reports";
import { ValueReader } from "../codec/value_reader.ts";
import { fileKind } from "./file_kind.ts";
import type { Truncation } from "./protocol.ts";

/** A report, and what is missing from it. */
interface Decoded {
  readonly report: ArchFXFlexibleDictionaryReport;
  /** Null if it is complete. */
  readonly truncated: Truncation | null;
}

/**
 * Decode a report. If it was cut off, decode its complete readings.
 *
 * @param bytes the file
 * @param name its name, for the advice about other kinds of files
 * @throws {DataError} If it is not a report. The message says what it is, if it is recognised.
 */
export function decodeAny(bytes: Uint8Array, name: string): Decoded {
  try {
    return { report: ArchFXFlexibleDictionaryReport.decode(bytes), truncated: null };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const salvaged = salvage(bytes);
    if (salvaged !== undefined) return salvaged;
    const kind = fileKind(bytes, name);
    throw kind === undefined ? error : new DataError(`${kind} (${error.message})`);
  }
}

/** The complete readings of a report whose end is missing; undefined if it has another problem. */
function salvage(bytes: Uint8Array): Decoded | undefined {
  const reader = new ValueReader(bytes);
  let pairs = 0;
  let at = 0;
  let announced = -1;
  let complete = 0;
  let end = 0;
  try {
    if (reader.mapHead() < 0) return undefined;
    const body = reader.offset;
    for (;;) {
      pairs++;
      if (reader.key() === "events") break;
      reader.read();
    }
    at = reader.offset;
    announced = reader.arrayHead();
    if (announced < 0) return undefined;
    const events = end = reader.offset;
    try {
      for (; complete < announced; complete++) {
        reader.read();
        end = reader.offset;
      }
    } catch (error) {
      // A damaged reading is a different problem from a missing end.
      if (!(error instanceof DataError) || !error.message.includes("cut off")) throw error;
    }
    if (complete === announced) return undefined;
    const head = Uint8Array.of(0xdd, complete >>> 24, complete >>> 16, complete >>> 8, complete);
    const map = Uint8Array.of(0xdf, pairs >>> 24, pairs >>> 16, pairs >>> 8, pairs);
    const report = ArchFXFlexibleDictionaryReport.decode(
      joinedBytes([map, bytes.subarray(body, at), head, bytes.subarray(events, end)]),
    );
    return { report, truncated: { announced, rest: bytes.length - end } };
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
