/** encodeReports(): many devices, on workers and without. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ArchFXFlexibleDictionaryReport,
  DataError,
  encodeReports,
  ExtData,
  Float,
  ReportEncoderStream,
} from "../../src/reports/mod.ts";

type Options = Parameters<typeof encodeReports>[1];

const DEVICES = 5;

/** Readings of several devices in turns, some with data that cannot be cloned to a worker. */
function* chunks(count: number, size: number) {
  for (let first = 0; first < count; first += size) {
    const rows = Array.from({ length: Math.min(size, count - first) }, (_, i) => first + i);
    const hasData = first % 2 === 0;
    yield {
      length: rows.length,
      devices: BigUint64Array.from(rows, (row) => BigInt(row * 7 % DEVICES) + 2n ** 40n),
      streams: Uint32Array.from(rows, (row) => row % 3),
      readingIds: new BigUint64Array(rows.length),
      timestamps: BigInt64Array.from(rows, (row) => 1_600_000_000_000_000n + BigInt(row)),
      values: Float64Array.from(rows, (row) => row / 4),
      ...(hasData && {
        summaryData: rows.map((row) => row % 4 === 0 ? { limit: new Float(5), row } : null),
        rawData: rows.map((row) => row % 3 === 0 ? new ExtData(5, Uint8Array.of(row)) : null),
      }),
    };
  }
}

/** The reports that a stream for each device makes from the same readings. */
async function expected(count: number, size: number, options: NonNullable<Options>) {
  const result = new Map<bigint, Uint8Array[]>();
  for (let i = 0; i < DEVICES; i++) {
    const device = BigInt(i) + 2n ** 40n;
    const { nextReadingId } = options;
    const stream = new ReportEncoderStream({
      device,
      maxPoints: options.maxPoints,
      nextReadingId: typeof nextReadingId === "function" ? nextReadingId(device) : nextReadingId,
    });
    const points = [...chunks(count, size)].flatMap((chunk) =>
      Array.from(chunk.values, (value, row) => ({
        device: chunk.devices[row],
        point: {
          timestamp: chunk.timestamps[row],
          stream: chunk.streams[row],
          value,
          summaryData: chunk.summaryData?.[row],
          rawData: chunk.rawData?.[row],
        },
      }))
    ).filter((it) => it.device === device).map(({ point }) => point);
    const reports = ReadableStream.from([points]).pipeThrough(stream);
    result.set(device, await Array.fromAsync(reports, (report) => report.encode()));
  }
  return result;
}

async function collect(source: Parameters<typeof encodeReports>[0], options: Options) {
  const result = new Map<bigint, Uint8Array[]>();
  for await (const { device, bytes } of encodeReports(source, options)) {
    result.set(device, [...result.get(device) ?? [], bytes]);
  }
  return result;
}

for (const workers of [0, 1, 2]) {
  Deno.test(`encodeReports() with ${workers} workers encodes the same as a stream for each device, in order`, async () => {
    for (
      const nextReadingId of [1, (device: bigint) => Number(device & 0xffn) * 1000 + 1]
    ) {
      const options = { workers, maxPoints: 300, nextReadingId };
      assertEquals(
        await collect(chunks(5000, 700), options),
        await expected(5000, 700, options),
      );
    }
  });

  Deno.test(`encodeReports() with ${workers} workers emits the readings before an invalid one`, async () => {
    const [chunk] = chunks(100, 100);
    const timestamps = chunk.timestamps.slice();
    timestamps[50] = 2n ** 62n;
    for (const data of [{}, { summaryData: undefined, rawData: undefined }]) {
      let readings = 0;
      const error = await assertRejects(async () => {
        const source = [{ ...chunk, ...data, timestamps }];
        for await (const { bytes } of encodeReports(source, { workers, nextReadingId: 1 })) {
          readings += ArchFXFlexibleDictionaryReport.decode(bytes).length;
        }
      }, DataError);
      assert(error.message.includes("years 1 to 9999"), error.message);
      assert(readings > 0 && readings <= 99, String(readings));
    }
  });
}

Deno.test("encodeReports() rejects options and chunks that it cannot use", async () => {
  const take = (source: unknown[], options: unknown) =>
    collect(source as Parameters<typeof encodeReports>[0], options as Options);
  await assertRejects(() => take([], { workers: 1.5 }), RangeError, "1.5");
  await assertRejects(() => take([], { worker: 1 }), TypeError, '"worker"');
  const [chunk] = chunks(10, 10);
  await assertRejects(() => take([{ ...chunk, devices: undefined }], { workers: 0 }), TypeError);
  await assertRejects(() => take([chunk], { workers: 0, maxPoints: 0 }), RangeError, "maxPoints");
  await assertRejects(() => take([chunk], { workers: 0 }), DataError, "nextReadingId");
});

Deno.test("encodeReports() ends its workers when its reader stops or it is aborted", async () => {
  for await (const _ of encodeReports(chunks(5000, 500), { nextReadingId: 1, maxPoints: 100 })) {
    break;
  }
  const controller = new AbortController();
  await assertRejects(
    async () => {
      const options = { nextReadingId: 1, maxPoints: 100, signal: controller.signal };
      for await (const _ of encodeReports(chunks(100_000, 500), options)) {
        controller.abort(new Error("enough"));
      }
    },
    Error,
    "enough",
  );
});
