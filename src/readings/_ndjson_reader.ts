/**
 * The reader of JSON, which passes the text to the scanner. `ndjson.ts` loads it when a text is read.
 *
 * @module
 */
import { checkNdjson } from "./_check_ndjson.ts";
import { JsonArray } from "./_json_array.ts";
import { NdjsonScanner } from "./_ndjson_scan.ts";
import { TextReader } from "./_text_reader.ts";
import type { NdjsonOptions } from "./ndjson_options.ts";
import type { ByteSource } from "./read_options.ts";

/** Reads a text once. */
export class NdjsonReader extends TextReader {
  constructor(source: ByteSource, options: NdjsonOptions) {
    const { plan, keys } = checkNdjson(options);
    super(source, {
      name: "NDJSON",
      plan,
      scanner: new NdjsonScanner(plan, keys, options.numberTexts ?? false),
      text: linesOf,
    });
  }
}

/** The lines of NDJSON, unchanged; for an array, a line for each element. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let array: JsonArray | undefined;
  let begun = false;
  for await (const piece of pieces) {
    if (!begun) {
      const first = piece.find((byte) => byte > 0x20);
      if (first === 0x5b) array = new JsonArray();
      begun = first !== undefined;
    }
    yield array ? array.lines(piece) : piece;
  }
  array?.end();
}
