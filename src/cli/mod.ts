/**
 * archfx, the command: ArchFX Cloud, its reports and its slugs from a terminal.
 *
 * @example Usage
 * ```ts
 * import { run } from "@archfx/cloud/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await run(["slug", "d--1234", "--json"]), 0);
 * ```
 *
 * @module
 */
import { ArgumentError } from "../main/argument_parser.ts";
import { printable } from "../_printable.ts";
import { suggest } from "../main/suggest.ts";
import { Context } from "./_command.ts";
import { commandParser, overview } from "./_help_text.ts";
import { BrokenPipe, ExitCode, exitCodeOf, Interrupted, messageOf } from "./_errors.ts";
import { type Io, processIo } from "./_io.ts";
import { find, table } from "./_table.ts";

/**
 * Runs a command as `archfx` does, on the standard streams of this process.
 *
 * @param argv The arguments: `["report", "inspect", "FILE.mp"]`.
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage, 3 not logged in, 4 not found, 5 partly
 * done, 130 interrupted. Failures are printed on standard error and never thrown.
 *
 * @example
 * ```ts
 * import { run } from "@archfx/cloud/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await run(["slug", "no-slug"]), 1);
 * ```
 */
export async function run(argv: readonly string[]): Promise<number> {
  const io = processIo();
  try {
    return await runWith(argv, io);
  } finally {
    io.close();
  }
}

async function runWith(argv: readonly string[], io: Io): Promise<number> {
  let program = "archfx";
  try {
    const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
    const found = find(words);
    if (!found) return await withoutCommand(words, io);
    program = `archfx ${found.entry.name}`;
    const command = await found.entry.load();
    const parser = commandParser(found.entry, command);
    const args = parser.parse(found.rest);
    if (args.help) {
      await io.write(parser.help(io.columns));
      return ExitCode.Done;
    }
    if (args.verbose) await showLog(io);
    return await command.run(new Context(io, args, table), args) ?? ExitCode.Done;
  } catch (error) {
    return report(error, io, program, argv);
  }
}

/** `--verbose`: what the library logs goes to standard error. */
async function showLog(io: Io): Promise<void> {
  const { configure } = await import("@logtape/logtape");
  const { formatLogLine } = await import("../_log_line.ts");
  await configure({
    reset: true,
    sinks: { stderr: (record) => io.writeError(formatLogLine(record)) },
    loggers: [
      { category: [], sinks: ["stderr"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
}

/** Handles `archfx`, `archfx --help`, `archfx --version`, `archfx report` and mistyped commands. */
async function withoutCommand(words: readonly string[], io: Io): Promise<number> {
  const [first] = words;
  if (first === "--version" || first === "-V") {
    const { version } = await import("./_version.ts");
    await io.write(`archfx ${version}\n`);
    return ExitCode.Done;
  }
  if (first === "--help" || first === "-h") {
    await io.write(overview(table, io.columns));
    return ExitCode.Done;
  }
  if (first === undefined) {
    io.writeError(overview(table, io.columns));
    return ExitCode.WrongUsage;
  }
  if (first.startsWith("-")) {
    throw new ArgumentError(`Cannot use "${first}" as a command: options come after the command`);
  }
  const group = table.filter((entry) => entry.name.startsWith(`${first} `));
  const second = words[1];
  if (group.length > 0 && (second === undefined || second.startsWith("-"))) {
    const wanted = second === "--help" || second === "-h";
    const text = overview(group, io.columns, first);
    if (wanted) await io.write(text);
    else io.writeError(text);
    return wanted ? ExitCode.Done : ExitCode.WrongUsage;
  }
  const typed = group.length > 0 ? `${first} ${second}` : first;
  const names = table.map((entry) => entry.name);
  const meant = suggest(typed, group.length > 0 ? names : firstWords(names));
  throw new ArgumentError(
    `Cannot use "${typed}" as a command: no command has that name` +
      (meant === undefined ? "" : `, did you mean "${meant}"?`),
  );
}

function firstWords(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.split(" ")[0]!))];
}

/** Prints what went wrong, in one line unless `--verbose`, and returns the exit code. */
function report(error: unknown, io: Io, program: string, argv: readonly string[]): number {
  // The reason may be wrapped in the abort error of an operation.
  const reason = io.signal.aborted ? io.signal.reason : undefined;
  if (reason instanceof BrokenPipe || error instanceof BrokenPipe) return ExitCode.Done;
  if (reason instanceof Interrupted) {
    // The terminal has already written ^C on this line.
    const lead = io.errorIsTerminal ? "\r\u001b[K" : "";
    io.writeError(`${lead}${program}: interrupted${interruptedDetail(error)}\n`);
    return ExitCode.Interrupted;
  }
  const code = exitCodeOf(error);
  io.writeError(`${program}: ${messageOf(error)}\n`);
  if (error instanceof ArgumentError) io.writeError(`Try "${program} --help"\n`);
  if (error instanceof Error && error.name === "HttpAuthenticationError") {
    io.writeError('The cloud rejects the token: run "archfx login"\n');
  }
  if (argv.includes("--verbose") || argv.includes("-v")) {
    const stack = error instanceof Error ? error.stack : undefined;
    for (const line of stack?.split("\n") ?? []) io.writeError(`${printable(line)}\n`);
  }
  return code;
}

function interruptedDetail(error: unknown): string {
  return error instanceof Interrupted && error.message !== "interrupted"
    ? `: ${error.message}`
    : "";
}
