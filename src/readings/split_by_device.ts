/**
 * Splits readings of several devices.
 *
 * @module
 */
import { displayableColumns } from "../_display.ts";
import { DeviceNumbers, gatherLong, gatherShort, groupRows } from "./device_groups.ts";
import type { ReadingChunk } from "./read_options.ts";

/**
 * Splits a chunk with readings of several devices, since a report has the readings of one device.
 *
 * @param chunk A chunk with `devices`, which {@linkcode readCsv} returns if `columns.device` is set. Its readings keep
 * their order.
 * @returns The readings of each device by its id, in the order in which the devices occur; without `devices`.
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
  const numbers = new DeviceNumbers();
  const ofRows = numbers.ofRows(devices, length);
  const { order, counts } = groupRows(ofRows, numbers.devices.keys());
  const split = new Map<bigint, ReadingChunk>();
  let from = 0;
  for (const [number, device] of numbers.devices.entries()) {
    split.set(device, pick(chunk, order.subarray(from, from += counts[number])));
  }
  return split;
}

/** Copies some rows of a chunk. */
function pick(chunk: ReadingChunk, order: Uint32Array): ReadingChunk {
  const { length } = order;
  const streams = new Uint32Array(length);
  const readingIds = new BigUint64Array(length);
  const timestamps = new BigInt64Array(length);
  const values = new Float64Array(length);
  gatherShort(streams, chunk.streams, order);
  gatherLong(readingIds, chunk.readingIds, order);
  gatherLong(timestamps, chunk.timestamps, order);
  gatherLong(values, chunk.values, order);
  const { summaryData, rawData } = chunk;
  return displayableColumns({
    length,
    streams,
    readingIds,
    timestamps,
    values,
    ...(summaryData && { summaryData: Array.from(order, (row) => summaryData[row]) }),
    ...(rawData && { rawData: Array.from(order, (row) => rawData[row]) }),
  });
}
