/**
 * Readings and streamer reports.
 *
 * @module
 */
export { DataError } from "../codec/data_error.ts";
export type { Id, ReadingColumns, SummaryData, Timestamp } from "../readings/reading_columns.ts";
export type { ReportCloud, ReportUploadOptions } from "./report_cloud.ts";
