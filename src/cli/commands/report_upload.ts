/**
 * `archfx report upload`: reports to the cloud, in the order in which it counts them.
 *
 * @module
 */
import { ArchFXFlexibleDictionaryReport, type ReportCloud } from "../../reports/mod.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError, ExitCode, exitCodeOf, Interrupted, messageOf } from "../_errors.ts";
import { type Progress, showProgress } from "../_progress.ts";
import { readReportFile } from "../_report_file.ts";
import { type PlannedReport, planUpload } from "../_report_plan.ts";
import { addCloudArguments, withSession } from "../_session.ts";

/** What became of one file. */
interface Outcome {
  file: string;
  streamer: string | null;
  /** Readings in the file. */
  readings: number;
  /** Readings that were new to the cloud; null where the file was not sent. */
  new: number | null;
  status: "sent" | "failed" | "held back" | "not sent";
  error?: string;
}

/** The command. */
export const reportUpload: Command = {
  description:
    "Send reports to the cloud, by device, streamer and lowest reading id. The cloud counts a " +
    "reading once, however often its report is sent, and only if its id is above the last one of " +
    "its streamer. So after a failure the later reports of that streamer are held back: run the " +
    "same command again.\n" +
    "Prints file, streamer, readings and how many of them were new. With --json: { reports: " +
    "[{ file, streamer, readings, new, status, error }], readings, new, failed, heldBack }; status " +
    "is sent, failed, held back or not sent. Exit code 5 where a report failed, was held back, or " +
    "had readings that were not new.",
  examples: [
    ["archfx report upload line-1.mp", "One report"],
    ["archfx report upload spool/*.mp", "What a gateway gathered without network, in order"],
    ["archfx report upload --dry-run spool/*.mp", "The order, without sending anything"],
  ],
  arguments(parser) {
    parser
      .addArgument("file", { metavar: "FILE.mp", many: true, help: "The reports, in any order" })
      .addArgument("--dry-run", {
        type: "boolean",
        help: "Read the files and print the order; send nothing",
      })
      .addArgument("--skip-unreadable", {
        type: "boolean",
        help: "Send the others where a file is no report and does not tell its streamer",
      })
      .addArgument("--allow-missing-ids", {
        type: "boolean",
        help: "Send reports with readings of id 0, which the cloud never counts",
      });
    addCloudArguments(parser);
  },
  async run(context, args) {
    const plan = await planUpload([...new Set(args.file as string[])]);
    for (const { path, error } of plan.unreadable) {
      context.complain(`archfx report upload: ${nameFile(path, error)}`);
    }
    if (plan.reports.length === 0 && !context.json) return ExitCode.Failed;
    if (plan.unreadable.some((it) => it.streamer === undefined) && !args.skipUnreadable) {
      throw new CommandError(
        "Nothing was sent, since a file does not tell its streamer and its readings might have " +
          "to go first: repair or leave it out, or use --skip-unreadable",
      );
    }
    const outcomes: Outcome[] = plan.unreadable.map(({ path, streamer, error }) => ({
      file: path,
      streamer: streamer ?? null,
      readings: 0,
      new: null,
      status: "failed",
      error: messageOf(error),
    }));
    const held = new Set(plan.unreadable.map((it) => it.streamer));
    if (args.dryRun) {
      for (const report of plan.reports) {
        await add(
          context,
          outcomes,
          outcomeOf(report, held.has(report.streamer) ? "held back" : "not sent"),
        );
      }
      if (context.json) await printJson(context, outcomes);
      return plan.unreadable.length > 0 ? ExitCode.PartlyDone : ExitCode.Done;
    }
    const stopped = await withSession(
      context,
      args,
      (_api, _domain, cloud) =>
        sendAll(context, cloud, plan.reports, held, outcomes, args.allowMissingIds === true),
    );
    if (context.json) await printJson(context, outcomes);
    summarize(context, outcomes);
    if (stopped) throw stopped;
    const complete = outcomes.every((it) => it.status === "sent" && it.new === it.readings);
    return complete ? ExitCode.Done : ExitCode.PartlyDone;
  },
};

