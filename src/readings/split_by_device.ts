/**
 * Readings of several devices, taken apart.
 *
 * @module
 */
import { displayableColumns } from "../_display.ts";
import type { ReadingChunk } from "./read_options.ts";

/**
 * Takes a chunk with readings of several devices apart, since a report holds the readings of one.
 *
 * @param chunk A chunk with `devices`, as {@linkcode readCsv} gives where `columns.device` is set; its readings keep
 * their order.
 * @returns The readings of each device, by its id, the device that comes first at the front; without `devices`.
 * @throws {TypeError} If the chunk has no devices.
 *
 * @example
 * ```ts
 * import { readCsv, splitByDevice } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "timestamp,device,value\n" +
 *   "2021-01-20 00:00:00,d--1,5\n2021-01-20 00:00:01,d--2,6\n2021-01-20 00:00:02,d--1,7\n";
 * const options = { columns: { device: "device" }, stream: "5090" };
 * for await (const chunk of readCsv(new TextEncoder().encode(text), options)) {
 *   const devices = splitByDevice(chunk);
 *   assertEquals([...devices.keys()], [1n, 2n]);
 *   assertEquals(devices.get(1n)?.values, Float64Array.of(5, 7));
 * }
 * ```
 */
export function splitByDevice(chunk: ReadingChunk): Map<bigint, ReadingChunk> {
  const { devices, length } = chunk;
  if (!devices) throw new TypeError("Cannot split readings by device: the chunk has no devices");
  const rowsOf = new Map<bigint, number[]>();
  let last = -1n;
  let rows: number[] = [];
  for (let row = 0; row < length; row++) {
    const device = devices[row];
    if (device !== last) {
      last = device;
      const known = rowsOf.get(device);
      if (known) rows = known;
      else rowsOf.set(device, rows = []);
    }
    rows.push(row);
  }
  const split = new Map<bigint, ReadingChunk>();
  for (const [device, theirs] of rowsOf) split.set(device, pick(chunk, theirs));
  return split;
}

/** Some rows of a chunk. */
function pick(chunk: ReadingChunk, rows: number[]): ReadingChunk {
  const length = rows.length;
  const streams = new Uint32Array(length);
  const readingIds = new BigUint64Array(length);
  const timestamps = new BigInt64Array(length);
  const values = new Float64Array(length);
  rows.forEach((row, i) => {
    streams[i] = chunk.streams[row];
    readingIds[i] = chunk.readingIds[row];
    timestamps[i] = chunk.timestamps[row];
    values[i] = chunk.values[row];
  });
  const { summaryData, rawData } = chunk;
  return displayableColumns({
    length,
    streams,
    readingIds,
    timestamps,
    values,
    ...(summaryData && { summaryData: rows.map((row) => summaryData[row]) }),
    ...(rawData && { rawData: rows.map((row) => rawData[row]) }),
  });
}
