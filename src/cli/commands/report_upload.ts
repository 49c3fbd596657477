/**
 * `archfx report upload`: sends reports to the cloud, in the order in which it counts them.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { CommandError, ExitCode, messageOf } from "../_errors.ts";
import { reportFiles } from "../_report_file.ts";
import { planUpload, type UploadPlan } from "../_report_plan.ts";
import { sendAll } from "../_report_sender.ts";
import {
  isDone,
  type Outcome,
  outcomeOf,
  printJson,
  summarize,
  UploadLog,
} from "../_upload_log.ts";
import { addCloudArguments, withSession } from "../_session.ts";

/** The command. */
export const reportUpload: Command = {
  description:
    "Send reports to the cloud, by device, streamer and lowest reading id. The cloud counts a " +
    "reading only if its id is above the last one that it has counted of the streamer. So each report " +
    "waits until last_id proves that the one before it was counted, and after a failure the later " +
    "reports of that streamer are held back: run the same command again.\n" +
    "A folder means the files in it that end in .mp; it may be empty.\n" +
    "Prints file, streamer, readings and result of each report. With --json: { reports: [{ file, " +
    "streamer, readings, new, status, error }], readings, new, countedBefore, failed, heldBack, " +
    "notSent }; status is sent if last_id proves that every reading was counted, counted before " +
    "if an earlier run sent it, partly new if readings have no unique id, nothing new " +
    "if its ids are too low, otherwise failed, held back or not sent. Exit code 5 unless all are " +
    "sent or were counted before.",
  examples: [
    ["archfx report upload line-1.mp", "One report"],
    [
      "archfx report upload --remove-sent spool/",
      "Reports from a gateway without network, in order; counted ones are removed",
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
        help: "Remove each file once it is proved that every reading of it was counted",
      })
      .addArgument("--confirm-within", {
        metavar: "SECONDS",
        type: seconds,
        default: 60,
        help: "How long to wait for that proof; after that, the report has failed",
      })
      .addArgument("--skip-unreadable", {
        type: "boolean",
        help: "Send the other reports although a file is not a report and its streamer is unknown",
      })
      .addArgument("--allow-missing-ids", {
        type: "boolean",
        help: "Send reports with readings of id 0, which the cloud never counts",
      });
    addCloudArguments(parser);
  },
  async run(context, args) {
    const { files, leftOut } = await reportFiles(args.file);
    const plan = await planUpload([...new Set(files)], context.signal);
    const complain = (path: string, message: string) =>
      context.complain(
        `archfx report upload: ${message.includes(path) ? message : `"${path}": ${message}`}`,
      );
    for (const { path, reason } of leftOut) complain(path, `left out: ${reason}`);
    for (const { path, error } of plan.unreadable) complain(path, messageOf(error));
    const log = new UploadLog(context, failedFiles(plan));
    for (const { path, reason, mayBeReport } of leftOut) {
      if (mayBeReport) log.outcomes.push({ ...FAILED, file: path, streamer: null, error: reason });
    }
    if (plan.reports.length === 0) {
      if (context.json) await printJson(context, log.outcomes);
      if (log.outcomes.length > 0) return ExitCode.Failed;
      context.note("There are no reports to send");
      return ExitCode.Done;
    }
    if (plan.unreadable.some((it) => it.streamer === undefined) && !args.skipUnreadable) {
      throw new CommandError(
        "Nothing was sent, because the streamer of a file is unknown and its readings may have " +
          "to be sent first: repair the file, leave it out, or use --skip-unreadable",
      );
    }
    const held = new Set(plan.unreadable.map((it) => it.streamer));
    if (args.dryRun) {
      for (const report of plan.reports) {
        await log.add(outcomeOf(report, held.has(report.streamer) ? "held back" : "not sent"));
      }
      if (context.json) await printJson(context, log.outcomes);
      const anyFailed = log.outcomes.some(({ status }) => status === "failed");
      return anyFailed ? ExitCode.PartlyDone : ExitCode.Done;
    }
    const stopped = await withSession(
      context,
      args,
      (api) =>
        sendAll(context, api, plan.reports, held, log, {
          allowMissingIds: args.allowMissingIds === true,
          removeSent: args.removeSent === true,
          confirmMs: args.confirmWithin * 1000,
          complain,
        }),
    );
    if (context.json) await printJson(context, log.outcomes);
    summarize(context, log.outcomes);
    if (stopped) throw stopped;
    return log.outcomes.every(isDone) ? ExitCode.Done : ExitCode.PartlyDone;
  },
};

const FAILED = { readings: 0, new: null, status: "failed" } as const;

function failedFiles(plan: UploadPlan): Outcome[] {
  return plan.unreadable.map(({ path, streamer, error }) => ({
    ...FAILED,
    file: path,
    streamer: streamer ?? null,
    error: messageOf(error),
  }));
}

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw new RangeError("it must be a number of seconds");
  return value;
}
