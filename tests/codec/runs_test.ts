import { assert, assertEquals, assertThrows } from "@std/assert";
import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { ValueReader } from "../../src/codec/value_reader.ts";
import {
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  DataError,
} from "../../src/reports/mod.ts";
import { same } from "../golden/same.ts";

const { decode, fromColumns, fromReadings } = ArchFXFlexibleDictionaryReport;

interface Row {
  stream: number;
  id: bigint;
  time: bigint;
  value: number;
}

// Values on both sides of every limit: the width of an integer, the minute, the form of a time.
const streams = [0, 0x7f, 0x80, 0xff, 0x100, 0x5001, 0xffff, 0x10000, 0x15090, 0xffffffff];
const ids = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0xffffffff, 2 ** 32, 2 ** 53 - 1];
const minutes = [
  -62135596800_000_000n,
  -60_000_000n,
  0n,
  1611100800_000_000n,
  253402300740_000_000n,
];
const within = [0n, 1n, 100_000n, 999_999n, 1_000_000n, 12_345_678n, 59_000_000n, 59_999_999n];
const run = fc.record({
  stream: fc.constantFrom(...streams),
  id: fc.oneof(fc.constantFrom(...ids.map(BigInt)), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  minute: fc.constantFrom(...minutes),
  times: fc.array(fc.constantFrom(...within), { minLength: 1, maxLength: 6 }),
});

/** Rows in runs: each run has one width of stream and id, and one minute. */
const rows = fc.array(run, { maxLength: 12 }).map((runs): Row[] =>
  runs.flatMap(({ stream, id, minute, times }) =>
    times.map((time, i) => ({ stream, id, time: minute + time, value: i + 0.1 }))
  )
);

/** The text of a time in a report, made from its parts. */
function isoText(micros: bigint): string {
  const below = (micros % 1_000_000n + 1_000_000n) % 1_000_000n;
  const text = new Date(Number((micros - below) / 1000n)).toISOString().slice(0, 19);
  return `${text}${below === 0n ? "" : `.${String(below).padStart(6, "0")}`}+00:00`;
}

/** The report, encoded by another library. */
function reference(rows: readonly Row[]): Uint8Array {
  const known = rows.map(({ id }) => id).filter((id) => id > 0n);
  const small = (id: bigint) => id <= 0xffffffffn ? Number(id) : id;
  return encode({
    format: "v200",
    device: 1,
    streamer_index: 0x100,
    streamer_selector: 0xffff,
    seqid: 0,
    lowest_id: small(known.reduce((a, b) => a < b ? a : b, known[0] ?? 0n)),
    highest_id: small(known.reduce((a, b) => a > b ? a : b, 0n)),
    sent_timestamp: null,
    events: rows.map(({ stream, id, time, value }) => ({
      stream,
      dev_seqid: small(id),
      timestamp: isoText(time),
      value,
      extra_data: {},
      data: null,
    })),
  }, { useBigInt64: true });
}

Deno.test("columns and points are encoded like another library does, whatever changes from row to row", () => {
  fc.assert(
    fc.property(rows, (rows) => {
      const bytes = reference(rows);
      const columns = {
        length: rows.length,
        streams: Uint32Array.from(rows, ({ stream }) => stream),
        readingIds: BigUint64Array.from(rows, ({ id }) => id),
        timestamps: BigInt64Array.from(rows, ({ time }) => time),
        values: Float64Array.from(rows, ({ value }) => value),
      };
      const data = rows.map(({ stream, id, time, value }) =>
        new ArchFXDataPoint({ stream, readingId: id, timestamp: time, value })
      );
      assertEquals(fromColumns({ device: 1, columns }).encode(), bytes);
      assertEquals(fromReadings({ device: 1, data }).encode(), bytes);
      assertEquals(decode(bytes).columns(), columns);
    }),
    { numRuns: 500 },
  );
});

Deno.test("decode() of a report with any byte changed returns what the bytes say, or throws", () => {
  const time = 1611100799_500_000n;
  const bytes = reference([0n, 1n, 250_000n, 500_000n, 700_000n, 1_500_000n].map((more, i) => ({
    stream: i === 2 ? 0x15090 : 0x5001,
    id: BigInt(i < 4 ? 70_000 + i : i),
    time: time + more,
    value: i + 0.1,
  })));
  let reports = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (let flip = 1; flip < 256; flip += 3) {
      const changed = bytes.slice();
      changed[at] ^= flip;
      let points;
      try {
        points = decode(changed).visibleData;
      } catch (error) {
        assert(error instanceof DataError);
        continue;
      }
      reports++;
      const whole = new ValueReader(changed).read() as { events?: Record<string, unknown>[] };
      points.forEach((point, i) => {
        const { stream, dev_seqid, timestamp, value } = point.asDict();
        const event = whole.events![i];
        const readingId = event.dev_seqid ?? 0;
        // Text is read like in Python: "5001" is a stream, and a space may replace the T.
        const again = new ArchFXDataPoint({
          stream: event.stream as number,
          readingId: readingId as number,
          timestamp: event.timestamp as string,
          value: event.value as number,
        }).asDict();
        assert(
          same({ stream, dev_seqid, timestamp, value }, {
            stream: again.stream,
            dev_seqid: again.dev_seqid,
            timestamp: again.timestamp,
            value: again.value,
          }),
          `byte ${at}, ${flip}`,
        );
      });
    }
  }
  assert(reports > 3000, `${reports} were still reports`);
});

Deno.test("decode() reads a waveform wherever a window ends in it, and rejects one that is cut off", () => {
  const floats = Float64Array.from({ length: 40_000 }, (_, i) => i + 0.5);
  for (let shift = 0; shift < 12; shift++) {
    const rawData = ["x".repeat(shift), floats, 1, [0.5, 1.5], { wave: [0.5, "x", 1.5] }];
    const data = [{ timestamp: 0, stream: 1, value: 1, rawData }];
    const bytes = fromReadings({ device: 1, data }).encode();
    const [point] = decode(bytes).visibleData;
    assertEquals(point.rawData, [rawData[0], [...floats], ...rawData.slice(2)]);
    for (const cut of [1, 20, 30, 40, 50, 60, 70, 80, 1000, 1001, 100_000 + shift]) {
      assertThrows(() => decode(bytes.subarray(0, -cut)), DataError);
    }
  }
});
