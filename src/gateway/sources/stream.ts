/**
 * streamSource(), readings from a stream, such as standard input.
 *
 * @module
 */
import { UntilAborted } from "../../_until_aborted.ts";
import { checkNames } from "../../_options.ts";
import type { BadRow } from "../../readings/mod.ts";
import type { ReadingSource } from "../types.ts";
import { badRowText, checkTextOptions, parseText, type TextOptions } from "./_parse.ts";
import { RecordCutter } from "./_records.ts";

const LONGEST_RECORD = 1 << 24;

/** How a stream is read. */
export interface StreamOptions extends TextOptions {
  /** The bytes, such as `process.stdin`. */
  readonly input: AsyncIterable<Uint8Array>;
  /**
   * The name of the source.
   *
   * @default {"stdin"}
   */
  readonly name?: string;
}

/**
 * A source that reads a stream to its end: NDJSON, or CSV with `format: "csv"`. Delivery is at least once: a
 * stream has no position, so readings that the peer sends again after a crash get new ids.
 *
 * @param options The stream, and how it is read.
 * @returns The source, for a `Gateway`.
 * @throws {TypeError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { streamSource } from "@archfx/cloud/gateway";
 * import { assertEquals } from "@std/assert";
 *
 * const source = streamSource({ input: Deno.stdin.readable, device: "d--1" });
 * assertEquals(source.name, "stdin");
 * ```
 */
export function streamSource(options: StreamOptions): ReadingSource {
  checkNames(
    options,
    ["input", "name", "format", "device", "streamer", "read"],
    "option of streamSource",
  );
  const { input, name = "stdin", format = "ndjson", ...text } = options;
  if (typeof input !== "object" || input === null || !(Symbol.asyncIterator in input)) {
    throw new TypeError('Cannot read the stream: "input" must be an async iterable of bytes');
  }
  checkTextOptions(text, { format });
  return {
    name,
    async run(sink, signal) {
      const cutter = new RecordCutter(format, format === "csv" && text.read?.header !== false);
      const store = async (piece: Uint8Array | undefined) => {
        const records = cutter.cut(piece);
        if (!records) return;
        const { bytes, shift } = records;
        const onBadRow = (row: BadRow) => sink.bad(badRowText({ ...row, line: row.line + shift }));
        for await (const { batches } of parseText(bytes, { ...text, format }, onBadRow)) {
          await sink.push(batches);
        }
      };
      for await (const piece of pieces(input, signal)) {
        await store(piece);
        if (cutter.waiting > LONGEST_RECORD) {
          throw new Error(
            `Cannot read the stream: a record is longer than ${LONGEST_RECORD} bytes`,
          );
        }
      }
      // A record that is truncated when the gateway stops is not complete.
      if (!signal.aborted) await store(undefined);
    },
  };
}

/** The bytes until the signal is aborted. */
async function* pieces(
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = input[Symbol.asyncIterator]();
  const untilAborted = new UntilAborted(signal);
  try {
    while (true) {
      const { done, value } = await untilAborted.wait(iterator.next());
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    untilAborted.close();
  }
}
