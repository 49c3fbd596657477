/**
 * `archfx report upload`: reports to the cloud, in the order in which it counts them.
 *
 * @module
 */
import { rm } from "node:fs/promises";
import { ArchFXFlexibleDictionaryReport, type ReportCloud } from "../../reports/mod.ts";
import type { Command, Context } from "../_command.ts";
import { counted } from "../../_plural.ts";
import {
  CommandError,
  ExitCode,
  exitCodeOf,
  fileError,
  Interrupted,
  messageOf,
} from "../_errors.ts";
import { type Progress, showProgress } from "../_progress.ts";
import { readReportFile, reportFiles } from "../_report_file.ts";
import { type PlannedReport, planUpload } from "../_report_plan.ts";
import { addCloudArguments, withSession } from "../_session.ts";

/** All of it was new; some of it; none of it; the cloud or the file did not let it through; ... */
type Status = "sent" | "partly new" | "nothing new" | "failed" | "held back" | "not sent";

/** What became of one file. */
interface Outcome {
  file: string;
  streamer: string | null;
  /** Its readings. */
  readings: number;
  /** Readings that were new to the cloud; null where the file was not sent. */
  new: number | null;
  status: Status;
  error?: string;
}

/** The command. */
export const reportUpload: Command = {
  description:
    "Send reports to the cloud, by device, streamer and lowest reading id. The cloud counts a " +
    "reading once, however often its report is sent, and only if its id is above the last one of " +
    "its streamer. So after a failure the later reports of that streamer are held back: run the " +
    "same command again.\n" +
    "A folder stands for the files in it that end in .mp; there may be none.\n" +
    "Prints file, streamer, readings and how many of them were new. With --json: { reports: " +
    "[{ file, streamer, readings, new, status, error }], readings, new, failed, heldBack, notSent }; " +
    "status is sent where every reading was new, otherwise partly new or nothing new where the " +
    "report was sent, failed, held back or not sent. Exit code 5 where a report is not sent in this " +
    "sense.",
  examples: [
    ["archfx report upload line-1.mp", "One report"],
    [
      "archfx report upload --remove-sent spool/",
      "What a gateway gathered without network, in order; what is done with goes",
    ],
    ["archfx report upload --dry-run spool/", "The order, without sending anything"],
  ],
  arguments(parser) {
    parser
      .addArgument("file", {
        metavar: "FILE.mp",
        many: true,
        help: "The reports, in any order, or folders of them",
      })
      .addArgument("--dry-run", {
        type: "boolean",
        help: "Read the files and print the order; send nothing",
      })
      .addArgument("--remove-sent", {
        type: "boolean",
        help: "Remove each file of which the cloud says that every reading was new",
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
    const plan = await planUpload([...new Set(await reportFiles(args.file))]);
    for (const { path, error } of plan.unreadable) {
      context.complain(`archfx report upload: ${nameFile(path, error)}`);
    }
    if (plan.reports.length + plan.unreadable.length === 0) {
      if (context.json) await printJson(context, []);
      context.note("There are no reports to send");
      return ExitCode.Done;
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
      (cloud) =>
        sendAll(context, cloud, plan.reports, held, outcomes, {
          allowMissingIds: args.allowMissingIds === true,
          removeSent: args.removeSent === true,
        }),
    );
    if (context.json) await printJson(context, outcomes);
    summarize(context, outcomes);
    if (stopped) throw stopped;
    const complete = outcomes.every((it) => it.status === "sent");
    return complete ? ExitCode.Done : ExitCode.PartlyDone;
  },
};

interface SendOptions {
  allowMissingIds: boolean;
  removeSent: boolean;
}

/** Sends what may be sent; returns what made it stop before the end, if anything. */
async function sendAll(
  context: Context,
  cloud: ReportCloud,
  reports: readonly PlannedReport[],
  held: Set<string | undefined>,
  outcomes: Outcome[],
  options: SendOptions,
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
          outcome = await send(context, cloud, report, progress, before, options);
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
      `${outcomes.filter(wasSent).length} of ${counted(outcomes.length, "report")} sent`,
    )
    : stopped;
}

async function send(
  context: Context,
  cloud: ReportCloud,
  planned: PlannedReport,
  progress: Progress,
  before: number,
  { allowMissingIds, removeSent }: SendOptions,
): Promise<Outcome> {
  const report = ArchFXFlexibleDictionaryReport.decode(await readReportFile(planned.path));
  const fresh = await report.upload(cloud, {
    signal: context.signal,
    allowMissingIds,
    onProgress: ({ sent }) => progress.update(before + Math.min(sent, planned.bytes)),
  });
  const status = fresh >= planned.readings ? "sent" : fresh > 0 ? "partly new" : "nothing new";
  if (removeSent && status === "sent") {
    try {
      await rm(planned.path);
    } catch (error) {
      // It was sent all the same; sent again it would only say "nothing new".
      context.complain(
        `archfx report upload: ${messageOf(fileError("remove", planned.path, error))}`,
      );
    }
  }
  return { ...outcomeOf(planned, status), new: fresh };
}

function outcomeOf(report: PlannedReport, status: Outcome["status"]): Outcome {
  const { path: file, streamer, readings } = report;
  return { file, streamer, readings, new: null, status };
}

async function add(context: Context, outcomes: Outcome[], outcome: Outcome): Promise<void> {
  outcomes.push(outcome);
  if (context.json) return;
  const { file, streamer, readings } = outcome;
  const result = wasSent(outcome) ? `${outcome.new} new` : outcome.status;
  await context.print(`${file}\t${streamer}\t${counted(readings, "reading")}\t${result}`);
}

/** Whether the cloud took the report, however many of its readings were new. */
function wasSent({ new: fresh }: Outcome): boolean {
  return fresh !== null;
}

async function printJson(context: Context, outcomes: readonly Outcome[]): Promise<void> {
  await context.print(JSON.stringify({ reports: outcomes, ...totals(outcomes) }, null, 2));
}

function totals(outcomes: readonly Outcome[]) {
  const of = (status: Status) => outcomes.filter((it) => it.status === status).length;
  const sent = outcomes.filter(wasSent);
  return {
    readings: sent.reduce((sum, it) => sum + it.readings, 0),
    new: sent.reduce((sum, it) => sum + it.new!, 0),
    failed: of("failed"),
    heldBack: of("held back"),
    notSent: of("not sent"),
  };
}

function summarize(context: Context, outcomes: readonly Outcome[]): void {
  const { readings, new: fresh, failed, heldBack, notSent } = totals(outcomes);
  const parts = [
    `${outcomes.filter(wasSent).length} of ${counted(outcomes.length, "report")} sent`,
    `${fresh} of ${counted(readings, "reading")} new`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(heldBack > 0 ? [`${heldBack} held back`] : []),
    ...(notSent > 0 ? [`${notSent} not sent`] : []),
  ];
  context.note(parts.join(", "));
  if (fresh < readings) {
    context.note(
      "A reading is not new where the cloud already has an id as high from its streamer.",
    );
  }
}

function nameFile(path: string, error: unknown): string {
  const message = messageOf(error);
  return message.includes(path) ? message : `"${path}": ${message}`;
}
