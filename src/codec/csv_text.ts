/**
 * Writes columns as lines of CSV, a chunk at a time through linear memory: `lead,timestamp,variable,id,value`.
 *
 * Values that are not integers or short decimals are written by JavaScript, which knows the shortest text of any float.
 *
 * @module
 */
import { isoTime } from "../_iso_time.ts";
import { writeAscii } from "./ascii.ts";
import { arena } from "./arena.ts";
import type { Rows } from "./event_encoder.ts";
import { CHUNK, CsvText } from "./wasm_constants.ts";

/** Bytes of a piece: more than the lines of a chunk need. */
const PIECE = 1 << 18;

/** The text in front of lines, up to 32 characters of ASCII, and the row after the last one that has this text. */
interface Lead {
  readonly text: string;
  readonly to: number;
}

/**
 * Writes readings as lines of CSV.
 *
 * @param rows The readings; their free-form data is left out.
 * @param leadAt Returns the text in front of the lines from a row on, and the end of these rows, `to` at most.
 * @returns The lines, a piece at a time; the caller may keep or change each piece.
 * @throws {RangeError} If a time is outside the range of a Date.
 */
export function* csvText(
  rows: Rows,
  leadAt: (row: number, to: number) => Lead,
): Generator<Uint8Array> {
  let piece = new Uint8Array(PIECE);
  let end = 0;
  for (let from = 0; from < rows.length; from += CHUNK) {
    const to = Math.min(rows.length, from + CHUNK);
    const text = chunkText(rows, from, to, leadAt);
    if (end + text.length > PIECE) {
      yield piece.subarray(0, end);
      piece = new Uint8Array(PIECE);
      end = 0;
    }
    piece.set(text, end);
    end += text.length;
  }
  if (end > 0) yield piece.subarray(0, end);
}

/** The lines of one chunk, in linear memory: valid until the next call that uses linear memory. */
function chunkText(
  rows: Rows,
  first: number,
  to: number,
  leadAt: (row: number, to: number) => Lead,
): Uint8Array {
  const memory = arena();
  const { kernel, out, free, streams, ids, times, values, resultHalves } = memory;
  // `leadAt` may use linear memory (a slug class does), so it is called before the rows are loaded.
  const leads: Lead[] = [];
  for (let row = first; row < to; row = leads.at(-1)!.to) leads.push(leadAt(row, to));
  rows.load(memory, first, to);
  let at = 0;
  let row = 0;
  for (const lead of leads) {
    const last = lead.to - first;
    writeAscii(free, 0, lead.text);
    while (row < last) {
      at = kernel.formatCsv(row, last, at, lead.text.length);
      row = resultHalves[0]!;
      const why = resultHalves[1]!;
      if (why === 0) continue;
      let rest = "";
      if (why === CsvText.needsValue) {
        rest = `${values[row - 1]!}\n`;
      } else {
        const variable = variableText(streams[row]!);
        const value = values[row]!;
        const valueText = Object.is(value, -0) ? "-0" : `${value}`;
        rest = `${lead.text}${isoTime(times[row]!)},${variable},${ids[row]!},${valueText}\n`;
        row++;
      }
      writeAscii(out, at, rest);
      at += rest.length;
    }
  }
  return out.subarray(0, at);
}

/** The variable of a stream, `0001-5090`. */
export function variableText(stream: number): string {
  const hex = stream.toString(16).padStart(8, "0");
  return `${hex.slice(0, 4)}-${hex.slice(4)}`;
}
