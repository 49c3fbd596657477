/**
 * Readings and streamer reports: makes reports from points or columns, encodes and decodes them in WebAssembly,
 * writes, checks and summarizes them. It loads no HTTP code.
 *
 * @example Encode, decode
 * ```ts
 * import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "@archfx/cloud/reports";
 * import { assertEquals } from "@std/assert";
 *
 * const report = ArchFXFlexibleDictionaryReport.fromReadings({
 *   device: "d--1234",
 *   data: [new ArchFXDataPoint({ timestamp: "2026-03-02T06:00:00Z", stream: 0x5051, value: 42 })],
 * });
 * const decoded = ArchFXFlexibleDictionaryReport.decode(report.encode());
 * assertEquals(decoded.visibleData[0]?.value, 42);
 * ```
 *
 * @module
 */
export { DataError } from "../codec/data_error.ts";
export { ExtData } from "../codec/ext_data.ts";
export { Float } from "../codec/float.ts";
export type { Id, ReadingColumns, SummaryData, Timestamp } from "../readings/reading_columns.ts";
export {
  ArchFXDataPoint,
  type ArchFXDataPointDict,
  type ArchFXDataPointFields,
  type StreamId,
} from "./data_point.ts";
export {
  type ReportEncoderInput,
  type ReportEncoderOptions,
  ReportEncoderStream,
} from "./encoder_stream.ts";
export { ArchFXFlexibleDictionaryReport } from "./report.ts";
export { type StreamSummary, summarizeReport, type Summary } from "./summarize.ts";
export { type Problem, verifyReport } from "./verify.ts";
export { writeReport, type WriteReportOptions, type WrittenReport } from "./write_report.ts";
export type {
  DecodeOptions,
  DeviceId,
  ReportOptions,
  ReportSendOptions,
} from "./report_options.ts";
export type {
  ConfirmChoice,
  ReadingFacts,
  ReportCloud,
  ReportFacts,
  ReportUploadOptions,
} from "./report_cloud.ts";
export {
  type DeviceReadings,
  type EncodedDeviceReport,
  encodeReports,
  type EncodeReportsOptions,
} from "./encode_reports.ts";
