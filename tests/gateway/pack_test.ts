/** Columns packed for the queue, and their CRC. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ArchFxDeviceSlug } from "../../mod.ts";
import { crc32c } from "../../src/gateway/_crc32c.ts";
import { deviceText } from "../../src/gateway/_device_text.ts";
import { batchFrame, withLength } from "../../src/gateway/_frames.ts";
import { packColumns, unpackColumns } from "../../src/gateway/_pack.ts";

Deno.test("crc32c() gives the check value of the standard", () => {
  assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});

Deno.test("unpackColumns() restores any columns that packColumns() packed", () => {
  const time = fc.oneof(
    fc.bigInt({ min: -(2n ** 55n), max: 2n ** 57n }),
    fc.integer({ min: 0, max: 5 }).map((n) => 1_700_000_000_000_000n + BigInt(n) * 1_000_000n),
  );
  const value = fc.oneof(
    fc.double(),
    fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 100),
    fc.integer({ min: -30, max: 30 }).map((n) => n / 10 + 0.1 + 0.2),
    fc.constantFrom(-0, 0, 1e300, 2 ** 51, NaN, Infinity),
  );
  const row = fc.record({
    stream: fc.oneof(fc.constantFrom(0x5090, 0xffffffff), fc.nat()),
    time,
    value,
    summary: fc.option(fc.dictionary(fc.string({ maxLength: 5 }), fc.integer(), { maxKeys: 2 }), {
      freq: 5,
    }),
    raw: fc.option(fc.oneof(fc.string(), fc.array(fc.integer())), { freq: 5 }),
  });
  const check = (rows: unknown[], from: number) => {
    const list = rows as {
      stream: number;
      time: bigint;
      value: number;
      summary: Record<string, number> | null;
      raw: unknown;
    }[];
    const columns = {
      length: list.length,
      streams: Uint32Array.from(list, (it) => it.stream),
      timestamps: BigInt64Array.from(list, (it) => it.time),
      values: Float64Array.from(list, (it) => it.value),
      summaryData: list.map((it) => it.summary),
      rawData: list.map((it) => it.raw),
    };
    const back = unpackColumns(packColumns(columns, from));
    assertEquals(back.length, list.length - from);
    assertEquals(back.streams, columns.streams.slice(from));
    assertEquals(back.timestamps, columns.timestamps.slice(from));
    for (let i = from; i < list.length; i++) {
      assert(Object.is(back.values[i - from], columns.values[i]), `value ${columns.values[i]}`);
      assertEquals(back.summaryData?.[i - from] ?? null, list[i]!.summary);
      assertEquals(back.rawData?.[i - from] ?? null, list[i]!.raw);
    }
  };
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 40 }),
      fc.nat(3),
      (rows, from) => check(rows, Math.min(from, rows.length - 1)),
    ),
    { numRuns: 300 },
  );
});

Deno.test("unpackColumns() restores values next to decimal numbers, which take few bytes", () => {
  const bits = new BigInt64Array(1);
  const next = (value: number, steps: number) => {
    new Float64Array(bits.buffer)[0] = value;
    bits[0]! += BigInt(steps);
    return new Float64Array(bits.buffer)[0]!;
  };
  for (
    const values of [[0.1 + 0.2, 0.7], [-0, 0.1 + 0.2], [1e9 + 0.1, 0.3], [0.1 + 0.2, -5e-324]]
  ) {
    const sums = Float64Array.from({ length: 1000 }, (_, i) => next(values[i % 2]!, i % 7 - 3));
    const columns = {
      length: 1000,
      streams: new Uint32Array(1000).fill(0x5090),
      timestamps: new BigInt64Array(1000),
      values: sums,
    };
    const packed = packColumns(columns);
    assertEquals(
      new BigInt64Array(unpackColumns(packed).values.buffer),
      new BigInt64Array(sums.buffer),
    );
    if (values[1] === 0.7) assert(packed.length < 4 * 1000, `${packed.length} bytes`);
  }
});

Deno.test("packColumns() takes few bytes for a series of decimal numbers at equal distances", () => {
  const length = 1000;
  const packed = packColumns({
    length,
    streams: new Uint32Array(length).fill(0x5090),
    timestamps: BigInt64Array.from(
      { length },
      (_, i) => 1_700_000_000_000_000n + BigInt(i) * 1000n,
    ),
    values: Float64Array.from({ length }, (_, i) => Math.round(2000 + 50 * Math.sin(i / 30)) / 100),
  });
  assert(packed.length < 2.1 * length, `${packed.length} bytes`);
});

Deno.test("packColumns() produces the bytes that are in queues of older releases", () => {
  const size = { length: 300 };
  const kinds = {
    noise: (i: number) => Math.sqrt(i),
    decimals: (i: number) => (i * i % 977 - 400) / 100,
    sums: (i: number) => 0.1 * (i % 30),
    wide: (i: number) => (i % 2 ? -1 : 1) * i * 2 ** 40,
    "more digits at the end": (i: number) => i < 290 ? i : i / 8,
  };
  const packed = (value: (i: number) => number, one: boolean) => {
    const micros = (i: number) => i * (one ? 1_000_000 : i % 7 * 5_000_000);
    const bytes = packColumns(
      {
        ...size,
        streams: Uint32Array.from(size, (_, i) => one ? 7 : i % 3),
        timestamps: BigInt64Array.from(
          size,
          (_, i) => 1_700_000_000_000_000n + BigInt(micros(i)),
        ),
        values: Float64Array.from(size, (_, i) => value(i)),
      },
      5,
      299,
    );
    return [bytes.length, crc32c(bytes)];
  };
  const found = Object.entries(kinds).map(([name, value]) => [
    name,
    packed(value, true),
    packed(value, false),
  ]);
  assertEquals(found, [
    ["noise", [2664, 2126648137], [3931, 688468803]],
    ["decimals", [875, 2607144556], [2142, 2920294091]],
    ["sums", [901, 931178268], [2168, 2092481379]],
    ["wide", [2541, 476555273], [3808, 3535961762]],
    ["more digits at the end", [902, 1587344865], [2169, 2805539466]],
  ]);
});

Deno.test("withLength() writes the length before a frame, and copies a frame that shares its buffer", () => {
  const columns = {
    length: 2,
    streams: new Uint32Array(2),
    timestamps: new BigInt64Array(2),
    values: new Float64Array(2),
  };
  const frame = batchFrame({ device: 1n, streamer: -1, at: 0 }, columns);
  const bytes = withLength(frame);
  assertEquals([bytes.subarray(4), bytes.buffer === frame.buffer], [frame, true]);
  for (const before of [4, 5]) {
    const buffer = new Uint8Array(before + frame.length);
    buffer.set(frame, before);
    const copy = withLength(buffer.subarray(before));
    assertEquals([copy, copy.buffer === buffer.buffer], [bytes, false]);
  }
});

Deno.test("deviceText() writes a device like its slug", () => {
  for (const id of [1n, 0x1234n, 0xfedc_ba98_7654_3210n, (1n << 64n) - 1n]) {
    const slug = String(new ArchFxDeviceSlug(id));
    assertEquals([deviceText(id), deviceText(id.toString(16).padStart(16, "0"))], [slug, slug]);
  }
});
