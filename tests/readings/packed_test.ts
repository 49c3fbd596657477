/** Compressed and encoded texts, and the options for times in zones. */
import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import * as zlib from "node:zlib";
import { DataError } from "../../src/codec/data_error.ts";
import { type CsvOptions, readCsv, readNdjson } from "../../src/readings/mod.ts";

const encoder = new TextEncoder();
const T0 = 1772431200000000n;

async function values(bytes: Uint8Array | AsyncIterable<Uint8Array>, options: CsvOptions = {}) {
  const found: number[] = [];
  for await (const chunk of readCsv(bytes, { stream: 1, ...options })) found.push(...chunk.values);
  return found;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  // One buffer, which is reused for each piece.
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    buffer.set(part);
    yield await buffer.subarray(0, part.length);
  }
}

const HEADER = "timestamp,value\n";
const row = (i: number) => `${new Date(1772431200000 + i * 1000).toISOString()},${i}\n`;
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => row(from + i)).join("");

Deno.test("readCsv() reads gzip, also with several members, and zstd by their first bytes", async () => {
  const one = encoder.encode(HEADER + rows(0, 3000));
  const two = encoder.encode(rows(3000, 5000));
  const wanted = Array.from({ length: 5000 }, (_, i) => i);
  const members = new Uint8Array([...gzipSync(one), ...gzipSync(two)]);
  for (const size of [1, 7, 1000, members.length]) {
    assertEquals(await values(pieces(members, size)), wanted, `pieces of ${size}`);
  }
  const { zstdCompressSync } = zlib as unknown as {
    zstdCompressSync?(bytes: Uint8Array): Uint8Array;
  };
  if (!zstdCompressSync) return;
  const zstd = zstdCompressSync(new Uint8Array([...one, ...two]));
  assertEquals(await values(pieces(zstd, 100)), wanted);
});

Deno.test("readCsv() rejects compressed bytes that are cut off or damaged", async () => {
  const packed = gzipSync(encoder.encode(HEADER + rows(0, 5000)));
  for (const bytes of [packed.subarray(0, packed.length - 9), packed.subarray(0, 100)]) {
    await assertRejects(() => values(bytes), DataError, "cut off or damaged");
  }
  const damaged = packed.slice();
  damaged[packed.length >> 1] ^= 0xff;
  await assertRejects(() => values(damaged), DataError, "gzip");
});

Deno.test("readCsv() rejects zstd that is cut off anywhere, whatever frames it has, even if bad rows are skipped", async () => {
  const { zstdCompressSync, constants } = zlib as unknown as {
    zstdCompressSync?(bytes: Uint8Array, options: object): Uint8Array;
    constants: Record<string, number>;
  };
  if (!zstdCompressSync) return;
  const pack = (text: string, params: Record<string, number>) =>
    zstdCompressSync(encoder.encode(text), {
      params: Object.fromEntries(Object.entries(params).map(([name, it]) => [constants[name], it])),
    });
  const skipped = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const kinds = [
    pack(HEADER + rows(0, 9000), {}),
    pack(HEADER + rows(0, 300), { ZSTD_c_checksumFlag: 1, ZSTD_c_contentSizeFlag: 0 }),
    new Uint8Array([
      ...skipped,
      ...pack(HEADER + rows(0, 100), { ZSTD_c_checksumFlag: 1 }),
      ...skipped,
      ...skipped,
      ...pack(rows(100, 200), { ZSTD_c_windowLog: 10 }),
    ]),
  ];
  for (const [i, packed] of kinds.entries()) {
    for (const size of [1, 13, packed.length]) {
      const wanted = [9000, 300, 200][i];
      assertEquals((await values(pieces(packed, size))).length, wanted, `kind ${i}`);
    }
    const ends = skipped.length + pack(HEADER + rows(0, 100), { ZSTD_c_checksumFlag: 1 }).length;
    const isEnd = [0, 1, 2].map((count) => ends + count * skipped.length);
    for (let cut = 5; cut < packed.length; cut += Math.max(1, Math.floor(packed.length / 150))) {
      // The text may end at the end of a frame.
      if (i === 2 && (isEnd.includes(cut) || cut === skipped.length)) continue;
      const part = packed.subarray(0, cut);
      await assertRejects(
        () => values(part, { skipBadRows: true }),
        DataError,
        "cut off",
        `${cut}`,
      );
    }
  }
});

Deno.test("readCsv() and readNdjson() copy a chunk whose buffer the source reuses", async () => {
  const text = encoder.encode(HEADER + rows(0, 2000));
  for (const size of [1, 2, 3, 5, 100, 4097]) {
    assertEquals((await values(pieces(text, size))).length, 2000, `pieces of ${size}`);
  }
  const lines = Array.from({ length: 500 }, (_, i) => `{"timestamp":0,"stream":1,"value":${i}}\n`);
  const found: number[] = [];
  for await (const chunk of readNdjson(pieces(encoder.encode(lines.join("")), 3))) {
    found.push(...chunk.values);
  }
  assertEquals(found, lines.map((_, i) => i));
});

Deno.test("readCsv() reads UTF-16 by its mark and other encodings by option, and rejects invalid text", async () => {
  const text = `timestamp,"Temperatur °C"\n2026-03-02T06:00:00Z,20.5\n`;
  const columns = { value: "Temperatur °C" };
  const utf16 = (little: boolean) => {
    const bytes = new Uint8Array(2 + 2 * text.length);
    new DataView(bytes.buffer).setUint16(0, 0xfeff, little);
    [...text].forEach((c, i) =>
      new DataView(bytes.buffer).setUint16(2 + 2 * i, c.charCodeAt(0), little)
    );
    return bytes;
  };
  for (const little of [true, false]) {
    for (const size of [1, 3, 1000]) {
      assertEquals(await values(pieces(utf16(little), size), { columns }), [20.5]);
    }
  }
  const latin = Uint8Array.from([...text].map((c) => c.charCodeAt(0)));
  assertEquals(await values(latin, { columns, encoding: "windows-1252" }), [20.5]);
  await assertRejects(() => values(latin, { columns }), DataError, "option encoding");
  await assertRejects(
    () => values(utf16(true).subarray(0, 41), { columns }),
    DataError,
    "utf-16le",
  );
});

