/**
 * One argument: how it is declared, and what its text becomes.
 *
 * @module
 */
import { suggest } from "./_suggest.ts";

/** What an argument's text is turned into. */
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
  /** What the help calls the value. @default {the name in capitals} */
  metavar?: string;
  /** What the text is turned into; a function throws where it cannot. @default {"string"} */
  type?: ArgumentType;
  /** The value where the argument is not given. */
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
}

/** An argument as the parser keeps it. */
export interface Argument extends ArgumentOptions {
  /** Without dashes: `first-id`. */
  readonly name: string;
  /** Whether it is given as `--name` rather than by its place. */
  readonly option: boolean;
  /** Its member of the parsed arguments. */
  readonly dest: string;
  /** What the help calls the value. */
  readonly metavar: string;
  /** Whether it must be given. */
  readonly required: boolean;
}

/** The arguments that were read, by name in camelCase. */
// What stands in it is declared at run time: a type of `unknown` would force a cast on each use.
// deno-lint-ignore no-explicit-any
export type Arguments = Record<string, any>;

/**
 * Arguments that cannot be used: wrong usage, exit code 2.
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
  const refuse = (rule: string): never => {
    throw new ArgumentError(`Cannot take "${text}" as ${shown}: ${rule}`);
  };
  let value: unknown = text;
  if (typeof argument.type === "function") {
    try {
      value = argument.type(text);
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error));
    }
  } else if (argument.type === "number" || argument.type === "integer") {
    value = text.trim() === "" ? NaN : Number(text);
    if (!Number.isFinite(value)) refuse("it must be a number");
    if (argument.type === "integer" && !Number.isSafeInteger(value)) {
      refuse("it must be an integer, at most 2^53-1");
    }
  }
  if (argument.choices && !argument.choices.includes(value as string | number)) {
    const meant = suggest(text, argument.choices.map(String));
    refuse(
      `it must be one of ${argument.choices.join(", ")}` +
        (meant === undefined ? "" : `, did you mean "${meant}"?`),
    );
  }
  return value;
}
