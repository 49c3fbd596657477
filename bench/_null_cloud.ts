/** A cloud that counts at once and stores nothing, in a process of its own: `_null_cloud.ts`, prints its address. */
import { Buffer } from "node:buffer";
import http from "node:http";

let lastId = 0;
const server = http.createServer((request, response) => {
  const reply = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") {
    request.resume();
    // The data of this cloud cannot be read: a gateway does without.
    if (request.url!.includes("/data/")) return reply(501, { detail: "not here" });
    return reply(200, { last_id: lastId });
  }
  const chunks: Uint8Array[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const head = Buffer.concat(chunks.slice(0, 3)).subarray(0, 1200).toString("latin1");
    // The highest id, as msgpack has it behind its name.
    const at = head.indexOf("highest_id") + 10;
    const byte = (i: number) => head.charCodeAt(at + i);
    const kind = byte(0);
    if (kind < 128) lastId = kind;
    else {
      const width = kind === 0xcc ? 1 : kind === 0xcd ? 2 : 4;
      lastId = 0;
      for (let i = 1; i <= width; i++) lastId = lastId * 256 + byte(i);
    }
    reply(201, { count: 1 });
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
});
