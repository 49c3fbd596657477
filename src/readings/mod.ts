/**
 * Readings as columns, and the readers that make them from text.
 *
 * @module
 */
export { readCsv } from "./csv.ts";
export type { Column, CsvColumns, CsvOptions } from "./csv_options.ts";
export type { ReadHint, ReadProblem } from "./problem.ts";
export type {
  BadRow,
  ByteSource,
  FoundColumns,
  LeftOut,
  ReadingChunk,
  ReadingsReader,
  ReadOptions,
  ReadWarning,
  StreamOption,
  Tag,
} from "./read_options.ts";
export type { Id, ReadingColumns, SummaryData, Timestamp } from "./reading_columns.ts";
export { type NdjsonKeys, type NdjsonOptions, readNdjson } from "./ndjson.ts";
export { resample, type ResampleBy, type ResampleOptions } from "./resample.ts";
export { splitByDevice } from "./split_by_device.ts";
export { profileFaults } from "./profile.ts";
export {
  type Confidence,
  type OpenQuestion,
  type ProfileProposal,
  type ProposedOption,
  type ProposeOptions,
  proposeProfile,
} from "./propose_profile.ts";
