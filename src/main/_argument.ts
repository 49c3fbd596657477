/**
 * One argument: its declaration, and the value of its text.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import { suggest } from "./suggest.ts";

/** The types of an argument's value. */
export type ArgumentType =
  | "string"
  | "number"
  | "integer"
  | "boolean"
  | ((text: string) => unknown);

/** How one argument is declared. */
export interface ArgumentOptions {
  /** One letter that stands for the option: `"u"` for `-u`. */
  short?: string;
  /** The name of the value in the help. @default {the name in capitals} */
  metavar?: string;
  /** The type of the value; a function throws if it cannot convert the text. @default {"string"} */
  type?: ArgumentType;
  /** The value if the argument is not given. */
  default?: unknown;
  /** Whether the argument must be given. @default {true for a positional one without default, else false} */
  required?: boolean;
  /** The only values that are accepted. */
  choices?: readonly (string | number)[];
  /** One or two sentences for the help. */
  help?: string;
  /** The member of the parsed arguments that holds the value. @default {the name in camelCase} */
  dest?: string;
  /** Whether the argument may be given several times; its value is then an array. @default {false} */
  many?: boolean;
  /**
   * `"storeTrue"` makes the option a switch, as `type: "boolean"` does; `"append"` lets it be given several
   * times, as `many` does.
   */
  action?: "storeTrue" | "append";
  /**
   * How many values follow: `"?"` none or one (`null` for an option without its value), `"*"` any number,
   * `"+"` at least one, or a number of them. Except for `"?"` the value is an array.
   */
  nargs?: "?" | "*" | "+" | number;
}

/** An argument inside the parser. */
export interface Argument extends ArgumentOptions {
  /** Without dashes: `first-id`. */
  readonly name: string;
  /** Whether it is given as `--name` and not by position. */
  readonly option: boolean;
  /** Its member of the parsed arguments. */
  readonly dest: string;
  /** The name of the value in the help. */
  readonly metavar: string;
  /** Whether it must be given. */
  readonly required: boolean;
}

/** How many values one occurrence of an argument takes, and whether they become an array. */
export function countOf({ nargs, many, option, required }: Argument): {
  least: number;
  most: number;
  array: boolean;
} {
  if (typeof nargs === "number") return { least: nargs, most: nargs, array: true };
  if (nargs === "?") return { least: 0, most: 1, array: false };
  if (nargs === "*") return { least: 0, most: Infinity, array: true };
  if (nargs === "+") return { least: 1, most: Infinity, array: true };
  if (many && !option) return { least: required ? 1 : 0, most: Infinity, array: true };
  return { least: 1, most: 1, array: many === true };
}

/** How the values of an argument are shown: `FILE`, `[FILE]`, `FILE...`, `[FILE...]`, `X X`. */
export function valuesForm(argument: Argument, metavar: string = argument.metavar): string {
  const { least, most } = countOf(argument);
  if (most === 1) return least === 0 ? `[${metavar}]` : metavar;
  if (most === Infinity) return least === 0 ? `[${metavar}...]` : `${metavar}...`;
  return Array(most).fill(metavar).join(" ");
}

/** The arguments that were read, by name in camelCase. */
// The members are declared at run time; with `unknown`, every use would need a cast.
// deno-lint-ignore no-explicit-any
export type Arguments = Record<string, any>;

/**
 * The arguments are not valid: wrong usage, exit code 2.
 *
 * @example
 * ```ts
 * import { ArgumentError, ArgumentParser } from "@archfx/cloud/main";
 * import { assertThrows } from "@std/assert";
 *
 * const parser = new ArgumentParser({ program: "sync" });
 * assertThrows(() => parser.parse(["--nothing"]), ArgumentError);
 * ```
 */
export class ArgumentError extends Error {
  /** The name of the class. */
  override readonly name = "ArgumentError";

  /**
   * The error for JSON: name and message, without the stack.
   *
   * @returns A plain object.
   */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message };
  }
}

/** The value of an argument's text, or an error that says what is wrong with it. */
export function convert(text: string, argument: Argument, shown: string): unknown {
  const reject = (rule: string): never => {
    throw new ArgumentError(`Cannot use "${text}" as ${shown}: ${rule}`);
  };
  let value: unknown = text;
  if (typeof argument.type === "function") {
    try {
      value = argument.type(text);
    } catch (error) {
      reject(errorMessage(error));
    }
  } else if (argument.type === "number" || argument.type === "integer") {
    value = text.trim() === "" ? NaN : Number(text);
    if (!Number.isFinite(value)) reject("it must be a number");
    if (argument.type === "integer" && !Number.isSafeInteger(value)) {
      reject("it must be an integer, at most 2^53-1");
    }
  }
  if (argument.choices && !argument.choices.some((it) => it === value)) {
    const meant = suggest(text, argument.choices.map(String));
    reject(
      `it must be one of ${argument.choices.map(choiceText).join(", ")}` +
        (meant === undefined ? "" : `, did you mean "${meant}"?`),
    );
  }
  return value;
}

/** A choice in a list: punctuation in quotes, since a comma separates the choices. */
function choiceText(choice: string | number): string {
  return /[\w]/.test(String(choice)) ? String(choice) : JSON.stringify(choice);
}
