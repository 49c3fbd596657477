/**
 * `archfx report verify`: finds problems of a report before the cloud drops readings.
 *
 * @module
 */
import { type Problem, verifyReport } from "../../reports/mod.ts";
import type { Command } from "../_command.ts";
import { ExitCode, messageOf, systemReason } from "../_errors.ts";
import { decodeFile, reportFiles } from "../_report_file.ts";

/** A problem, or a file that is not a report. */
type Found = Omit<Problem, "code"> & { readonly code: Problem["code"] | "unreadable" };

/** The command. */
export const reportVerify: Command = {
  description:
    "Check reports before they are sent: ids that are missing or used twice, ids and times out of " +
    "order, values that are not numbers, a header that does not match. A line for each problem shows its " +
    "severity, its kind, the first row that has it (counted from 1), and how many rows have it. Exit code 1 if there are " +
    "errors: the cloud would reject the report or not count some readings. With --json: an array of { file, " +
    "problems: [{ severity, code, message, row, count }] }.",
  examples: [
    [
      "archfx report verify spool/ && archfx report upload spool/",
      "Upload only if there are no errors",
    ],
    ["archfx report verify --strict line-1.mp", "Treat warnings as errors"],
  ],
  arguments(parser) {
    parser
      .addArgument("file", {
        metavar: "FILE.mp",
        many: true,
        help: "The reports, or folders of them",
      })
      .addArgument("--strict", {
        type: "boolean",
        help: "Exit code 1 also for warnings",
      });
  },
  async run(context, args) {
    const all: { file: string; problems: readonly Found[] }[] = [];
    const add = async (file: string, found: readonly Found[]) => {
      // People count rows from 1, as the inspector does.
      const problems = found.map((problem) =>
        problem.row === undefined ? problem : { ...problem, row: problem.row + 1 }
      );
      all.push({ file, problems });
      if (context.json) return;
      if (problems.length === 0) await context.print(`${file}\tok`);
      for (const { severity, code, row, message } of problems) {
        const where = row === undefined ? "" : `row ${row}: `;
        await context.print(`${file}\t${severity}\t${code}\t${where}${message}`);
      }
    };
    const { files, leftOut } = await reportFiles(args.file);
    for (const file of files) {
      context.signal.throwIfAborted();
      await add(file, await problemsOf(file, context.signal));
    }
    for (const { path, reason } of leftOut) await add(path, [unreadable(reason)]);
    if (context.json) await context.print(JSON.stringify(all, null, 2));
    const bad = all.flatMap(({ problems }) => problems)
      .some(({ severity }) => severity === "error" || args.strict);
    return bad ? ExitCode.Failed : ExitCode.Done;
  },
};

async function problemsOf(file: string, signal: AbortSignal): Promise<readonly Found[]> {
  try {
    return verifyReport(await decodeFile(file, signal));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "CommandError") throw error;
    // Without the file, because the line begins with it.
    const reason = systemReason(error.cause);
    return [unreadable(
      reason === undefined ? messageOf(error.cause ?? error) : `cannot be read: ${reason}`,
    )];
  }
}

function unreadable(message: string): Found {
  return { severity: "error", code: "unreadable", message };
}