/** Sends what may be sent; returns what made it stop before the end, if anything. */
async function sendAll(
  context: Context,
  cloud: ReportCloud,
  reports: readonly PlannedReport[],
  held: Set<string | undefined>,
  outcomes: Outcome[],
  allowMissingIds: boolean,
): Promise<unknown> {
  const total = reports.reduce((sum, report) => sum + report.bytes, 0);
  let before = 0;
  let stopped: unknown;
  const progress = await showProgress(context, "uploading", total);
  try {
    for (const report of reports) {
      let outcome: Outcome;
      if (stopped !== undefined) outcome = outcomeOf(report, "not sent");
      else if (held.has(report.streamer)) outcome = outcomeOf(report, "held back");
      else {
        try {
          outcome = await send(context, cloud, report, progress, before, allowMissingIds);
        } catch (error) {
          held.add(report.streamer);
          outcome = { ...outcomeOf(report, "failed"), error: messageOf(error) };
          if (context.signal.aborted) stopped = context.signal.reason;
          // Without a login every other report would fail in the same way.
          else if (exitCodeOf(error) === ExitCode.NotLoggedIn) stopped = error;
          if (stopped === undefined) {
            context.complain(`archfx report upload: ${nameFile(report.path, error)}`);
          }
        }
      }
      before += report.bytes;
      progress.update(before);
      await add(context, outcomes, outcome);
    }
  } finally {
    progress.stop();
  }
  return stopped instanceof Interrupted
    ? new Interrupted(
      `${
        outcomes.filter((it) => it.status === "sent").length
      } of ${outcomes.length} reports were sent`,
    )
    : stopped;
}

async function send(
  context: Context,
  cloud: ReportCloud,
  planned: PlannedReport,
  progress: Progress,
  before: number,
  allowMissingIds: boolean,
): Promise<Outcome> {
  const report = ArchFXFlexibleDictionaryReport.decode(await readReportFile(planned.path));
  const counted = await report.upload(cloud, {
    signal: context.signal,
    allowMissingIds,
    onProgress: ({ sent }) => progress.update(before + Math.min(sent, planned.bytes)),
  });
  return { ...outcomeOf(planned, "sent"), new: counted };
}

function outcomeOf(report: PlannedReport, status: Outcome["status"]): Outcome {
  const { path: file, streamer, readings } = report;
  return { file, streamer, readings, new: null, status };
}

async function add(context: Context, outcomes: Outcome[], outcome: Outcome): Promise<void> {
  outcomes.push(outcome);
  if (context.json) return;
  const { file, streamer, readings } = outcome;
  const result = outcome.status === "sent" ? `${outcome.new} new` : outcome.status;
  await context.print(`${file}\t${streamer}\t${readings} readings\t${result}`);
}

async function printJson(context: Context, outcomes: readonly Outcome[]): Promise<void> {
  await context.print(JSON.stringify({ reports: outcomes, ...totals(outcomes) }, null, 2));
}

function totals(outcomes: readonly Outcome[]) {
  const of = (status: Outcome["status"]) => outcomes.filter((it) => it.status === status);
  return {
    readings: of("sent").reduce((sum, it) => sum + it.readings, 0),
    new: of("sent").reduce((sum, it) => sum + it.new!, 0),
    failed: of("failed").length,
    heldBack: of("held back").length + of("not sent").length,
  };
}

function summarize(context: Context, outcomes: readonly Outcome[]): void {
  const { readings, new: counted, failed, heldBack } = totals(outcomes);
  const sent = outcomes.length - failed - heldBack;
  const parts = [
    `${sent} of ${outcomes.length} reports sent`,
    `${counted} of ${readings} readings new`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(heldBack > 0 ? [`${heldBack} held back`] : []),
  ];
  context.note(parts.join(", "));
  if (counted < readings) {
    context.note(
      "A reading is not new where the cloud already has an id as high from its streamer.",
    );
  }
}

function nameFile(path: string, error: unknown): string {
  const message = messageOf(error);
  return message.includes(path) ? message : `"${path}": ${message}`;
}
