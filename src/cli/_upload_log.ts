/**
 * The results of `archfx report upload`: a line for each report, a summary, JSON.
 *
 * @module
 */
import type { Context } from "./_command.ts";
import { counted } from "../_plural.ts";
import type { PlannedReport } from "./_report_plan.ts";

/**
 * In this order: proved to be counted; counted by an earlier run; counted except for readings without a unique
 * id; not sent because its ids are too low; failed because of the cloud or the file; held back after a failure;
 * not sent because the run ended early.
 */
type Status =
  | "sent"
  | "counted before"
  | "partly new"
  | "nothing new"
  | "failed"
  | "held back"
  | "not sent";

/** The result of one file. */
export interface Outcome {
  file: string;
  streamer: string | null;
  /** Its readings. */
  readings: number;
  /** Readings that were new to the cloud; null if it is not known to have any of the file. */
  new: number | null;
  status: Status;
  error?: string;
}

/** Whether every reading of a file is in the cloud. */
export function isDone({ status }: Outcome): boolean {
  return status === "sent" || status === "counted before";
}

/** Whether a file was sent. */
export function wasSent({ status }: Outcome): boolean {
  return status === "sent" || status === "partly new";
}

/** The outcomes of a run. */
export class UploadLog {
  readonly outcomes: Outcome[];
  readonly #context: Context;

  /** Starts with the files that cannot be sent. */
  constructor(context: Context, outcomes: Outcome[]) {
    this.#context = context;
    this.outcomes = outcomes;
  }

  /** Adds an outcome and prints its line. */
  async add(outcome: Outcome): Promise<void> {
    this.outcomes.push(outcome);
    if (this.#context.json) return;
    const { file, streamer, readings } = outcome;
    const result = wasSent(outcome) ? `${outcome.new} new` : outcome.status;
    await this.#context.print(`${file}\t${streamer}\t${counted(readings, "reading")}\t${result}`);
  }
}

/** The outcome of a report. */
export function outcomeOf(report: PlannedReport, status: Status): Outcome {
  const { path: file, streamer, facts } = report;
  return { file, streamer, readings: facts.length, new: null, status };
}

/** Prints the JSON of a run. */
export async function printJson(context: Context, outcomes: readonly Outcome[]): Promise<void> {
  await context.print(JSON.stringify({ reports: outcomes, ...totals(outcomes) }, null, 2));
}

/** The number of reports by status. */
function totals(outcomes: readonly Outcome[]) {
  const of = (status: Status) => outcomes.filter((it) => it.status === status).length;
  const known = outcomes.filter((it) => it.new !== null);
  return {
    readings: known.reduce((sum, it) => sum + it.readings, 0),
    new: known.reduce((sum, it) => sum + it.new!, 0),
    countedBefore: of("counted before"),
    failed: of("failed"),
    heldBack: of("held back"),
    notSent: of("not sent"),
  };
}

/** One line at the end. */
export function summarize(context: Context, outcomes: readonly Outcome[]): void {
  const { failed, heldBack, notSent, countedBefore } = totals(outcomes);
  const sent = outcomes.filter(wasSent);
  const sum = (of: (outcome: Outcome) => number) => sent.reduce((total, it) => total + of(it), 0);
  const nothingNew = outcomes.filter((it) => it.status === "nothing new").length;
  const parts = [
    `${sent.length} of ${counted(outcomes.length, "report")} sent`,
    `${sum((it) => it.new!)} of ${counted(sum((it) => it.readings), "reading")} new`,
    ...(countedBefore > 0 ? [`${countedBefore} counted before`] : []),
    ...(nothingNew > 0 ? [`${nothingNew} with ids that are too low`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(heldBack > 0 ? [`${heldBack} held back`] : []),
    ...(notSent > 0 ? [`${notSent} not sent`] : []),
  ];
  context.note(parts.join(", "));
  if (outcomes.some((it) => it.status === "partly new")) {
    context.note(
      "The cloud never counts a reading without an id, and a reading id only once: see " +
        '"archfx report verify"',
    );
  }
}
