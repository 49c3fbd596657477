/** Reads an uploaded report: its header checked field by field, its events as columns. */
import { ArchFXFlexibleDictionaryReport, DataError } from "../../reports/mod.ts";
import type { ReadingColumns } from "../../readings/reading_columns.ts";
import { fieldErrors, listed } from "../http/error_response.ts";
import { HeaderError, type HeaderValue, readHeader } from "./header.ts";

/** The largest id that the store holds. */
const MAX_ID = 2n ** 63n - 1n;

/** A report as it was sent. */
export interface ReceivedReport {
  readonly device: bigint;
  readonly streamerIndex: number;
  readonly selector: number;
  readonly seqid: bigint;
  readonly lowestId: bigint;
  readonly highestId: bigint;
  readonly sentTimestamp: string | null;
  readonly columns: ReadingColumns;
}

type Rule = "integer" | "time" | "events";

const HEADER: Readonly<Record<string, { rule: Rule; max?: bigint }>> = {
  device: { rule: "integer", max: 2n ** 64n - 1n },
  streamer_index: { rule: "integer", max: 0xffffn },
  streamer_selector: { rule: "integer", max: 0xffff_ffffn },
  seqid: { rule: "integer", max: MAX_ID },
  lowest_id: { rule: "integer", max: MAX_ID },
  highest_id: { rule: "integer", max: MAX_ID },
  sent_timestamp: { rule: "time" },
  events: { rule: "events" },
};

/**
 * Reads a report.
 *
 * @throws ErrorResponse 400, with a list if the bytes are not a report, otherwise with an error for each field.
 */
export function readReport(bytes: Uint8Array): ReceivedReport {
  const header = headerOf(bytes);
  const errors: Record<string, string[]> = {};
  const format = header.get("format");
  if (format === undefined) errors.format = ["This field is required."];
  else if (format !== "v200") errors.format = [`"${plain(format)}" is not a valid choice.`];
  for (const [name, { rule, max }] of Object.entries(HEADER)) {
    const error = fault(rule, header.get(name), max);
    if (error) errors[name] = [error];
  }
  if (Object.keys(errors).length > 0) throw fieldErrors(errors);
  const integer = (name: string) => {
    const value = header.get(name);
    if (typeof value !== "bigint") throw new TypeError(`Cannot read ${name}: it was not checked`);
    return value;
  };
  const sent = header.get("sent_timestamp");
  return {
    device: integer("device"),
    streamerIndex: Number(integer("streamer_index")),
    selector: Number(integer("streamer_selector")),
    seqid: integer("seqid"),
    lowestId: integer("lowest_id"),
    highestId: integer("highest_id"),
    sentTimestamp: typeof sent === "string" ? sent : null,
    columns: columnsOf(bytes),
  };
}

function headerOf(bytes: Uint8Array): Map<string, HeaderValue> {
  try {
    return readHeader(bytes);
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    throw listed(`Streamer Report parse error - ${error.message}`);
  }
}

function columnsOf(bytes: Uint8Array): ReadingColumns {
  try {
    return ArchFXFlexibleDictionaryReport.decode(bytes).columns();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw listed(`Streamer Report parse error - ${error.message}`);
  }
}

function fault(rule: Rule, value: HeaderValue | undefined, max = MAX_ID): string | undefined {
  switch (rule) {
    case "time":
      return value === undefined || value === null || typeof value === "string"
        ? undefined
        : "Datetime has wrong format.";
    case "events":
      if (value === undefined) return "This field is required.";
      return typeof value === "object" && value?.kind === "array"
        ? undefined
        : `Expected a list of items but got type "${plain(value)}".`;
    case "integer":
      if (value === undefined) return "This field is required.";
      if (value === null) return "This field may not be null.";
      if (typeof value !== "bigint") return "A valid integer is required.";
      if (value < 0n) return "Ensure this value is greater than or equal to 0.";
      if (value > max) return `Ensure this value is less than or equal to ${max}.`;
  }
}

function plain(value: HeaderValue): string {
  return typeof value === "object" && value !== null ? value.kind : String(value);
}
