/**
 * writeArrow(), readings as an Arrow IPC file or stream, a record batch at a time.
 *
 * @module
 */
import { joinedBytes } from "../_joined_bytes.ts";
import { devicesOf } from "../readings/devices_of.ts";
import { AsyncByteQueue, RecordBatchFileWriter, RecordBatchStreamWriter } from "./_apache_arrow.ts";
import { checkNames } from "../_options.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import { BatchMaker } from "./_batches.ts";

/** Options of {@linkcode writeArrow}. */
export interface WriteArrowOptions {
  /**
   * `file` is the format of `.arrow` and `.feather` files and allows random access; `stream` is for pipes.
   *
   * @default {"file"}
   */
  readonly format?: "file" | "stream";
}

/**
 * Writes readings in Arrow's IPC format, in constant memory. The columns are those of {@linkcode toArrow}, always
 * including `extra_data` and `data`; with `device` if the first chunk has devices.
 *
 * @param source Chunks of readings; each becomes a record batch.
 * @param options The format.
 * @returns The bytes. An error of the source, or an invalid reading, is the stream's error.
 * @throws {TypeError} If an option is unknown or its value is invalid.
 *
 * @example
 * ```ts
 * import { readCsv } from "@archfx/cloud";
 * import { readArrow, writeArrow } from "@archfx/cloud/arrow";
 * import { assertEquals } from "@std/assert";
 *
 * const csv = new TextEncoder().encode("timestamp,value\n2026-03-02 06:00:00,20.5\n");
 * const bytes = writeArrow(readCsv(csv, { stream: "0001-5090" }));
 * for await (const columns of readArrow(bytes)) assertEquals(columns.values, Float64Array.of(20.5));
 * ```
 */
export function writeArrow(
  source: AsyncIterable<ReadingColumns> | Iterable<ReadingColumns>,
  options: WriteArrowOptions = {},
): ReadableStream<Uint8Array> {
  checkNames(options, ["format"], "option of writeArrow");
  const { format = "file" } = options;
  if (format !== "file" && format !== "stream") {
    throw new TypeError(
      `Cannot use "${format}" as format of writeArrow: it must be "file" or "stream"`,
    );
  }
  const bytes = messages(source, format);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await bytes.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await bytes.return(undefined);
    },
  }, { highWaterMark: 0 });
}

/** Collects the pieces of the writer until they are taken as one array. */
class Pieces extends AsyncByteQueue {
  readonly #pieces: Uint8Array[] = [];

  override write(piece: unknown): void {
    if (!ArrayBuffer.isView(piece)) throw new TypeError("Cannot write a piece that is not bytes");
    const { buffer, byteOffset, byteLength } = piece;
    this.#pieces.push(new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** A copy of what was written since the last call: the pieces share memory with the readings. */
  take(): Uint8Array {
    return joinedBytes(this.#pieces.splice(0));
  }
}

async function* messages(
  source: AsyncIterable<ReadingColumns> | Iterable<ReadingColumns>,
  format: "file" | "stream",
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = new Pieces();
  const writer = format === "file" ? new RecordBatchFileWriter() : new RecordBatchStreamWriter();
  let maker: BatchMaker | undefined;
  const begin = (device: boolean) => {
    const made = new BatchMaker({ device, summaryData: true, rawData: true });
    writer.reset(pieces as never, made.schema);
    return made;
  };
  for await (const columns of source) {
    if (columns.length === 0) continue;
    maker ??= begin(devicesOf(columns) !== undefined);
    writer.write(maker.batch(columns));
    yield pieces.take();
  }
  if (maker === undefined) begin(false);
  writer.close();
  yield pieces.take();
}
