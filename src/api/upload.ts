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
import type { UploadFile, UploadOptions } from "./upload_options.ts";

/** Reports are repeatable, because their reading ids are: the cloud counts each once. */
const REPORTS = "streamer/report/";

/** Uploads a file to the resource at `path`. */
export async function upload(
  client: Client,
  path: string,
  file: UploadSource,
  options: UploadOptions = {},
): Promise<unknown> {
  const { data, params, onProgress, ...callOptions } = options;
  const total = file.size;
  onProgress?.({ sent: 0, total });
  let told = 0;
  const answer = await client.send({
    method: "POST",
    path: path + queryText(params),
    body: new Multipart(file, formFields(data)),
    options: callOptions,
    retries: path === REPORTS ? client.options.retries : 0,
    onSent: (sent) => onProgress?.({ sent: told = sent, total }),
  });
  if (told < total) onProgress?.({ sent: total, total });
  return answerValue("POST", answer);
}

/** What `uploadFp` was given, as a source. */
export function uploadSource(file: UploadFile): UploadSource {
  if (file instanceof Uint8Array) return bytesSource("file", file);
  if (file instanceof Blob) return blobSource("name" in file ? String(file.name) : "file", file);
  if (
    typeof file === "object" && file !== null && typeof file.name === "string" && file.name !== ""
  ) {
    if (file.data instanceof Uint8Array) return bytesSource(file.name, file.data);
    if (file.data instanceof Blob) return blobSource(file.name, file.data);
  }
  throw new TypeError(
    "Cannot upload this as file: it is neither bytes, nor a Blob, nor { name, data }",
  );
}

function bytesSource(name: string, bytes: Uint8Array): UploadSource {
  return blobSource(name, new Blob([bytes as Uint8Array<ArrayBuffer>]));
}

function blobSource(name: string, blob: Blob): UploadSource {
  return {
    name,
    type: blob.type || "application/octet-stream",
    size: blob.size,
    blob: () => blob,
    head: async (length) => new Uint8Array(await blob.slice(0, length).arrayBuffer()),
  };
}

function formFields(data: UploadOptions["data"]): [string, string][] {
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(data ?? {})) {
    if (value !== undefined && value !== null) fields.push([name, scalarText(name, value)]);
  }
  return fields;
}
