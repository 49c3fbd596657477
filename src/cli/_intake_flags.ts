/**
 * The flags of `archfx report encode` that say how to read files: the options of the readers in kebab-case.
 *
 * @module
 */
import { ArgumentError, type ArgumentParser, type Arguments } from "../main/argument_parser.ts";
import type { ReadHint } from "../readings/mod.ts";

/** How one flag becomes an option. */
interface Flag {
  readonly flag: string;
  /** The option; `columns.value` for a member of an object. */
  readonly option: string;
  readonly help: string;
  readonly metavar?: string;
  readonly choices?: readonly string[];
  readonly many?: true;
  readonly switch?: true;
  /** The option's value; by default the text itself. */
  readonly value?: (text: string) => unknown;
}

function whole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new RangeError("it must be an integer from 0");
  return Number(text);
}

/** `NAME=VALUE` as a pair. A name may contain an equals sign. */
function pair(text: string): [string, string] {
  const at = text.lastIndexOf("=");
  if (at < 0) throw new RangeError("it must be NAME=VALUE");
  return [text.slice(0, at), text.slice(at + 1)];
}

function word(text: string): [string, number] {
  const [name, value] = pair(text);
  if (value.trim() === "" || !Number.isFinite(Number(value))) {
    throw new RangeError("it must be WORD=NUMBER");
  }
  return [name, Number(value)];
}

const column = (name: string, option: string, what: string): Flag => ({
  flag: `${name}-column`,
  option: `columns.${option}`,
  metavar: "COLUMN",
  help: what,
});

const FLAGS: readonly Flag[] = [
  { flag: "device", option: "device", metavar: "SLUG", help: "The device of every reading" },
  {
    flag: "stream",
    option: "stream",
    metavar: "ID",
    help: "The variable of every reading: 0001-5090",
  },
  {
    flag: "override",
    option: "override",
    switch: true,
    help: "Use --device, --stream and ids from --first-id or --state instead of those in columns",
  },
  {
    ...column("time", "timestamp", "The column of times; give it twice for date and time of day"),
    many: true,
  },
  column("value", "value", "The column of values"),
  column("stream", "stream", "The column of variables"),
  column("device", "device", "The column of devices"),
  column("id", "readingId", "The column of reading ids"),
  column("quality", "quality", "The column of qualities, see --good"),
  {
    flag: "map",
    option: "map",
    metavar: "COLUMN=ID",
    many: true,
    value: pair,
    help: "A column of values and its variable: for files with one column for each stream",
  },
  {
    flag: "tags",
    option: "tags",
    metavar: "FILE",
    help:
      "A CSV file with the columns name, stream, and optionally scale and offset, for names in the column of variables",
  },
  {
    flag: "time-format",
    option: "timeFormat",
    metavar: "FORMAT",
    many: true,
    help:
      "iso, epoch-s, epoch-ms, epoch-us, epoch-ns, excel, or a pattern: '%d.%m.%Y %H:%M:%S'; if given several times, the first that matches",
  },
  {
    flag: "time-zone",
    option: "timeZone",
    metavar: "ZONE",
    help: "The zone of times without one: Europe/Berlin, +01:00; default UTC",
  },
  {
    flag: "ambiguous-time",
    option: "ambiguousTime",
    metavar: "HOW",
    choices: ["reject", "earlier", "later", "in-order"],
    help: "How to read times in the hour that occurs twice when summer time ends",
  },
  {
    flag: "decimal",
    option: "decimal",
    metavar: "CHARACTER",
    choices: [".", ","],
    help: "The decimal separator of values",
  },
  {
    flag: "thousands",
    option: "thousands",
    metavar: "CHARACTER",
    choices: [",", ".", " ", "'", "_"],
    help: "The separator between groups of three digits",
  },
  {
    flag: "words",
    option: "words",
    metavar: "WORD=NUMBER",
    many: true,
    value: word,
    help: "A word in place of a value: TRUE=1",
  },
  {
    flag: "blank",
    option: "blank",
    metavar: "HOW",
    choices: ["bad", "skip"],
    help: "What to do with a blank value: default bad, with --map skip",
  },
  {
    flag: "nan",
    option: "nan",
    metavar: "HOW",
    choices: ["bad", "skip", "keep"],
    help: "What to do with NaN, Infinity and -Infinity: default bad",
  },
  {
    flag: "good",
    option: "good",
    metavar: "TEXT",
    many: true,
    help: "A quality of good readings; rows of other qualities are left out",
  },
  {
    flag: "keep-bad",
    option: "keepBad",
    switch: true,
    help: "Keep rows of other qualities, with the quality in their summary data",
  },
  {
    flag: "ids",
    option: "ids",
    metavar: "HOW",
    choices: ["slug", "hex", "decimal"],
    help: "How to read short texts of streams and devices; default slug, which rejects them",
  },
  {
    flag: "encoding",
    option: "encoding",
    metavar: "NAME",
    help: "The encoding of the text, such as windows-1252; default utf-8",
  },
  {
    flag: "delimiter",
    option: "delimiter",
    metavar: "TEXT",
    help: "What separates the columns of CSV, tab for a tab; default a comma",
  },
  {
    flag: "quote",
    option: "quote",
    metavar: "CHARACTER",
    help: "The character around fields, none for none",
  },
  {
    flag: "escape",
    option: "escape",
    metavar: "CHARACTER",
    help: "The character before a quote within a field; by default quotes are doubled",
  },
  {
    flag: "comment",
    option: "comment",
    metavar: "TEXT",
    help: "The text that begins a comment line",
  },
  {
    flag: "headerless",
    option: "header",
    switch: true,
    help: "The CSV begins with readings; columns are counted from 0",
  },
  {
    flag: "header-rows",
    option: "headerRows",
    metavar: "N",
    value: whole,
    help: "How many rows the header has; names are joined by a space",
  },
  {
    flag: "unit-row",
    option: "unitRow",
    switch: true,
    help: "A row of units follows the header",
  },
  {
    flag: "skip-lines",
    option: "skipLines",
    metavar: "N",
    value: whole,
    help: "The number of lines before the header",
  },
  {
    flag: "skip-footer",
    option: "skipFooter",
    metavar: "N",
    value: whole,
    help: "The number of lines at the end that are not readings",
  },
  {
    flag: "table",
    option: "table",
    metavar: "N",
    value: whole,
    help: "Which table to read if empty lines separate several; 1 is the first",
  },
  {
    flag: "number-texts",
    option: "numberTexts",
    switch: true,
    help: 'In JSON, accept texts such as "25.6" as values',
  },
  {
    flag: "skip-bad-rows",
    option: "skipBadRows",
    switch: true,
    help: "Leave out rows that cannot be read, and name the first ones",
  },
  {
    flag: "max-bad",
    option: "maxBadRows",
    metavar: "N|N%",
    value: (text) => /^\d+$/.test(text) ? Number(text) : text,
    help: "Like --skip-bad-rows, but fail if more rows than this cannot be read",
  },
];

