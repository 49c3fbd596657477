/**
 * Sends planned reports one after another. Each waits for the proof that the one before was counted.
 *
 * @module
 */
import { formatMicros } from "../codec/timestamps.ts";
import { IdsTooLow } from "../api/ids_too_low.ts";
import type { Context } from "./_command.ts";
import { counted } from "../_plural.ts";
import {
  CommandError,
  ExitCode,
  exitCodeOf,
  fileError,
  Interrupted,
  messageOf,
} from "./_errors.ts";
import { type Progress, showProgress } from "./_progress.ts";
import type { PlannedReport } from "./_report_plan.ts";
import { identityOf, isSameFile, removeSentFile } from "./_sent_file.ts";
import type { Api } from "../api/mod.ts";
import { type Outcome, outcomeOf, type UploadLog, wasSent } from "./_upload_log.ts";

/** How reports are sent. */
interface SendOptions {
  readonly allowMissingIds: boolean;
  readonly removeSent: boolean;
  /** How long to wait for the proof, in milliseconds. */
  readonly confirmMs: number;
  /** Reports what is wrong with a file. */
  complain(path: string, message: string): void;
}

/** The result of an upload with `confirm`. */
interface Reply {
  readonly count: number;
  /** `last_id` before; absent for a report without ids. */
  readonly before?: number | bigint;
  readonly countedBefore?: true;
}

/** Sends all reports that may be sent. Returns the reason if it stopped before the end. */
export async function sendAll(
  context: Context,
  api: Api,
  reports: readonly PlannedReport[],
  held: Set<string | undefined>,
  log: UploadLog,
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
          outcome = await send(context, api, report, progress, before, options);
        } catch (error) {
          held.add(report.streamer);
          outcome = { ...outcomeOf(report, "failed"), error: messageOf(error) };
          if (context.signal.aborted) stopped = context.signal.reason;
          // Without a login, every other report would fail in the same way.
          else if (exitCodeOf(error) === ExitCode.NotLoggedIn) stopped = error;
          if (stopped === undefined) options.complain(report.path, messageOf(error));
        }
      }
      before += report.bytes;
      progress.update(before);
      progress.say("");
      await log.add(outcome);
    }
  } finally {
    progress.stop();
  }
  return stopped instanceof Interrupted
    ? new Interrupted(
      `${log.outcomes.filter(wasSent).length} of ${counted(log.outcomes.length, "report")} sent`,
    )
    : stopped;
}

async function send(
  context: Context,
  api: Api,
  planned: PlannedReport,
  progress: Progress,
  before: number,
  options: SendOptions,
): Promise<Outcome> {
  const { path, facts, countable, firstWithoutId } = planned;
  const isAllowed = firstWithoutId < 0 || options.allowMissingIds;
  if (!isAllowed) {
    throw new CommandError(
      `Cannot send "${path}": reading ${firstWithoutId} has no id, and the cloud would never count it. ` +
        "--allow-missing-ids sends the file anyway",
    );
  }
  await checkSame(planned);
  let reply: Reply;
  try {
    reply = await api("streamer/report").uploadFile(path, {
      report: facts,
      params: { timestamp: formatMicros(planned.sentMicros ?? BigInt(Date.now()) * 1000n) },
      signal: context.signal,
      confirm: { timeoutMs: options.confirmMs },
      // Reports after a failed one are already held back here. This option only affects reports whose ids are too
      // low.
      skipFailed: true,
      onProgress: ({ sent }) => {
        progress.update(before + Math.min(sent, planned.bytes));
        // A server may take longer to store a report than the network needs to transfer it.
        progress.say(sent >= planned.bytes ? "stored by the server…" : "");
      },
      ...(firstWithoutId >= 0 && { retries: 0 }),
    }) as Reply;
  } catch (error) {
    if (!(error instanceof IdsTooLow)) throw error;
    options.complain(path, `${error.message}. ${adviceFor(error)}`);
    return { ...outcomeOf(planned, "nothing new"), new: 0, error: messageOf(error) };
  }
  await checkSame(planned);
  const fresh = reply.before !== undefined && reply.before < facts.lowestId
    ? countable // The proof is more reliable than the count, which is too low after a repeated request.
    : reply.count;
  const isComplete = countable === facts.length;
  if (isComplete && options.removeSent) await remove(planned, options);
  const status = !isComplete ? "partly new" : reply.countedBefore ? "counted before" : "sent";
  return { ...outcomeOf(planned, status), new: fresh };
}

function adviceFor({ lastId }: IdsTooLow): string {
  const next = BigInt(lastId) + 1n;
  return `Compare its readings with those of the cloud ("archfx data"). If they are not there, encode them ` +
    `again with --first-id ${next}, or with --state FILE --first-id cloud`;
}

/** Throws if the name now belongs to another file than planned, or the content has changed. */
async function checkSame({ path, identity }: PlannedReport): Promise<void> {
  let now;
  try {
    now = await identityOf(path);
  } catch (error) {
    throw fileError("read", path, error);
  }
  if (!isSameFile(now, identity)) {
    throw new CommandError(
      `Cannot tell what was sent of "${path}": the file was changed or replaced in the meantime. Run the command again`,
    );
  }
}

async function remove({ path, identity }: PlannedReport, options: SendOptions): Promise<void> {
  try {
    if (!(await removeSentFile(path, identity))) {
      options.complain(path, "it was not removed: another file has its name now");
    }
  } catch (error) {
    // It was counted in any case; the next run notices that.
    options.complain(path, messageOf(fileError("remove", path, error)));
  }
}
