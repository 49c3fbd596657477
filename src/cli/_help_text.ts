/**
 * The help of the whole command and of one command, from the table and the declared arguments.
 *
 * @module
 */
import { ArgumentParser } from "../main/argument_parser.ts";
import { rows } from "../main/help.ts";
import { addCommonArguments, type Command, type Entry } from "./_command.ts";

/** The parser of a command, with the options that every command has. */
export function commandParser(entry: Entry, command: Command): ArgumentParser {
  const parser = new ArgumentParser({
    program: `archfx ${entry.name}`,
    description: command.description,
    examples: command.examples,
  });
  command.arguments(parser);
  addCommonArguments(parser, command);
  return parser;
}

/**
 * The list of commands.
 *
 * @param entries The commands.
 * @param columns The width.
 * @param word The first word of these commands, if it is not the whole list.
 */
export function overview(entries: readonly Entry[], columns: number, word?: string): string {
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const width = Math.max(...entries.map((entry) => entry.name.length));
  const sections = groups.map((group) => {
    const pairs = entries.filter((entry) => entry.group === group)
      .map((entry) => [entry.name.padEnd(width), entry.summary] as const);
    return `${group}:\n${rows(pairs, Math.max(40, Math.min(columns, 100)))}`;
  });
  if (word !== undefined) {
    const [example] = entries;
    return [
      `Usage: archfx ${word} COMMAND [OPTIONS]`,
      ...sections,
      `For the help of one command: "archfx ${example!.name} --help".\n`,
    ].join("\n\n");
  }
  return [
    "Usage: archfx COMMAND [OPTIONS]",
    "ArchFX Cloud, its reports and its slugs from a terminal.",
    ...sections,
    'For the help of one command: "archfx slug --help".\n' +
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not logged in, 4 not found, 5 partly done,\n" +
    "130 interrupted. Data goes to standard output, everything else to standard error.\n",
  ].join("\n\n");
}
