/**
 * The text of `--help`, from the declared arguments.
 *
 * @module
 */
import { type Argument, valuesForm } from "./_argument.ts";

/** The parts of the help. */
interface Described {
  readonly description?: string | undefined;
  readonly arguments: readonly Argument[];
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  usage(): string;
}

/** The help of a parser: usage, description, arguments, options and examples. */
export function formatHelp(parser: Described, columns: number): string {
  const width = Math.max(40, Math.min(columns, 100));
  const sections: string[] = [wrap(parser.usage(), width, "       ").trimEnd()];
  if (parser.description) sections.push(wrap(parser.description, width, ""));
  const places = parser.arguments.filter((argument) => !argument.option);
  if (places.length > 0) {
    sections.push("Arguments:\n" + rows(places.map((it) => [it.metavar, helpOf(it)]), width));
  }
  const options = parser.arguments.filter((argument) => argument.option)
    .sort((a, b) => Number(a.name === "help") - Number(b.name === "help"));
  sections.push("Options:\n" + rows(options.map((it) => [optionForm(it), helpOf(it)]), width));
  if (parser.examples.length > 0) {
    const lines = parser.examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`);
    sections.push(`Examples:\n${lines.join("\n")}`);
  }
  return sections.join("\n\n") + "\n";
}

/** Two columns: names on the left, wrapped text on the right. */
export function rows(pairs: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(30, Math.max(0, ...pairs.map(([name]) => name.length)));
  return pairs.map(([name, text]) => {
    const indent = " ".repeat(left + 4);
    const wrapped = wrap(indent + text, width, indent).slice(indent.length);
    return name.length > left
      ? `  ${name}\n${indent}${wrapped}`
      : `  ${name.padEnd(left)}  ${wrapped}`.trimEnd();
  }).join("\n");
}

/** Breaks text at spaces; lines after the first are indented. */
export function wrap(text: string, width: number, indent: string): string {
  return text.split("\n").map((paragraph) => {
    const lead = /^ */.exec(paragraph)![0];
    const lines: string[] = [];
    let line = lead;
    for (const word of paragraph.trimStart().split(" ")) {
      const spaced = line.trim() === "" ? line + word : `${line} ${word}`;
      if (spaced.length > width && line.trim() !== "") {
        lines.push(line);
        line = indent + word;
      } else line = spaced;
    }
    return [...lines, line].join("\n");
  }).join("\n");
}

function optionForm(argument: Argument): string {
  const short = argument.short === undefined ? "    " : `-${argument.short}, `;
  const value = argument.type === "boolean" ? "" : ` ${valuesForm(argument)}`;
  return `${short}--${argument.name}${value}`;
}

function helpOf(argument: Argument): string {
  const notes: string[] = [];
  if (argument.choices) notes.push(`one of ${argument.choices.join(", ")}`);
  if (argument.option && argument.required) notes.push("required");
  if (argument.option && argument.many) notes.push("may be given several times");
  if (argument.default !== undefined && argument.type !== "boolean") {
    notes.push(`default: ${argument.default}`);
  }
  return `${argument.help ?? ""}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`.trim();
}
