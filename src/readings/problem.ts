/**
 * Problems of a text that cannot be read as readings, with the options that may help.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import { DataError } from "../codec/data_error.ts";

/** An option that may make a text readable. */
export interface ReadHint {
  /** The option's name: `decimal`, `columns.value`. */
  readonly option: string;
  /** The value to try, if one is likely. */
  readonly value?: string;
}

/** A problem, in parts. */
export interface ReadProblem {
  /** The line on which it begins, counted from 1; absent if the problem is one of the whole text. */
  readonly line?: number;
  /** Whether `line` counts the rows of a table, which has no lines. */
  readonly isRow?: boolean;
  /** The column, by its name or, without a header, its position; absent if the problem is one of the whole row. */
  readonly column?: string | number;
  /** The invalid text, cut if it is long. */
  readonly text?: string;
  /** Text and rule in one sentence. */
  readonly message: string;
  /** The options that may help. */
  readonly hints?: readonly ReadHint[];
  /** Keys that options name and that no object has; all readings were returned before this problem. */
  readonly unused?: readonly string[];
  /** Whether reading ends here, even if bad rows are skipped. */
  readonly ends?: boolean;
}

/** The longest text that an error quotes. */
const LONGEST = 100;

/** A text in quotes, cut if it is long. */
export function quoted(text: string): string {
  return JSON.stringify(cut(text));
}

/** A text, cut if it is long. */
export function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

/** A hint in the terms of the library: `option decimal ","`. */
function optionText({ option, value }: ReadHint): string {
  // The library has a separate reader for each format.
  if (option === "format") return value === "csv" ? "readCsv" : "readNdjson";
  return `option ${option}${value === undefined ? "" : ` ${JSON.stringify(value)}`}`;
}

/** Hints as part of a sentence; empty without hints. */
function hintText(
  hints: readonly ReadHint[] | undefined,
  name: (hint: ReadHint) => string = optionText,
): string {
  return hints && hints.length > 0 ? `: try ${hints.map(name).join(" or ")}` : "";
}

/** The problem of a reader's error; undefined for other errors. */
export function problemOf(error: unknown): ReadProblem | undefined {
  const cause = isRecord(error) ? error.cause : undefined;
  return isProblem(cause) ? cause : undefined;
}

function isProblem(cause: unknown): cause is ReadProblem {
  return isRecord(cause) && typeof cause.message === "string";
}

/**
 * The error for a problem. Its cause is the problem, from which the command makes its own message.
 */
export function problemError(problem: ReadProblem): DataError {
  const place = problem.line === undefined
    ? "the text"
    : `${problem.isRow ? "row" : "line"} ${problem.line}`;
  return new DataError(`Cannot read ${place}: ${problem.message}${hintText(problem.hints)}`, {
    cause: problem,
  });
}