/** Declares the flags. */
export function addIntakeFlags(parser: ArgumentParser): void {
  for (const { flag, help, metavar, choices, many, switch: isSwitch, value } of FLAGS) {
    parser.addArgument(`--${flag}`, {
      help,
      ...(isSwitch ? { type: "boolean" } : {}),
      ...(metavar === undefined ? {} : { metavar }),
      ...(choices === undefined ? {} : { choices }),
      ...(many ? { many } : {}),
      ...(value === undefined ? {} : { type: value }),
    });
  }
}

/** The options from the flags; `columns` and similar ones are objects. */
export function flagOptions(args: Arguments): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  const columns: Record<string, unknown> = {};
  for (const { flag, option, many, switch: isSwitch, value } of FLAGS) {
    const given = args[flag.replace(/-(.)/g, (_, letter) => letter.toUpperCase())];
    if (given === undefined || (isSwitch && given !== true) || (many && given.length === 0)) {
      continue;
    }
    if (option.startsWith("columns.")) {
      columns[option.slice("columns.".length)] = many && given.length === 1 ? given[0] : given;
    } else if (option === "timeFormat") {
      options[option] = given.length === 1 ? given[0] : given;
    } else if (option === "header") options.header = false;
    else if (many && value) options[option] = fromPairs(flag, given);
    else options[option] = given;
  }
  if (Object.keys(columns).length > 0) options.columns = columns;
  return options;
}

function fromPairs(flag: string, pairs: readonly [string, unknown][]): Record<string, unknown> {
  const names = new Set<string>();
  for (const [name] of pairs) {
    if (names.has(name)) throw new ArgumentError(`Cannot use "${name}" as --${flag} twice`);
    names.add(name);
  }
  return Object.fromEntries(pairs);
}

/** The flag of an option: `--time-column` for `columns.timestamp`. */
export function flagOf(option: string): string {
  const [name] = /^(?:columns\.\w+|\w+)/.exec(option) ?? [option];
  if (name === "onBadRow") return "--bad-rows";
  if (name === "firstReadingId") return "--first-id";
  const flag = FLAGS.find((it) => it.option === name)?.flag;
  return `--${flag ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A hint as the user would type it: `--decimal ','`. */
export function hintFlag({ option, value }: ReadHint): string {
  const flag = flagOf(option);
  if (value === undefined || option === "header") return flag;
  return `${flag} ${/^[\w.:=+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`}`;
}

/** Rewrites the error of an option for the command line, with the name of its flag. */
export function optionMessage(message: string): string {
  return message.replace(
    /^Cannot read with option ([\w.]+(?:\.[^ ]*)?) ?/,
    (_, option: string) => `Cannot use ${flagOf(option)} `,
  ).replace(/^(Cannot use \S+) :/, "$1:").replace(
    /\boption (\w+(?:\.\w+)?)/g,
    (_, option: string) => flagOf(option),
  );
}
