/** Reports for the tests of the emulator, made with the library. */
import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";

/** A report with a reading for each id; the time is that of the id in seconds. */
export function reportOf(
  ids: readonly (number | bigint)[],
  options: { device?: string; streamer?: number; stream?: string; start?: number } = {},
): Uint8Array {
  const { device = "d--1", streamer, stream = "5051", start = Date.UTC(2026, 0, 1) } = options;
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device,
    streamer,
    reportId: 1,
    sentTimestamp: new Date(start),
    data: ids.map((id) =>
      new ArchFXDataPoint({
        timestamp: new Date(start + Number(BigInt(id) % 1_000_000n) * 1000),
        stream,
        value: Number(id),
        readingId: id,
      })
    ),
  }).encode();
}

/** The ids from one to another, both included. */
export function ids(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Makes a report field by field, also one that no library would write; `undefined` leaves a field out. */
export function rawReport(fields: Record<string, unknown>): Uint8Array {
  const header = {
    format: "v200",
    device: 1,
    streamer_index: 0x100,
    streamer_selector: 0xffff,
    seqid: 1,
    lowest_id: 1,
    highest_id: 1,
    sent_timestamp: null,
    events: [{
      stream: 0x5051,
      dev_seqid: 1,
      timestamp: "2026-01-01T00:00:00+00:00",
      value: 1.5,
      extra_data: {},
      data: null,
    }],
    ...fields,
  };
  return new Uint8Array(pack(header));
}

/** A small msgpack writer: enough for a report, even an invalid one. */
function pack(value: unknown): number[] {
  if (value === null) return [0xc0];
  if (typeof value === "boolean") return [value ? 0xc3 : 0xc2];
  if (typeof value === "bigint") return [0xcf, ...big(value)];
  if (typeof value === "number") {
    if (Number.isInteger(value) && value >= 0) return [0xcf, ...big(BigInt(value))];
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return [0xcb, ...new Uint8Array(view.buffer)];
  }
  if (typeof value === "string") {
    const bytes = new TextEncoder().encode(value);
    return [0xda, bytes.length >> 8, bytes.length & 0xff, ...bytes];
  }
  if (Array.isArray(value)) {
    return [0xdc, value.length >> 8, value.length & 0xff, ...value.flatMap(pack)];
  }
  const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
  return [
    0xde,
    entries.length >> 8,
    entries.length & 0xff,
    ...entries.flatMap(([key, item]) => [...pack(key), ...pack(item)]),
  ];
}

function big(value: bigint): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return [...new Uint8Array(view.buffer)];
}
