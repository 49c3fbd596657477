/**
 * The arguments of a script or a command: declared one by one, read by `parseArgs` of `@std/cli`,
 * checked, and listed in the help.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { parseArgs } from "@std/cli/parse-args";
import {
  type Argument,
  ArgumentError,
  type ArgumentOptions,
  type Arguments,
  convert,
} from "./_argument.ts";
import { formatHelp } from "./_help.ts";
import { suggest } from "./_suggest.ts";

export {
  type Argument,
  ArgumentError,
  type ArgumentOptions,
  type Arguments,
  type ArgumentType,
} from "./_argument.ts";

/** What the parser says about the program in its help. */
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

  /**
   * A parser that knows `--help` and nothing else.
   *
   * @param options What the help says about the program.
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
   * @param name `"--limit"` for an option, `"machine"` for one that is given by its place.
   * @param options How it is read and shown.
   * @returns The parser.
   * @throws {TypeError} Where the name is not free or cannot be used.
   */
  addArgument(name: string, options: ArgumentOptions = {}): this {
    const option = name.startsWith("--");
    const bare = option ? name.slice(2) : name;
    const short = options.short?.replace(/^-/, "");
    const refuse = (rule: string): never => {
      throw new TypeError(`Cannot declare "${name}" as an argument: ${rule}`);
    };
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(bare)) {
      refuse("it must be made of letters, digits and hyphens, with two hyphens before an option");
    }
    if (short !== undefined && !(option && /^[A-Za-z]$/.test(short))) {
      refuse(`the short form "${short}" is not one letter for an option`);
    }
    if (option && bare.startsWith("no-")) {
      refuse('parseArgs takes "no-" for the negation of another option');
    }
    const dest = options.dest ?? bare.replace(/[-_]+(.)/g, (_, letter) => letter.toUpperCase());
    for (const other of this.#arguments) {
      if (other.dest === dest || (other.option && option && other.name === bare)) {
        refuse("another argument has that name");
      }
      if (short !== undefined && other.short === short) {
        refuse(`"--${other.name}" has the short form "-${short}"`);
      }
    }
    if (!option) {
      if (options.type === "boolean") refuse("an argument given by its place cannot be a switch");
      const before = this.#arguments.findLast((argument) => !argument.option);
      if (before?.many) refuse(`"${before.name}" before it takes all that follow`);
    }
    this.#arguments.push({
      ...options,
      ...(short === undefined ? {} : { short }),
      name: bare,
      option,
      dest,
      metavar: options.metavar ?? (option ? bare.toUpperCase().replaceAll("-", "_") : bare),
      required: options.required ?? (!option && options.default === undefined),
    });
    return this;
  }

  /**
   * Reads arguments.
   *
   * @param argv The arguments, without the program's name.
   * @returns The values by name in camelCase; with `help: true` nothing else is checked.
   * @throws {ArgumentError} Where they do not fit what is declared.
   */
  parse(argv: readonly string[]): Arguments {
    const options = this.#arguments.filter((argument) => argument.option);
    const parsed = parseArgs(this.#spelledOut(argv), {
      string: ["_", ...options.filter((it) => it.type !== "boolean").map((it) => it.name)],
      boolean: options.filter((it) => it.type === "boolean").map((it) => it.name),
      collect: options.filter((it) => it.type !== "boolean").map((it) => it.name),
      "--": true,
    });
    if (parsed["help"] === true) return { help: true };
    const values: Arguments = {};
    for (const argument of options) {
      if (argument.type === "boolean") {
        values[argument.dest] = parsed[argument.name] || argument.default === true;
      } else {
        this.#assign(values, argument, (parsed[argument.name] ?? []) as string[]);
      }
    }
    const places = this.#arguments.filter((argument) => !argument.option);
    const given = [...parsed._.map(String), ...(parsed["--"] ?? [])];
    for (const argument of places) {
      this.#assign(values, argument, given.splice(0, argument.many ? given.length : 1));
    }
    if (given.length > 0) {
      throw new ArgumentError(
        `Cannot take "${given[0]}" as an argument: ` +
          (places.length === 0 ? "none is expected" : `no more than ${places.length} are expected`),
      );
    }
    return values;
  }

  /** One line that shows how the program is called. */
  usage(): string {
    const places = this.#arguments.filter((argument) => !argument.option).map((argument) => {
      const name = argument.many ? `${argument.metavar}...` : argument.metavar;
      return argument.required ? name : `[${name}]`;
    });
    const required = this.#arguments.filter((it) => it.option && it.required)
      .map((it) => `--${it.name} ${it.metavar}`);
    return ["Usage:", this.program, ...places, ...required, "[OPTIONS]"].join(" ");
  }

  /**
   * The help: usage, description, arguments, options and examples.
   *
   * @param columns How wide the text may be.
   * @returns Several lines, the last one ended too.
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

  /** Joins each option and its value, so that a value may be `-` or a negative number. */
  #spelledOut(argv: readonly string[]): string[] {
    const result: string[] = [];
    for (let index = 0; index < argv.length; index++) {
      const text = argv[index]!;
      if (text === "--") return [...result, ...argv.slice(index)];
      const match = /^(?:--([^=]+)|-([A-Za-z]))(?:=(.*))?$/s.exec(text);
      const argument = match &&
        this.#arguments.find((it) =>
          it.option && (match[1] === undefined ? it.short === match[2] : it.name === match[1])
        );
      if (!argument) {
        const cluster = /^-[A-Za-z]{2,}$/.test(text) ? this.#cluster(text) : undefined;
        if (!cluster && text.startsWith("-") && text !== "-") throw this.#unknownOption(text);
        result.push(...(cluster ?? [text]));
        continue;
      }
      const value = match[3];
      if (argument.type === "boolean") {
        if (value !== undefined && value !== "true" && value !== "false") {
          throw new ArgumentError(
            `Cannot take "${text}" as a switch: "--${argument.name}" takes no value`,
          );
        }
        result.push(`--${argument.name}=${value ?? "true"}`);
        continue;
      }
      const next = argv[index + 1];
      if (value !== undefined) result.push(`--${argument.name}=${value}`);
      else if (next !== undefined && (/^-(?:\d.*|\.\d.*)?$/.test(next) || !next.startsWith("-"))) {
        result.push(`--${argument.name}=${next}`);
        index++;
      } else {
        throw new ArgumentError(
          `Cannot take "${text}" as an option: it needs a value, ${argument.metavar}`,
        );
      }
    }
    return result;
  }

  /** `-qv` as its switches; an option that takes a value stands alone. */
  #cluster(text: string): string[] {
    return [...text.slice(1)].map((letter) => {
      const argument = this.#arguments.find((it) => it.short === letter);
      if (argument?.type !== "boolean") throw this.#unknownOption(text);
      return `--${argument.name}=true`;
    });
  }

  #unknownOption(text: string): ArgumentError {
    const typed = text.replace(/=.*$/s, "");
    const names = this.#arguments.filter((it) => it.option).map((it) => `--${it.name}`);
    const meant = suggest(typed, names);
    return new ArgumentError(
      `Cannot take "${typed}" as an option: there is none of that name` +
        (meant === undefined ? "" : `, did you mean "${meant}"?`),
    );
  }

  #assign(values: Arguments, argument: Argument, texts: string[]): void {
    const shown = argument.option ? `--${argument.name}` : argument.metavar;
    if (texts.length === 0) {
      if (argument.required) {
        throw new ArgumentError(
          `Cannot do without "${shown}"${argument.help ? `: ${firstWords(argument.help)}` : ""}`,
        );
      }
      if (argument.default !== undefined) values[argument.dest] = argument.default;
      else if (argument.many) values[argument.dest] = [];
      return;
    }
    if (texts.length > 1 && !argument.many) {
      throw new ArgumentError(
        `Cannot take "${shown}" more than once: it is given ${texts.length} times`,
      );
    }
    const converted = texts.map((text) => convert(text, argument, shown));
    values[argument.dest] = argument.many ? converted : converted[0];
  }
}

function firstWords(help: string): string {
  return help.replace(/\.$/, "").replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
