/**
 * Uploads: a file as multipart form data, in the part `file`.
 *
 * Reports of one streamer are sent one after another, in the order of the calls. After a failure, reports with
 * higher ids are not sent: see `_upload_queue.ts`.
 *
 * @module
 */
import { isSafeInteger } from "../_integers.ts";
import { isMap } from "../_is_record.ts";
import { shown } from "../_shown.ts";
import type { ConfirmChoice, ReportFacts } from "../reports/report_cloud.ts";
import { peekReport, streamerText } from "../reports/report_head.ts";
import { answerValue } from "./_answer.ts";
import type { Client } from "./_client.ts";
import { confirmed, type CountedReply, DEFAULT_CONFIRM_MS } from "./_confirmed_upload.ts";
import { unreadableError } from "./_describe_error.ts";
import { Multipart, type UploadSource } from "./_multipart.ts";
import { queryText, scalarText } from "./_query.ts";
import type { Answered } from "./_types.ts";
import { type UploadPlace, UploadQueue } from "./_upload_queue.ts";
import { checkCallOptions, type UploadOptions } from "./options.ts";

export { uploadSource } from "./_upload_source.ts";

/** Report uploads may be repeated, because the cloud counts each reading id only once. */
const REPORTS = "streamer/report/";

/** The first bytes of a report, which contain its header up to the events. */
const HEAD_BYTES = 512;

/** Up to this length, a body is sent in one piece: connecting costs more than sending it. */
const SMALL_BYTES = 1 << 16;

/** The queues of each Api: reports of one streamer, in order. */
const queues = new WeakMap<Client, UploadQueue>();

function queueOf(client: Client): UploadQueue {
  let queue = queues.get(client);
  if (!queue) queues.set(client, queue = new UploadQueue());
  return queue;
}

/** Uploads a file to the resource at `path`. `open` is called once, when the file is needed. */
export async function upload(
  client: Client,
  path: string,
  open: () => UploadSource | Promise<UploadSource>,
  options: UploadOptions = {},
): Promise<unknown> {
  if (path !== REPORTS) return answerValue("POST", await post(client, path, await open(), options));
  return await uploadReport(client, open, options);
}

async function uploadReport(
  client: Client,
  open: () => UploadSource | Promise<UploadSource>,
  { report: given, skipFailed, confirm, ...options }: UploadOptions,
): Promise<unknown> {
  let source: UploadSource | undefined;
  let facts = given;
  const place = async (): Promise<UploadPlace | undefined> => {
    // A report with known ids gets its place before its bytes are read, because reading may fail.
    if (given) return placeOf(given);
    source = await open();
    const head = peekReport(await source.head(HEAD_BYTES));
    facts = head ?? await wholeFacts(source);
    return facts && placeOf(facts);
  };
  const signal = usable(options.signal);
  return await queueOf(client).run(place, async () => {
    source ??= await open();
    const send = () => postReport(client, source!, options, facts?.length);
    const confirmMs = checkConfirm(confirm);
    if (confirmMs === undefined || facts === undefined) return await send();
    return await confirmed(client, facts, send, { signal, timeoutMs: confirmMs });
  }, { signal, skipFailed });
}

/** The signal. An invalid one is rejected later, together with the other options. */
function usable(signal: AbortSignal | undefined): AbortSignal | undefined {
  return typeof signal?.addEventListener === "function" ? signal : undefined;
}

function placeOf({ origin, originStreamer, lowestId, highestId }: ReportFacts): UploadPlace {
  return {
    streamer: streamerText(origin, originStreamer ?? 0),
    // A sender may leave the lowest id at 0 although some readings have ids.
    ids: highestId > 0 ? { lowest: lowestId > 0 ? lowestId : 1, highest: highestId } : undefined,
  };
}

/** Reads a file whose first bytes are not enough; undefined if it is not a report, which the cloud will reject. */
async function wholeFacts(source: UploadSource): Promise<ReportFacts | undefined> {
  const blob = await source.blob();
  return peekReport(new Uint8Array(await blob.arrayBuffer()), true);
}

function checkConfirm(confirm: ConfirmChoice | undefined): number | undefined {
  if (confirm === undefined || confirm === false) return undefined;
  if (confirm === true) return DEFAULT_CONFIRM_MS;
  const timeoutMs = confirm?.timeoutMs ?? DEFAULT_CONFIRM_MS;
  if (typeof confirm === "object" && typeof timeoutMs === "number" && timeoutMs >= 0) {
    return timeoutMs;
  }
  throw new TypeError(
    `Cannot use ${
      shown(confirm)
    } as "confirm": it must be true, false, or an object with timeoutMs`,
  );
}

async function postReport(
  client: Client,
  source: UploadSource,
  options: UploadOptions,
  readings: number | undefined,
): Promise<CountedReply> {
  const answer = await post(client, REPORTS, source, options);
  const reply = countedReply(answerValue("POST", answer), readings);
  if (typeof reply !== "string") return reply;
  const { url, attempts, secrets } = answer;
  throw unreadableError({ method: "POST", url }, answer, attempts, secrets, undefined, reply);
}

async function post(
  client: Client,
  path: string,
  source: UploadSource,
  options: UploadOptions,
): Promise<Answered> {
  const { data, params, onProgress, ...callOptions } = options;
  const fields = formFields(data);
  const query = queryText(params);
  checkCallOptions(callOptions);
  const total = source.size;
  let told = -1;
  const tell = (sent: number) => {
    if (sent !== told) onProgress?.({ sent: told = sent, total });
  };
  const isReport = path === REPORTS;
  const body = new Multipart(source, fields);
  const answer = await client.send({
    method: "POST",
    path: path + query,
    body,
    options: callOptions,
    retries: isReport ? client.options.retries : 0,
    // The ids make this safe: the cloud counts only one of the copies.
    isRepeatable: isReport && (callOptions.retries ?? client.options.retries) > 0 &&
      body.length <= SMALL_BYTES,
    onSent: tell,
  });
  tell(total);
  return answer;
}

/**
 * The response, or why it does not say how many readings were new: then the report may not be stored.
 */
function countedReply(reply: unknown, readings: number | undefined): CountedReply | string {
  if (!isMap(reply) || !("count" in reply)) return "the response has no count of new readings";
  const { count } = reply;
  if (!isSafeInteger(count) || count < 0) {
    return "the count of new readings in the response is not an integer from 0";
  }
  if (readings === undefined || count <= readings) return { ...reply, count };
  return `the response counts ${count} new readings, but the report has ${readings}`;
}

function formFields(data: UploadOptions["data"]): [string, string][] {
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(data ?? {})) {
    if (value !== undefined && value !== null) fields.push([name, scalarText(name, value)]);
  }
  return fields;
}
