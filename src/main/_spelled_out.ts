/**
 * Converts the typed arguments into the one form that `parseArgs` reads without guessing: `--name=value`.
 *
 * @module
 */
import { type Argument, ArgumentError, countOf, valuesForm } from "./_argument.ts";
import { suggest } from "./suggest.ts";

/** Stands for the missing value of an option. Arguments of a process never contain NUL. */
export const NO_VALUE = "\0";

/** Joins each option and its value, so that a value may be `-` or a negative number. */
export function spelledOut(declared: readonly Argument[], argv: readonly string[]): string[] {
  const result: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const text = argv[index]!;
    if (text === "--") return [...result, ...argv.slice(index)];
    const match = /^(?:--([^=]+)|-([A-Za-z]))(?:=(.*))?$/s.exec(text);
    const argument = match &&
      declared.find((it) =>
        it.option && (match[1] === undefined ? it.short === match[2] : it.name === match[1])
      );
    if (!argument) {
      const letters = /^-[A-Za-z]{2,}$/.test(text) ? cluster(declared, text) : undefined;
      if (!letters && text.startsWith("-") && text !== "-") throw unknownOption(declared, text);
      result.push(...(letters ?? [text]));
      continue;
    }
    const value = match[3];
    if (argument.type === "boolean") {
      if (value !== undefined && value !== "true" && value !== "false") {
        throw new ArgumentError(
          `Cannot use "${text}" as a switch: "--${argument.name}" takes no value`,
        );
      }
      result.push(`--${argument.name}=${value ?? "true"}`);
      continue;
    }
    const values = value === undefined
      ? valuesAfter(argv.slice(index + 1), countOf(argument).most)
      : [value];
    if (value === undefined) index += values.length;
    const { least } = countOf(argument);
    if (values.length < least) {
      throw new ArgumentError(
        `Cannot use "${text}" as an option: it needs ${
          least === 1 ? "a value" : `${least} values`
        }, ${valuesForm(argument)}`,
      );
    }
    if (argument.nargs !== undefined) {
      if (result.some((it) => it.startsWith(`--${argument.name}=`))) {
        throw new ArgumentError(`Cannot use "--${argument.name}" more than once`);
      }
      if (values.length === 0) values.push(NO_VALUE);
    }
    result.push(...values.map((it) => `--${argument.name}=${it}`));
  }
  return result;
}

/** Splits `-qv` into its switches. An option that takes a value cannot be combined with others. */
function cluster(declared: readonly Argument[], text: string): string[] {
  return [...text.slice(1)].map((letter) => {
    const argument = declared.find((it) => it.short === letter);
    if (argument?.type !== "boolean") throw unknownOption(declared, text);
    return `--${argument.name}=true`;
  });
}

function unknownOption(declared: readonly Argument[], text: string): ArgumentError {
  const typed = text.replace(/=.*$/s, "");
  const names = declared.filter((it) => it.option).map((it) => `--${it.name}`);
  const meant = suggest(typed, names);
  return new ArgumentError(
    `Cannot use "${typed}" as an option: no option has that name` +
      (meant === undefined ? "" : `, did you mean "${meant}"?`),
  );
}

/** The values that follow an option. A single hyphen and negative numbers are values, too. */
function valuesAfter(argv: readonly string[], most: number): string[] {
  const isValue = (text: string) => /^-(?:\d.*|\.\d.*)?$/.test(text) || !text.startsWith("-");
  const end = argv.findIndex((text, index) => index >= most || !isValue(text));
  return argv.slice(0, end < 0 ? argv.length : end);
}
