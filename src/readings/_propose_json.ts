/**
 * Proposes the meaning of the keys of JSON.
 *
 * @module
 */
import { parseExactJson } from "../_exact_json.ts";
import { isMap } from "../_is_record.ts";
import { timeFormats } from "./_propose_table.ts";
import type { Proposal } from "./_proposal.ts";

const TIME = /^(?:timestamp|time|ts|datetime|date|zeit|zeitstempel|at|t)$/i;
const VALUE = /^(?:value|val|v|wert|reading|measurement)$/i;
const STREAM = /^(?:stream|tag|sensor|variable|name|channel|signal)$/i;
const DEVICE = /^(?:device|machine|asset|gerät)$/i;

type Line = Record<string, unknown>;

/** The first objects of a text. */
function objects(text: string): Line[] {
  const lines: unknown[] = [];
  if (text.trimStart().startsWith("[")) {
    const end = text.trimEnd().endsWith("]")
      ? text
      : `${text.slice(0, text.lastIndexOf("}") + 1)}]`;
    try {
      const parsed = parseExactJson(end);
      if (Array.isArray(parsed)) lines.push(...parsed);
    } catch {
      return [];
    }
  } else {
    for (const line of text.split("\n").slice(0, 2000)) {
      try {
        if (line.trim() !== "") lines.push(parseExactJson(line));
      } catch {
        // Lines that are not JSON are ignored here; the reader reports them.
      }
    }
  }
  return lines.filter(isMap);
}

/** Proposes the meaning of the keys of objects. */
export function jsonProposal(text: string, proposal: Proposal): void {
  proposal.propose("format", "ndjson", "certain", "it begins like JSON");
  const lines = objects(text);
  if (lines.length === 0) {
    proposal.ask("format", "No line is a JSON object: which format is it?");
    return;
  }
  const keys = [...new Set(lines.flatMap(Object.keys))];
  const cells = (key: string) =>
    lines.map((line) => line[key]).filter((it) => it !== undefined && it !== null);
  const time = keys.find((key) => TIME.test(key)) ??
    keys.find((key) => timeFormats(cells(key).map(String)).length > 0);
  if (time === undefined) {
    proposal.ask("columns.timestamp", "No key looks like times: which key is it?");
  } else proposeTime(time, cells(time), proposal);
  const numeric = keys.filter((key) =>
    key !== time && !/id$/i.test(key) && cells(key).length > 0 &&
    cells(key).every((it) => typeof it === "number" || isNumberText(it))
  );
  const stream = keys.find((key) => STREAM.test(key));
  const value = keys.find((key) => VALUE.test(key)) ??
    numeric.find((key) => key !== stream && (numeric.length === 1 || stream !== undefined));
  const values = value === undefined ? numeric.filter((key) => key !== stream) : [value];
  if (value !== undefined) {
    if (value !== "value") {
      proposal.propose("columns.value", value, "likely", "its values are numbers");
    }
  } else if (values.length > 0) {
    proposal.ask(
      "map",
      `${values.length} keys have numbers, ${
        values.join(", ")
      }: which variable is each? --map KEY=0001-5090`,
    );
  }
  if (values.some((key) => cells(key).some(isNumberText))) {
    proposal.propose("numberTexts", true, "likely", "numbers are written as texts");
  }
  if (
    value !== undefined && lines.some((line) => line[value] === null || line[value] === undefined)
  ) {
    proposal.propose("blank", "skip", "unsure", "some values are null or missing");
  }
  if (stream === undefined) {
    if (value !== undefined) {
      proposal.ask("stream", "Which variable do the readings belong to? --stream 0001-5090");
    }
  } else if (stream !== "stream") {
    proposal.propose("columns.stream", stream, "likely", "its name says so");
  }
  const device = keys.find((key) => DEVICE.test(key));
  if (device === undefined) {
    proposal.ask("device", "Which device do the readings belong to? --device d--1234");
  } else if (device !== "device") {
    proposal.propose("columns.device", device, "likely", "its name says so");
  }
}

function isNumberText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
}

function proposeTime(key: string, cells: readonly unknown[], proposal: Proposal): void {
  if (key !== "timestamp") {
    proposal.propose("columns.timestamp", key, "likely", "its values are times");
  }
  const [format] = timeFormats(cells.slice(0, 400).map(String));
  const isText = typeof cells[0] === "string";
  if (format === undefined) {
    proposal.ask("timeFormat", `Which format do times such as ${JSON.stringify(cells[0])} have?`);
  } else if (format !== "iso" && !(format === "epoch-ms" && !isText)) {
    proposal.propose(
      "timeFormat",
      format,
      "likely",
      `times such as ${JSON.stringify(cells[0])} have it`,
    );
  }
  const naive = isText && format !== undefined && !format.startsWith("epoch") &&
    !cells.every((cell) => /(?:Z|[+-]\d\d:?\d\d)$/.test(String(cell)));
  if (naive) {
    proposal.ask(
      "timeZone",
      "The times have no zone: which zone are they in? Without an answer, they are read as UTC.",
    );
  }
}
