/**
 * lastReadingId(), where the ids of a streamer's next report begin.
 *
 * @module
 */
import type { Id } from "../readings/reading_columns.ts";
import { type ArchFxDeviceSlug, ArchFxStreamerSlug } from "../slugs/mod.ts";
import { answerJson } from "./_answer.ts";
import { parseExact } from "./_exact_json.ts";
import { type ApiBase, clientOf } from "./api.ts";
import type { CallOptions } from "./options.ts";

/**
 * The highest reading id that the cloud has counted of a streamer. It counts only readings above it, so
 * the next report begins with the one after.
 *
 * @param api The Api, logged in.
 * @param device The device.
 * @param streamer The index of the streamer.
 * @param options Options of the call.
 * @returns The id; 0 where the streamer has sent nothing yet. Beyond 2^53−1 a bigint.
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
  const slug = new ArchFxStreamerSlug(device, streamer);
  const answer = await clientOf(api).send({
    method: "GET",
    path: `streamer/${slug}/`,
    options,
    accept: [404],
  });
  if (answer.status === 404) return 0;
  const row = answerJson("GET", answer, (text) => parseExact(text, "last_id")) as {
    last_id?: number | string | null;
  };
  const id = BigInt(row.last_id ?? 0);
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}
