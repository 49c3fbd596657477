/**
 * A cloud that counts at once and stores nothing but `last_id` of each streamer, in a separate process:
 * `_null_cloud.ts [data]`, prints its address. `GET /counted` returns how many readings it has counted. With
 * "data" it keeps the last report, and answers for its readings.
 */
import { Buffer } from "node:buffer";
import http from "node:http";
import type { ReadingColumns } from "../../src/readings/reading_columns.ts";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";

/** So much of a request is kept: the head of its report is in there. */
const HEAD_BYTES = 1200;

const hasData = Deno.args[0] === "data";
let body: Buffer = Buffer.alloc(0);
let columns: ReadingColumns | undefined;
const lastIds = new Map<string, number>();
let counted = 0;

/** An unsigned msgpack integer after a key. */
function integer(head: Buffer, key: string): number {
  const at = head.indexOf(key, 0, "latin1") + key.length;
  const kind = head[at]!;
  if (kind < 0x80) return kind;
  if (kind === 0xcf) return Number(head.readBigUInt64BE(at + 1));
  return head.readUIntBE(at + 1, kind === 0xcc ? 1 : kind === 0xcd ? 2 : 4);
}

/** The device and the index of a slug, `t--DEVICE--INDEX`. */
function keyOf(slug: string): string {
  const [, device = "", index = ""] = /^t--([\da-f-]+)--([\da-f]+)$/.exec(slug) ?? [];
  return `${parseInt(device.replaceAll("-", ""), 16)}/${parseInt(index, 16)}`;
}

/** The readings of the report in a body, which ends with the boundary that it begins with. */
function readingsOf(body: Buffer): ReadingColumns {
  const boundary = body.subarray(0, body.indexOf("\r\n"));
  const begin = body.indexOf("\r\n\r\n", body.indexOf('; filename="')) + 4;
  const end = body.lastIndexOf(boundary) - 2;
  return ArchFXFlexibleDictionaryReport.decode(body.subarray(begin, end)).columns();
}

/** The reading with an id, as `data/` has it. */
function rowOf(id: number): Record<string, unknown> {
  columns ??= readingsOf(body);
  const at = id - Number(columns.readingIds[0]);
  const variable = columns.streams[at]!.toString(16).padStart(8, "0");
  return {
    stream: `sl--0000-0000--0000-0000-0000-0001--${variable.slice(0, 4)}-${variable.slice(4)}`,
    timestamp: new Date(Number(columns.timestamps[at]! / 1000n)).toISOString(),
    value: columns.values[at],
    streamer_local_id: id,
  };
}

const server = http.createServer((request, response) => {
  const reply = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") {
    request.resume();
    const path = request.url!;
    if (path === "/counted") return reply(200, { counted });
    if (path.includes("/data/")) {
      // Where data cannot be read, a gateway does without.
      if (!hasData) return reply(501, { detail: "not here" });
      const id = Number(new URL(path, "http://cloud").searchParams.get("streamer_id_0"));
      return reply(200, { count: 1, next: null, previous: null, results: [rowOf(id)] });
    }
    const slug = path.split("?")[0]!.split("/").filter((part) => part !== "").at(-1)!;
    return reply(200, { last_id: lastIds.get(keyOf(slug)) ?? 0 });
  }
  let head: Buffer = Buffer.alloc(0);
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => {
    if (hasData) chunks.push(chunk);
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)]);
  });
  request.on("end", () => {
    if (hasData) body = Buffer.concat(chunks);
    columns = undefined;
    const key = `${integer(head, "\xa6device")}/${integer(head, "\xaestreamer_index")}`;
    const highest = integer(head, "\xaahighest_id");
    const count = highest - (lastIds.get(key) ?? 0);
    counted += Math.max(0, count);
    lastIds.set(key, highest);
    reply(201, { count });
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
});
