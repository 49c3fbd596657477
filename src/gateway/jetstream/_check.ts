/**
 * findProblems(), which finds all problems in a queue on JetStream: damage, gaps, inconsistent records. It reads
 * all messages, and changes nothing.
 *
 * @module
 */
import { ArchFxDeviceSlug } from "../../slugs/mod.ts";
import { isIntact } from "../_frames.ts";
import type { Bus } from "./_bus.ts";
import { bodyFrames, HEAD, laneOfSubject, readHead } from "./_messages.ts";
import { laneRecord, type Records } from "./_records.ts";
import type { Stored } from "./_stored.ts";

const PAGE = { messages: 64, bytes: 4 << 20 };

/** The state of a lane while its messages are read. */
interface Seen {
  /** The number of readings up to the last message that was read. */
  end: number;
  /** The number of readings before its first message. */
  readonly first: number;
}

/** Reads everything; one line for each problem. */
export async function findProblems(bus: Bus, records: Records): Promise<string[]> {
  const problems: string[] = [];
  const lanes = new Map<string, Seen>();
  const stop = (await bus.info()).state.last_seq;
  for await (const message of messages(bus, "r.>", stop)) problems.push(...look(message, lanes));
  for await (const { seq, data } of messages(bus, "x.>", stop)) {
    if (data.length > 0 && !isIntact(data)) problems.push(`Dead letter ${seq} is damaged`);
  }
  for (const [subject, seen] of lanes) problems.push(...await compare(subject, seen, records));
  return problems;
}

async function* messages(bus: Bus, subject: string, stop: number): AsyncGenerator<Stored> {
  for (let from = 1; from <= stop;) {
    const page = await bus.batch(subject, from, PAGE);
    if (page.length === 0) return;
    yield* page;
    from = page[page.length - 1]!.seq + 1;
  }
}

function look({ subject, seq, data, header }: Stored, lanes: Map<string, Seen>): string[] {
  const name = laneOfSubject(subject);
  if (!name) return [`Message ${seq} has the subject "${subject}", which gateways do not use`];
  const title = titleOf(subject);
  const head = readHead(header(HEAD));
  if (!head) return [`Batch ${seq} of ${title} has no number: another program wrote it`];
  const problems: string[] = [];
  const seen = lanes.get(subject);
  if (seen && head.from !== seen.end) {
    problems.push(
      `Batch ${seq} of ${title} begins after ${head.from} readings, but ${seen.end} were expected`,
    );
  }
  if (!bodyFrames(data)) problems.push(`Batch ${seq} of ${title} is damaged`);
  const end = head.from + head.readings;
  if (seen) seen.end = end;
  else lanes.set(subject, { first: head.from, end });
  return problems;
}

/** The record of a lane and its messages. */
async function compare(subject: string, { first, end }: Seen, records: Records): Promise<string[]> {
  const { device, streamer } = laneOfSubject(subject)!;
  const { done } = laneRecord(await records.fresh(device), streamer);
  const problems: string[] = [];
  if (first > done) {
    problems.push(
      `${first - done} readings of ${titleOf(subject)} were purged but are not counted`,
    );
  }
  if (done > end) {
    problems.push(
      `${titleOf(subject)} has ${end} readings, but according to its record ${done} are done`,
    );
  }
  return problems;
}

function titleOf(subject: string): string {
  const { device, streamer } = laneOfSubject(subject)!;
  const slug = String(new ArchFxDeviceSlug(device));
  return streamer < 0 ? slug : `${slug}, streamer ${streamer}`;
}
