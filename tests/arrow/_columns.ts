/** Readings with every column and the extreme values of each, and a comparison that distinguishes −0 and NaN. */
import { assertEquals } from "@std/assert";
import type { ReadingChunk } from "../../src/readings/mod.ts";

/** Seven readings of three devices. */
export function extremes(): ReadingChunk {
  return {
    length: 7,
    devices: BigUint64Array.of(1n, 2n, 1n, 0n, 2n ** 64n - 1n, 2n, 1n),
    streams: Uint32Array.of(0, 0x15090, 0xffffffff, 1, 2, 3, 4),
    readingIds: BigUint64Array.of(0n, 1n, 2n ** 53n + 1n, 2n ** 64n - 1n, 2n ** 63n, 7n, 8n),
    timestamps: BigInt64Array.of(
      -62135596800000000n,
      253402300799999999n,
      -1n,
      0n,
      1772431200123456n,
      1n,
      -1001n,
    ),
    values: Float64Array.of(NaN, Infinity, -Infinity, -0, Number.MIN_VALUE, Number.MAX_VALUE, 0.1),
    summaryData: [
      { big: 9007199254740993n, text: 'ü"\\\u{1f600}', nested: { list: [1, null, true] } },
      null,
      null,
      { max: 18446744073709551615n, min: -9223372036854775808n },
      {},
      new Map([["a", 1.5]]),
      null,
    ],
    rawData: [null, [1, 2], "text", 5, null, { a: { b: [] } }, 9007199254740993n],
  };
}

/** The free-form data of {@linkcode extremes} after reading: maps are objects, no data is null. */
export function asRead(columns: ReadingChunk): ReadingChunk {
  return {
    ...columns,
    summaryData: columns.summaryData?.map((cell) => {
      const map = cell instanceof Map ? Object.fromEntries(cell) as Record<string, unknown> : cell;
      return map && Object.keys(map).length > 0 ? map : null;
    }),
  };
}

/** Compares all columns, numbers by their bits. */
export function assertSameReadings(actual: ReadingChunk, expected: ReadingChunk): void {
  const bits = ({ values, ...others }: ReadingChunk) => ({
    ...others,
    values: new BigUint64Array(values.slice(0, others.length).buffer),
  });
  assertEquals(bits(actual), bits(expected));
}

/** All chunks as one, for comparisons. */
export async function gather(chunks: AsyncIterable<ReadingChunk>): Promise<ReadingChunk> {
  const all: ReadingChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const flat = <T>(of: (chunk: ReadingChunk) => Iterable<T>) => all.flatMap((c) => [...of(c)]);
  const cells = (name: "summaryData" | "rawData") =>
    all.some((c) => c[name]) && {
      [name]: all.flatMap((c) => c[name] ?? new Array(c.length).fill(null)),
    };
  return {
    length: all.reduce((sum, { length }) => sum + length, 0),
    ...(all[0]?.devices && { devices: BigUint64Array.from(flat((c) => c.devices!)) }),
    streams: Uint32Array.from(flat((c) => c.streams)),
    readingIds: BigUint64Array.from(flat((c) => c.readingIds)),
    timestamps: BigInt64Array.from(flat((c) => c.timestamps)),
    values: Float64Array.from(flat((c) => c.values)),
    ...cells("summaryData"),
    ...cells("rawData"),
  };
}
