/**
 * The lines of an `.ini` file, as `configparser` of Python's standard library reads them.
 *
 * Its rules, for `ConfigParser()` without options:
 *
 * - a line whose first visible character is `#` or `;` is a comment; inside a value both are text,
 * - a line that is indented more than the `name = value` above it continues that value,
 * - `[section]` ends at the last bracket; what follows it is ignored,
 * - `=` or `:` ends the name, which is converted to lower case; names and sections must be unique,
 * - every name is below a section.
 *
 * @module
 */
import { withoutMark } from "../_byte_order_mark.ts";

/** One `name = value`. */
export interface IniOption {
  /** Its section, without brackets. */
  readonly section: string;
  /** The name in lower case. */
  readonly name: string;
  /** The value without the white space around it, as far as it is on this line. */
  readonly value: string;
  /** The text before the value. */
  readonly lead: string;
  /** Its line, counted from 0. */
  readonly line: number;
  /** The line on which the value continues; `undefined` if it ends on its own line. */
  continued: number | undefined;
}

/** The content of a file. */
export interface IniLines {
  /** The lines with their ends, so that joining them gives the file again. */
  readonly lines: readonly string[];
  /** Every option, in order. */
  readonly options: readonly IniOption[];
  /** Every section. */
  readonly sections: ReadonlySet<string>;
}

/** Names that a person gives, and where they were given first. */
type Seen = Map<string, number>;

/**
 * Reads lines.
 *
 * @throws {SyntaxError} With the line's number and the rule. The message does not contain the line, which may
 * hold a token.
 */
export function readIniLines(text: string): IniLines {
  const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const options: IniOption[] = [];
  const seen: Seen = new Map();
  const sections = new Set<string>();
  let section: string | undefined;
  let option: IniOption | undefined;
  let indent = 0;
  for (const [line, raw] of lines.entries()) {
    const value = trim(line === 0 ? withoutMark(raw) : raw);
    if (value === "" || value.startsWith("#") || value.startsWith(";")) continue;
    const indented = raw.search(/\S/);
    if (option && indented > indent) {
      option.continued ??= line;
      continue;
    }
    indent = indented;
    const header = /^\[(.+)\]/s.exec(value)?.[1];
    if (header !== undefined) {
      // Python lets the section of defaults occur again.
      if (header !== "DEFAULT") once(seen, `[${header}]`, line);
      sections.add(section = header);
      option = undefined;
      continue;
    }
    const match = /^(.*?)\s*[=:]\s*(.*)$/s.exec(value);
    if (!match || match[1] === "") {
      throw at(line, "must be a [section], a name = value or a comment");
    }
    if (section === undefined) throw at(line, "must be below a [section]");
    const name = match[1]!.toLowerCase();
    once(seen, `[${section}] ${name}`, line, `the name "${name}" of [${section}]`);
    const before = raw.indexOf(match[1]!) + match[1]!.length;
    const lead = raw.slice(0, before) + /^\s*[=:][^\S\r\n]*/.exec(raw.slice(before))![0];
    option = { section, name, value: match[2]!, lead, line, continued: undefined };
    options.push(option);
  }
  return { lines, options, sections };
}

/** The problem of a line. */
export function at(line: number, rule: string): SyntaxError {
  return new SyntaxError(`line ${line + 1} ${rule}`);
}

function once(seen: Seen, key: string, line: number, shown = key): void {
  const first = seen.get(key);
  if (first !== undefined) throw at(line, `repeats ${shown}, which is on line ${first + 1}`);
  seen.set(key, line);
}

/** The white space that Python's `strip` removes: it includes information separators, but no byte order mark. */
// deno-lint-ignore no-control-regex
const AROUND = /^(?:(?!\ufeff)[\s\u001c-\u001f\u0085])+|(?:(?!\ufeff)[\s\u001c-\u001f\u0085])+$/g;

function trim(text: string): string {
  return text.replace(AROUND, "");
}