Deno.test("readCsv() reads the hour that occurs twice, and rejects the one that does not exist", async () => {
  const times = async (text: string, options: CsvOptions) => {
    const found: number[] = [];
    const all = { ...options, timeZone: "Europe/Berlin", ids: "hex" as const };
    for await (const chunk of readCsv(encoder.encode(text), all)) {
      found.push(...[...chunk.timestamps].map((micros) => Number(micros / 1000n)));
    }
    return found.map((ms) => new Date(ms).toISOString().slice(11, 16));
  };
  const night = "timestamp,value,stream\n" +
    ["01:45", "02:15", "02:45", "02:15", "02:45", "03:15"].map((time) => `2026-10-25 ${time},1,1\n`)
      .join("");
  assertEquals(await times(night, { ambiguousTime: "in-order" }), [
    "23:45",
    "00:15",
    "00:45",
    "01:15",
    "01:45",
    "02:15",
  ]);
  assertEquals((await times(night, { ambiguousTime: "earlier" })).slice(1, 5), [
    "00:15",
    "00:45",
    "00:15",
    "00:45",
  ]);
  assertEquals((await times(night, { ambiguousTime: "later" })).slice(1, 5), [
    "01:15",
    "01:45",
    "01:15",
    "01:45",
  ]);
  await assertRejects(() => times(night, {}), DataError, "occurs twice");
  // A logger with one value each hour, and two streams one after the other.
  const hours = "timestamp,value,stream\n" +
    [1, 2].flatMap((stream) =>
      ["01:00", "02:00", "02:00", "03:00"].map((time) => `2026-10-25 ${time},1,${stream}\n`)
    )
      .join("");
  const wanted = ["23:00", "00:00", "01:00", "02:00"];
  assertEquals(await times(hours, { ambiguousTime: "in-order" }), [...wanted, ...wanted]);
  const spring = "timestamp,value,stream\n2026-03-29 02:30,1,1\n";
  await assertRejects(() => times(spring, { ambiguousTime: "later" }), DataError, "does not exist");
});

Deno.test("readCsv() reads days of a spreadsheet around its incorrect 29 February 1900", async () => {
  const micros = async (day: string) => {
    const text = `timestamp,value\n${day},1\n`;
    for await (const chunk of readCsv(encoder.encode(text), { stream: 1, timeFormat: "excel" })) {
      return new Date(Number(chunk.timestamps[0] / 1000n)).toISOString().slice(0, 19);
    }
  };
  assertEquals(await micros("1"), "1900-01-01T00:00:00");
  assertEquals(await micros("59.5"), "1900-02-28T12:00:00");
  assertEquals(await micros("61"), "1900-03-01T00:00:00");
  assertEquals(await micros("46083.25"), new Date(Number(T0 / 1000n)).toISOString().slice(0, 19));
  for (const day of ["60", "60.5", "0.5", "-1"]) await assertRejects(() => micros(day), DataError);
});

Deno.test("readCsv() stops at maxBadRows, a number at once and a percentage at the end", async () => {
  const text = encoder.encode(HEADER + (rows(0, 9) + "bad,1\n").repeat(3));
  assertEquals((await values(text, { maxBadRows: 3 })).length, 27);
  assertEquals((await values(text, { maxBadRows: "10%" })).length, 27);
  await assertRejects(() => values(text, { maxBadRows: 2 }), DataError, "maxBadRows 2");
  await assertRejects(() => values(text, { maxBadRows: "9.9%" }), DataError, "3 of 30 rows");
});

Deno.test("readCsv() rejects an option that a column contradicts, with or without skipBadRows", async () => {
  const text = encoder.encode(
    "timestamp,stream,value\n2026-03-02T06:00:00Z,0001-5090,1\n2026-03-02T06:00:01Z,0001-5091,2\n",
  );
  const options = { stream: "0001-5090" };
  for (const skipBadRows of [false, true]) {
    await assertRejects(() => values(text, { ...options, skipBadRows }), DataError, "line 3");
  }
  assertEquals(await values(text, { ...options, override: true }), [1, 2]);
  assertEquals(await values(text.subarray(0, 56), options), [1]);
});

Deno.test("readCsv() reads the chosen table and headers of two rows, and leaves out a footer", async () => {
  const text =
    "Zone,Zone\nTime,Value\n2026-03-02T06:00:00Z,1\n\nOther table\nTime,Value\n2026-03-02T06:00:00Z,2\nTotal,2\n";
  const read = (options: CsvOptions) => values(encoder.encode(text), options);
  const columns = { timestamp: "Time", value: "Value" };
  assertEquals(
    await read({
      table: 1,
      headerRows: 2,
      columns: { timestamp: "Zone Time", value: "Zone Value" },
    }),
    [1],
  );
  assertEquals(await read({ skipLines: 5, skipFooter: 1, columns }), [2]);
  // Rows are left out only if an option says so: the error names the option.
  const two = "Time,Value\n2026-03-02T06:00:00Z,1\n\nTime,Value\n2026-03-02T06:00:01Z,2\n";
  await assertRejects(
    () => values(encoder.encode(two), { columns }),
    DataError,
    'option table "1"',
  );
});
