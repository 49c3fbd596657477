import { createHash } from "node:crypto";
import {
  ArchFXDataPoint,
  type ArchFXDataPointFields,
  ArchFXFlexibleDictionaryReport,
} from "../../src/reports/mod.ts";
import { checkGolden, type GoldenCase, goldenCases, type Tagged } from "../golden/golden.ts";
import { hexFromBytes } from "../golden/hex.ts";
import { decoded, formula, freeForm } from "../golden/report_values.ts";

/** Makes a point from the arguments of `ArchFXDataPoint`. */
function point(args: Tagged): ArchFXDataPoint {
  const fields: Record<string, unknown> = {
    timestamp: decoded(args.timestamp),
    stream: decoded(args.stream),
    value: decoded(args.value),
    readingId: decoded(args.reading_id),
  };
  if (args.summary_data !== undefined) fields.summaryData = freeForm(args.summary_data);
  if (args.raw_data !== undefined) fields.rawData = freeForm(args.raw_data);
  return new ArchFXDataPoint(fields as unknown as ArchFXDataPointFields);
}

function points(golden: GoldenCase): ArchFXDataPoint[] {
  const { generated } = golden;
  if (!generated) return golden.points.map(point);
  const t0 = decoded(generated.t0).epochNanoseconds / 1000n;
  const value = formula(generated.value);
  return Array.from({ length: generated.n }, (_, i) =>
    new ArchFXDataPoint({
      timestamp: t0 + BigInt(i) * BigInt(generated.step_us),
      stream: decoded(generated.stream),
      value: value(i),
      readingId: generated.id0 === null ? 0 : BigInt(generated.id0) + BigInt(i),
    }));
}

function encode(golden: GoldenCase): ArchFXFlexibleDictionaryReport {
  const data = points(golden);
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: decoded(golden.device),
    data: golden.data_form === "none"
      ? null as never
      : golden.data_form === "generator"
      ? function* () {
        yield* data;
      }()
      : data,
    ...("report_id" in golden && { reportId: decoded(golden.report_id) }),
    ...("selector" in golden && { selector: decoded(golden.selector) }),
    ...("streamer" in golden && { streamer: decoded(golden.streamer) }),
    ...("sent_timestamp" in golden && { sentTimestamp: decoded(golden.sent_timestamp) }),
  });
}

function sameBytes(golden: GoldenCase, bytes: Uint8Array): boolean {
  if (golden.encoded_hex !== undefined) return hexFromBytes(bytes) === golden.encoded_hex;
  return bytes.length === golden.encoded_len &&
    createHash("sha256").update(bytes).digest("hex") === golden.encoded_sha256;
}

Deno.test("fromReadings() encodes the bytes that the Python package writes, except for the listed exceptions", () => {
  checkGolden("reports", (golden) => {
    const report = encode(golden);
    return { bytes: report.encode(), lowest: report.lowestId, highest: report.highestId };
  }, (golden, result) => {
    const { bytes, lowest, highest } = result as Tagged;
    return sameBytes(golden, bytes) &&
      [[lowest, golden.lowest_id], [highest, golden.highest_id]].every(([here, there]) =>
        String(here) === String(decoded(there))
      );
  });
});

Deno.test("ArchFXDataPoint has the same fields as in the Python package, except for the listed exceptions", () => {
  checkGolden(
    "datapoints",
    ({ args }) => point(args),
    (golden, result) => {
      const made = result as ArchFXDataPoint;
      const dict = made.asDict();
      const time = decoded((golden.args as Tagged).timestamp);
      return Object.is(made.value, decoded(golden.value)) && made.stream === golden.stream &&
        String(made.readingId) === String(decoded(golden.reading_id)) &&
        made.timestampMicros === (time?.epochNanoseconds ?? 0n) / 1000n &&
        JSON.stringify(made.summaryData) === JSON.stringify(golden.summary_data) &&
        JSON.stringify(made.rawData) === JSON.stringify(golden.raw_data) &&
        Object.keys(dict).join() === Object.keys(golden.asdict).join();
    },
    goldenCases("reports", "datapoints"),
  );
});
