/**
 * lastReadingId(), the id after which a streamer's next report begins.
 *
 * A wrong 0 here loses readings: the next report would begin at id 1, and the cloud would count none of it. So 0
 * is returned only if the API itself says so. Any other response without an id is an error.
 *
 * @module
 */
import { parseExactJson } from "../_exact_json.ts";
import { isSafeInteger, narrowed } from "../_integers.ts";
import { isMap } from "../_is_record.ts";
import type { Id } from "../readings/reading_columns.ts";
import { type ArchFxDeviceSlug, ArchFxStreamerSlug } from "../slugs/mod.ts";
import { answerJson } from "./_answer.ts";
import type { Client } from "./_client.ts";
import type { Answered } from "./_types.ts";
import { answerError, unreadableError } from "./_describe_error.ts";
import { clientOf } from "./_api_state.ts";
import type { ApiBase } from "./api_base.ts";
import type { RestHttpBaseException } from "./errors/mod.ts";
import type { CallOptions } from "./options.ts";

/** Ids are 64 bits. */
const MAX_ID = 2n ** 64n - 1n;

/**
 * The highest reading id of a streamer that the cloud has counted. It counts only readings with higher
 * ids, so the next report begins with the id after it.
 *
 * @param api The Api, logged in.
 * @param device The device.
 * @param streamer The index of the streamer.
 * @param options Options of the call.
 * @returns The id; a bigint above 2^53−1. It is 0 only if the API says that nothing was counted: with its own 404
 * (JSON with `detail`), or with a `last_id` of 0 or null.
 * @throws {RestHttpBaseException} For any other response: the 404 page of a proxy, another JSON value, or a
 * `last_id` that is missing or not an id.
 *
 * @example
 * ```ts
 * import { Api, lastReadingId } from "@archfx/cloud";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => lastReadingId(new Api(), "no device"), RangeError);
 * ```
 */
export async function lastReadingId(
  api: ApiBase,
  device: string | number | bigint | ArchFxDeviceSlug,
  streamer: number = 0x100,
  options?: CallOptions,
): Promise<Id> {
  return await queryLastId(
    clientOf(api),
    String(new ArchFxStreamerSlug(device, streamer)),
    options,
  );
}

/** `last_id` of the streamer with this slug. */
export async function queryLastId(
  client: Client,
  streamer: string,
  options?: CallOptions,
): Promise<Id> {
  const answer = await client.send({
    method: "GET",
    path: `streamer/${streamer}/`,
    options,
    accept: [404],
  });
  if (answer.status === 404) {
    if (isOwn404(answer)) return 0;
    const call = { method: "GET", url: answer.url };
    throw answerError(
      call,
      answer,
      answer.attempts,
      answer.secrets,
      "this is not the API's own 404, so the last id of the streamer is not known",
    );
  }
  const row = answerJson("GET", answer, parseExactJson);
  const id = isMap(row) && Object.hasOwn(row, "last_id") ? idOf(row.last_id) : undefined;
  if (id === undefined) throw noId(answer, row);
  return id;
}

/** The framework answers `{"detail": "Not found."}`; a proxy answers with a page or with its own JSON. */
function isOwn404({ bytes }: Answered): boolean {
  try {
    const body = JSON.parse(new TextDecoder().decode(bytes));
    return isMap(body) && typeof body.detail === "string" && body.detail !== "";
  } catch {
    return false;
  }
}

/** An id as a number up to 2^53−1 and a bigint above; undefined if the value is not an id. */
function idOf(value: unknown): Id | undefined {
  if (value === null) return 0;
  if (typeof value !== "bigint" && !isSafeInteger(value)) return undefined;
  const id = BigInt(value);
  return id >= 0n && id <= MAX_ID ? narrowed(id) : undefined;
}

function noId(answer: Answered, row: unknown): RestHttpBaseException {
  const { url, attempts, secrets } = answer;
  const said = !isMap(row)
    ? "the response is not a JSON object"
    : Object.hasOwn(row, "last_id")
    ? `last_id is not a reading id${
      /^(?:number|bigint)$/.test(typeof row.last_id) ? `: ${row.last_id}` : ""
    }`
    : "the response has no last_id";
  return unreadableError({ method: "GET", url }, answer, attempts, secrets, undefined, said);
}
