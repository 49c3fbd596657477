/**
 * The arguments of a script or a command: declared one by one, read by `parseArgs` of `@std/cli`,
 * checked, and listed in the help.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { parseArgs } from "@std/cli/parse-args";
import { isSafeInteger } from "../_integers.ts";
import {
  type Argument,
  ArgumentError,
  type ArgumentOptions,
  type Arguments,
  convert,
  countOf,
  valuesForm,
} from "./_argument.ts";
import { formatHelp } from "./help.ts";
import { NO_VALUE, spelledOut } from "./_spelled_out.ts";

export {
  type Argument,
  ArgumentError,
  type ArgumentOptions,
  type Arguments,
  type ArgumentType,
} from "./_argument.ts";

/** Arguments of which only one may be given; made by {@linkcode ArgumentParser.addMutuallyExclusiveGroup}. */
export interface ArgumentGroup {
  /** Declares an argument of the group, as {@linkcode ArgumentParser.addArgument} does. */
  addArgument(name: string, options?: ArgumentOptions): ArgumentGroup;
}

/** The description of the program in the help. */
export interface ArgumentParserOptions {
  /** The name of the program. @default {"script"} */
  program?: string;
  /** What the program does. */
  description?: string;
  /** Command lines to show, each with what it does. */
  examples?: readonly (readonly [line: string, meaning: string])[];
}

/**
 * Declares and reads arguments.
 *
 * @example Usage
 * ```ts
 * import { ArgumentParser } from "@archfx/cloud/main";
 * import { assertEquals } from "@std/assert";
 *
 * const parser = new ArgumentParser({ program: "script" })
 *   .addArgument("machine", { help: "The machine's slug" })
 *   .addArgument("--limit", { short: "n", type: "integer", default: 10 });
 * const args = parser.parse(["d--0000-0001-0000-0001", "-n", "3"]);
 * assertEquals(args.machine, "d--0000-0001-0000-0001");
 * assertEquals(args.limit, 3);
 * ```
 */
export class ArgumentParser {
  /** The name of the program, as the help shows it. */
  program: string;
  /** What the program does, as the help shows it. */
  description: string;
  /** Command lines that the help shows, each with what it does. */
  examples: readonly (readonly [line: string, meaning: string])[];
  readonly #arguments: Argument[] = [];
  readonly #groups: { readonly members: Argument[]; readonly required: boolean }[] = [];

  /**
   * A parser that knows `--help` and nothing else.
   *
   * @param options The description of the program for the help.
   */
  constructor(options: ArgumentParserOptions = {}) {
    this.program = options.program ?? "script";
    this.description = options.description ?? "";
    this.examples = options.examples ?? [];
    this.addArgument("--help", { short: "h", type: "boolean", help: "Show this help" });
  }

  /** The declared arguments, in the order of declaration. */
  get arguments(): readonly Argument[] {
    return this.#arguments;
  }

  /**
   * Declares an argument.
   *
   * @param name `"--limit"` for an option, `"machine"` for a positional argument.
   * @param options How it is read and shown.
   * @returns The parser.
   * @throws {TypeError} If the name is already used or not valid, or if the options contradict each other.
   */
  addArgument(name: string, options: ArgumentOptions = {}): this {
    this.#arguments.push(this.#checked(name, options));
    return this;
  }

