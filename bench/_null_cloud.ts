/**
 * A cloud that counts at once and stores nothing but `last_id` of each streamer, in a process of its own:
 * `_null_cloud.ts`, prints its address. `GET /counted` says how many readings it has counted.
 */
import { Buffer } from "node:buffer";
import http from "node:http";

/** So much of a request is kept: the head of its report is in there. */
const HEAD_BYTES = 1200;

const lastIds = new Map<string, number>();
let counted = 0;

/** An unsigned integer of msgpack behind a key. */
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

const server = http.createServer((request, response) => {
  const reply = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") {
    request.resume();
    const path = request.url!;
    if (path === "/counted") return reply(200, { counted });
    // The data of this cloud cannot be read: a gateway does without.
    if (path.includes("/data/")) return reply(501, { detail: "not here" });
    const slug = path.split("?")[0]!.split("/").filter((part) => part !== "").at(-1)!;
    return reply(200, { last_id: lastIds.get(keyOf(slug)) ?? 0 });
  }
  let head: Buffer = Buffer.alloc(0);
  request.on("data", (chunk: Buffer) => {
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)]);
  });
  request.on("end", () => {
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
