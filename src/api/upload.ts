/**
 * Uploads: a file as multipart form data, in the part `file`.
 *
 * Reports of one streamer go one after another, in the order of the calls: the cloud counts only
 * readings above the last id that it has seen, so a report that overtakes another one loses it.
 *
 * @module
 */
import { answerValue } from "./_answer.ts";
import type { Client } from "./_client.ts";
import { Multipart, type UploadSource } from "./_multipart.ts";
import { queryText, scalarText } from "./_query.ts";
import { checkCallOptions } from "./options.ts";
import { reportKey } from "./_report_key.ts";
import type { UploadOptions } from "./upload_options.ts";

/** Reports are repeatable, because their reading ids are: the cloud counts each once. */
const REPORTS = "streamer/report/";

/** Uploads a file to the resource at `path`. */
export async function upload(
  client: Client,
  path: string,
  file: Promise<UploadSource>,
  options: UploadOptions = {},
): Promise<unknown> {
  const { data, params, onProgress, queue, ...callOptions } = options;
  const fields = formFields(data);
  const query = queryText(params);
  checkCallOptions(callOptions);
  const isReport = path === REPORTS;
  file.catch(() => {}); // Its failure is met below, maybe after others have had their turn.
  const send = async () => {
    const source = await file;
    const total = source.size;
    let told = -1;
    const tell = (sent: number) => {
      if (sent !== told) onProgress?.({ sent: told = sent, total });
    };
    const answer = await client.send({
      method: "POST",
      path: path + query,
      body: new Multipart(source, fields),
      options: callOptions,
      retries: isReport ? client.options.retries : 0,
      onSent: tell,
    });
    tell(total);
    return answerValue("POST", answer);
  };
  if (!isReport) return await send();
  const name = async () => queue ?? await reportKey(await file);
  return await client.uploads.run(name, send, callOptions.signal);
}

function formFields(data: UploadOptions["data"]): [string, string][] {
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(data ?? {})) {
    if (value !== undefined && value !== null) fields.push([name, scalarText(name, value)]);
  }
  return fields;
}