  /**
   * Declares options that exclude each other.
   *
   * @param options Whether one of them must be given.
   * @param options.required Whether one of them must be given.
   * @returns The group, which takes the declarations.
   *
   * @example
   * ```ts
   * import { ArgumentParser } from "@archfx/cloud/main";
   * import { assertThrows } from "@std/assert";
   *
   * const parser = new ArgumentParser();
   * parser.addMutuallyExclusiveGroup({ required: true })
   *   .addArgument("--site", { help: "One site" })
   *   .addArgument("--all", { action: "storeTrue", help: "Every site" });
   * assertThrows(() => parser.parse(["--site", "ps--1", "--all"]));
   * assertThrows(() => parser.parse([]));
   * ```
   */
  addMutuallyExclusiveGroup({ required = false }: { required?: boolean } = {}): ArgumentGroup {
    const members: Argument[] = [];
    this.#groups.push({ members, required });
    const group: ArgumentGroup = {
      addArgument: (name, options = {}) => {
        if (!name.startsWith("--") || options.required) {
          throw new TypeError(
            `Cannot declare "${name}" in a group of arguments that exclude each other: it must be an ` +
              "option that is not required",
          );
        }
        this.addArgument(name, options);
        members.push(this.#arguments.at(-1)!);
        return group;
      },
    };
    return group;
  }

  #checked(name: string, given: ArgumentOptions): Argument {
    const { action, ...options } = given;
    if (action === "storeTrue") options.type = "boolean";
    if (action === "append") options.many = true;
    const { nargs } = options;
    const option = name.startsWith("--");
    const bare = option ? name.slice(2) : name;
    const short = options.short?.replace(/^-/, "");
    const reject = (rule: string): never => {
      throw new TypeError(`Cannot declare "${name}" as an argument: ${rule}`);
    };
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(bare)) {
      reject("it must be made of letters, digits and hyphens, with two hyphens before an option");
    }
    if (action !== undefined && action !== "storeTrue" && action !== "append") {
      reject(`the action ${JSON.stringify(action)} must be "storeTrue" or "append"`);
    }
    if (
      nargs !== undefined && !["?", "*", "+"].some((it) => it === nargs) &&
      !(isSafeInteger(nargs) && nargs > 0)
    ) {
      reject(`nargs ${JSON.stringify(nargs)} must be "?", "*", "+" or an integer above 0`);
    }
    if (nargs !== undefined && (options.many || options.type === "boolean")) {
      reject("nargs cannot be combined with many, append or a switch");
    }
    if (short !== undefined && !(option && /^[A-Za-z]$/.test(short))) {
      reject(`the short form "${short}" must be one letter, and only options have one`);
    }
    if (option && bare.startsWith("no-")) {
      reject('parseArgs takes "no-" for the negation of another option');
    }
    const dest = options.dest ?? bare.replace(/[-_]+(.)/g, (_, letter) => letter.toUpperCase());
    for (const other of this.#arguments) {
      if (other.dest === dest || (other.option && option && other.name === bare)) {
        reject("another argument has that name");
      }
      if (short !== undefined && other.short === short) {
        reject(`"--${other.name}" has the short form "-${short}"`);
      }
    }
    const argument: Argument = {
      ...options,
      ...(short === undefined ? {} : { short }),
      name: bare,
      option,
      dest,
      metavar: options.metavar ?? (option ? bare.toUpperCase().replaceAll("-", "_") : bare),
      required: options.required ??
        (!option && options.default === undefined && nargs !== "?" && nargs !== "*"),
    };
    if (!option) {
      if (options.type === "boolean") reject("a positional argument cannot be a switch");
      const before = this.#arguments.findLast((it) => !it.option);
      if (before && countOf(before).most === Infinity) {
        reject(`"${before.name}" before it takes all following values`);
      }
      if (before && countOf(before).least === 0 && countOf(argument).least > 0) {
        reject(`"${before.name}" before it is optional`);
      }
    }
    return argument;
  }

  /**
   * Reads arguments.
   *
   * @param argv The arguments, without the program's name.
   * @returns The values by name in camelCase. With `help: true`, nothing else is checked.
   * @throws {ArgumentError} If they do not match the declarations.
   */
  parse(argv: readonly string[]): Arguments {
    const options = this.#arguments.filter((argument) => argument.option);
    const parsed = parseArgs(spelledOut(this.#arguments, argv), {
      string: ["_", ...options.filter((it) => it.type !== "boolean").map((it) => it.name)],
      boolean: options.filter((it) => it.type === "boolean").map((it) => it.name),
      collect: options.filter((it) => it.type !== "boolean").map((it) => it.name),
      "--": true,
    });
    if (parsed["help"] === true) return { help: true };
    const values: Arguments = {};
    const given = new Set<Argument>();
    for (const argument of options) {
      if (argument.type === "boolean") {
        if (parsed[argument.name]) given.add(argument);
        values[argument.dest] = parsed[argument.name] || argument.default === true;
      } else {
        const texts: string[] = parsed[argument.name] ?? [];
        if (texts.length > 0) given.add(argument);
        this.#assign(values, argument, texts);
      }
    }
    this.#checkGroups(given);
    const places = this.#arguments.filter((argument) => !argument.option);
    const rest = [...parsed._.map(String), ...(parsed["--"] ?? [])];
    for (const argument of places) {
      this.#assign(values, argument, rest.splice(0, Math.min(rest.length, countOf(argument).most)));
    }
    if (rest.length > 0) {
      const most = places.reduce((sum, place) => sum + countOf(place).most, 0);
      throw new ArgumentError(
        `Cannot use "${rest[0]}" as an argument: ` +
          (most === 0 ? "none is expected" : `no more than ${most} are expected`),
      );
    }
    return values;
  }

  #checkGroups(given: ReadonlySet<Argument>): void {
    for (const { members, required } of this.#groups) {
      const names = members.map((it) => `--${it.name}`).join(", ");
      const [first, second] = members.filter((it) => given.has(it));
      if (first && second) {
        throw new ArgumentError(
          `Cannot use "--${first.name}" and "--${second.name}" together: only one of ${names} may be given`,
        );
      }
      if (required && !first) throw new ArgumentError(`Cannot run without one of ${names}`);
    }
  }

  /** One line that shows how the program is called. */
  usage(): string {
    const places = this.#arguments.filter((argument) => !argument.option).map((argument) => {
      const form = valuesForm(argument);
      return argument.required || form.startsWith("[") ? form : `[${form}]`;
    });
    const required = this.#arguments.filter((it) => it.option && it.required)
      .map((it) => `--${it.name} ${valuesForm(it)}`);
    const groups = this.#groups.filter((it) => it.required).map(({ members }) => {
      const forms = members.map((it) =>
        it.type === "boolean" ? `--${it.name}` : `--${it.name} ${valuesForm(it)}`
      );
      return `(${forms.join(" | ")})`;
    });
    return ["Usage:", this.program, ...places, ...required, ...groups, "[OPTIONS]"].join(" ");
  }

  /**
   * The help: usage, description, arguments, options and examples.
   *
   * @param columns How wide the text may be.
   * @returns Several lines; the last one also has a line end.
   */
  help(columns = 80): string {
    return formatHelp(this, columns);
  }

  /** Names the parser and its arguments. */
  toString(): string {
    return `ArgumentParser(${this.usage().slice("Usage: ".length)})`;
  }

  /** The declared arguments, as plain data. */
  toJSON(): unknown {
    return { program: this.program, description: this.description, arguments: this.#arguments };
  }

  static {
    inspectable(this.prototype, String);
  }

  #assign(values: Arguments, argument: Argument, texts: string[]): void {
    const shown = argument.option ? `--${argument.name}` : argument.metavar;
    if (texts.length === 0) {
      if (argument.required) {
        throw new ArgumentError(
          `Cannot run without "${shown}"${argument.help ? `: ${firstWords(argument.help)}` : ""}`,
        );
      }
      if (argument.default !== undefined) values[argument.dest] = argument.default;
      else if (countOf(argument).array && argument.nargs === undefined) values[argument.dest] = [];
      else if (!argument.option && argument.nargs === "*") values[argument.dest] = [];
      return;
    }
    const { least, most, array } = countOf(argument);
    if (texts.length > 1 && !array) {
      throw new ArgumentError(
        `Cannot use "${shown}" more than once: it is given ${texts.length} times`,
      );
    }
    if (texts.length < least || (argument.nargs !== undefined && texts.length > most)) {
      throw new ArgumentError(
        `Cannot use ${texts.length} values for "${shown}": it takes ${least}, ${
          valuesForm(argument)
        }`,
      );
    }
    const converted = texts.filter((text) => text !== NO_VALUE)
      .map((text) => convert(text, argument, shown));
    values[argument.dest] = array ? converted : converted.length > 0 ? converted[0] : null;
  }
}

function firstWords(help: string): string {
  return help.replace(/\.$/, "").replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
