/**
 * The interface of a command, and the context that it works with.
 *
 * @module
 */
import type { ArgumentParser, Arguments } from "../main/argument_parser.ts";
import { printable } from "../_printable.ts";
import { Interrupted } from "./_errors.ts";
import type { Io } from "./_io.ts";

/** One command. Each has its own file, which is imported when the command runs. */
export interface Command {
  /** What the command does, in one or two paragraphs, for its help. */
  readonly description: string;
  /** Command lines for its help, each with what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Set if the command has nothing to print as JSON; it then has no `--json`. */
  readonly withoutJson?: true;
  /** Declares its arguments. */
  arguments(parser: ArgumentParser): void;
  /** Runs the command. Returns the exit code; `undefined` means 0. */
  run(context: Context, args: Arguments): Promise<number | void>;
}

/** An entry in the table of commands. */
export interface Entry {
  /** The words that run it: `report encode`. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** The heading under which the help lists it. */
  readonly group: string;
  /** Imports it. */
  load(): Promise<Command>;
}

/** The context of a command. */
export class Context {
  /** The streams, the environment, Ctrl-C. */
  readonly io: Io;
  /** `--json`: one document of a documented shape. */
  readonly json: boolean;
  /** `--quiet`: only errors on standard error. */
  readonly quiet: boolean;
  /** `--verbose`: each step, and stack traces. */
  readonly verbose: boolean;

  /** All commands, for the help and the completions. */
  readonly commands: readonly Entry[];

  constructor(io: Io, args: Arguments, commands: readonly Entry[] = []) {
    this.io = io;
    this.commands = commands;
    this.json = args.json === true;
    this.quiet = args.quiet === true;
    this.verbose = args.verbose === true;
  }

  /** Aborted when the command is to stop. */
  get signal(): AbortSignal {
    return this.io.signal;
  }

  /** Whether data goes to a person rather than to a program. */
  get forPeople(): boolean {
    return this.io.outputIsTerminal && !this.json;
  }

  /** Whether colours may be written to standard output (https://no-color.org). */
  get color(): boolean {
    return this.io.outputIsTerminal && !this.io.env.NO_COLOR && this.io.env.TERM !== "dumb";
  }

  /** The error to throw: after Ctrl-C, one that says what was done so far; otherwise the error itself. */
  interrupted(error: unknown, done: string): unknown {
    return this.signal.reason instanceof Interrupted ? new Interrupted(done) : error;
  }

  /** Data: a line on standard output. Text from elsewhere must be `printable`. */
  print(text: string): Promise<void> {
    return this.io.write(`${text}\n`);
  }

  /** Other useful information: lines on standard error, unless `--quiet`. */
  note(text: string): void {
    if (!this.quiet) this.#say(text);
  }

  /** Errors: lines on standard error, always. */
  complain(text: string): void {
    this.#say(text);
  }

  /** Each step: lines on standard error with `--verbose`. */
  trace(text: string): void {
    if (this.verbose) this.#say(text);
  }

  #say(text: string): void {
    this.io.writeError(text.split("\n").map((line) => `${printable(line)}\n`).join(""));
  }
}

/** Declares the options that every command has; `--json` only if the command has JSON to print. */
export function addCommonArguments(parser: ArgumentParser, command: Command): void {
  if (!command.withoutJson) {
    parser.addArgument("--json", {
      type: "boolean",
      help: "Print one JSON document on standard output",
    });
  }
  parser.addArgument("--quiet", {
    short: "q",
    type: "boolean",
    help: "Print only errors on standard error",
  });
  parser.addArgument("--verbose", {
    short: "v",
    type: "boolean",
    help: "Print each step; show stack traces",
  });
}
