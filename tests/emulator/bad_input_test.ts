/** Bad input gets the right status, and one log line if the emulator failed; the emulator continues to serve. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { withFolder } from "../_folder.ts";
import golden from "../golden/slugs.json" with { type: "json" };
import { ids, reportOf } from "./_report.ts";
import { type Client, serving } from "./_client.ts";

const USER = "user@example.com";
const UPLOAD = "streamer/report/?timestamp=2026-01-01T00:00:00Z";

async function stillServes(client: Client): Promise<void> {
  assertEquals((await client.get("org/")).status, 200);
}

Deno.test("A body above the limit answers 413, announced or not, and the connection stays in order", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const body = new Uint8Array(200_000);
    const headers = { "content-type": "application/json" };
    const announced = await user.send("POST", "org/", { body: new Blob([body]), headers });
    assertEquals(announced.status, 413);
    const chunked = await user.send("POST", "org/", {
      body: new Blob([body]).stream(),
      headers,
    });
    assertEquals(chunked.status, 413);
    assertEquals((await user.upload(body)).status, 413);
    await stillServes(user);
  }, { maxBodyBytes: 100_000 }));

Deno.test("A malformed multipart body answers 400", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const part = 'Content-Disposition: form-data; name="file"; filename="a.mp"';
    const bodies: [string, string][] = [
      ["multipart/form-data", "--x\r\n"],
      ["multipart/form-data; boundary=", "--x\r\n"],
      ["multipart/form-data; boundary=x", ""],
      ["multipart/form-data; boundary=x", "no boundary at all"],
      ["multipart/form-data; boundary=x", `--x\r\n${part}\r\n\r\nnever closed`],
      ["multipart/form-data; boundary=x", `--x\r\n${part}`],
      ["multipart/form-data; boundary=x", `--x\r\nContent-Type: text/plain\r\n\r\nx\r\n--x--`],
      ["multipart/form-data; boundary=x", `--x${part}\r\n\r\nx\r\n--x--`],
      ["multipart/form-data; boundary=x", `--x\r\n${"a".repeat(20_000)}\r\n\r\nx\r\n--x--`],
    ];
    for (const [type, body] of bodies) {
      const answer = await user.send("POST", UPLOAD, { body, headers: { "content-type": type } });
      assertEquals(answer.status, 400, body);
      assertMatch(answer.body.detail ?? answer.body.error, /Multipart form parse error|missing/);
    }
    await stillServes(user);
  }));

Deno.test("A multipart body with a preamble, extra fields and odd names is read", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const report = reportOf(ids(1, 3));
    const head = new TextEncoder().encode(
      "preamble\r\n--a b\r\nContent-Disposition: form-data; name=note\r\n\r\n\r\n" +
        "--a b\r\ncontent-disposition: form-data; name=\"file\"; filename*=utf-8''r%C3%A9port.mp\r\n" +
        "Content-Type: application/octet-stream\r\n\r\n",
    );
    const tail = new TextEncoder().encode("\r\n--a b--\r\nepilogue");
    const answer = await user.send("POST", UPLOAD, {
      body: new Blob([head, report as Uint8Array<ArrayBuffer>, tail]),
      headers: { "content-type": 'multipart/form-data; boundary="a b"' },
    });
    assertEquals([answer.status, answer.body], [201, { count: 3 }]);
  }));

Deno.test("JSON of depth 10,000, cut off, not UTF-8, or invalid answers 400", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const headers = { "content-type": "application/json" };
    const deep = `{"name":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
    const bodies = [deep, deep.slice(0, 5000), "{", "nope", new Uint8Array([0x22, 0xff, 0x22])];
    for (const body of bodies) {
      const answer = await user.send("POST", "org/", { body: new Blob([body]), headers });
      assertEquals(answer.status, 400);
      assertMatch(answer.body.detail, /^JSON parse error/);
    }
    await stillServes(user);
  }));

const NASTY = [
  "'; DROP TABLE org; --",
  '" OR 1=1 --',
  "../../../etc/passwd",
  "..%2f..%2f",
  "%00",
  "\\",
  "a\u0000b",
  "\ud800",
  "$(reboot)",
  "{{7*7}}",
  "<script>alert(1)</script>",
  "\u202e",
  "%",
  "_",
];

Deno.test("SQL and path characters in every field are text, stored as they are or rejected", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (const text of NASTY) {
      for (
        const [path, body] of [
          ["org/", { name: text, about: text }],
          ["site/", { name: text, org: "acme", about: text }],
          ["site/", { name: "x", org: text }],
          ["machine/", { label: text, brand: text, model: text, line: "pl--1" }],
          ["machine/", { line: text }],
          ["stream/", { device: text, variable: text }],
          ["data/", { stream: text, timestamp: text, value: text }],
          ["auth/login/", { email: text, password: text }],
          ["auth/api-jwt-refresh/", { refresh: text }],
        ] as const
      ) {
        const { status, body: answer } = await user.post(path, body);
        assert(status === 201 || (status >= 400 && status < 500), `${path} ${text}: ${status}`);
        if (status === 201 && "about" in body) assertEquals(answer.about, text.trim());
      }
    }
    assertEquals((await user.get("org/acme/")).status, 200);
  }));

Deno.test("SQL and path characters in paths, filters and headers find nothing and break nothing", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (const text of NASTY) {
      const encoded = encodeURIComponent(text.toWellFormed());
      for (const kind of ["org", "site", "device", "stream", "streamer", "machine", "account"]) {
        const { status } = await user.get(`${kind}/${encoded}/`);
        assert(status === 404 || status === 400, `${kind} ${text}: ${status}`);
      }
      for (
        const filter of ["data/?filter", "device/?parent", "device/?external_id", "area/?site"]
      ) {
        const { status, body } = await user.get(`${filter}=${encoded}`);
        assertEquals([status, body.count], [200, 0], `${filter} ${text}`);
      }
      assertEquals((await client.as(`token ${encoded}`).get("org/")).status, 401);
    }
    await stillServes(user);
  }));

Deno.test("Slugs that the golden cases reject match no row in paths, filters and bodies", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const resources: Record<string, string> = {
      ArchFxDeviceSlug: "device",
      ArchFxParentSlug: "line",
      ArchFxStreamSlug: "stream",
    };
    let checked = 0;
    for (const { fn, args, kwargs, ok } of golden.cases as GoldenCase[]) {
      const [text] = args ?? [];
      const resource = resources[fn];
      if (ok || kwargs || !resource || typeof text !== "string" || /^\.{0,2}$/.test(text)) continue;
      const encoded = encodeURIComponent(text.toWellFormed());
      assertEquals((await user.get(`${resource}/${encoded}/`)).status, 404, text);
      const [path, body] = {
        device: ["stream/", { device: text, variable: "5051" }],
        line: ["machine/", { line: text }],
        stream: ["data/", { stream: text, timestamp: "2026-01-01T00:00:00Z", value: 1 }],
      }[resource] as [string, unknown];
      assertEquals((await user.post(path, body)).status, 400, text);
      checked++;
    }
    assert(checked > 50, `only ${checked} rejections were checked`);
    await stillServes(user);
  }));

interface GoldenCase {
  readonly fn: string;
  readonly args?: readonly unknown[];
  readonly kwargs?: unknown;
  readonly ok?: boolean;
}

Deno.test("A full disk answers 500 HTML and one log line, stores nothing of the report, and continues", async () => {
  await withFolder(async (dir) => {
    for (const db of [":memory:", `${dir}/store.sqlite`]) {
      const lines: string[] = [];
      await serving(async (client, emulator) => {
        const user = await client.login(USER);
        assertEquals((await user.upload(reportOf(ids(1, 10)))).status, 201);
        const fault = emulator.faults.add({ kind: "disk-full" });
        const full = await user.upload(reportOf(ids(1, 20_000)));
        assertEquals(full.status, 500);
        assertEquals(lines.length, 1);
        assertStringIncludes(lines[0], "full");
        assertEquals((await user.get("data/?filter=d--1")).body.count, 10);
        emulator.faults.remove(fault);
        assertEquals((await user.upload(reportOf(ids(1, 20_000)))).body, { count: 19_990 });
      }, { db, log: (line) => lines.push(line) });
    }
  });
});

Deno.test("An invalid request is answered with 400, and a path that is not percent-encoded 404", () =>
  serving(async (client) => {
    const { hostname, port } = new URL(client.url);
    for (
      const [head, status] of [["GET / HTTP/1.1\r\nHost: 127.0.0.1:99999", 400], [
        `GET /api/v1/device/%zz/ HTTP/1.1\r\nHost: ${hostname}`,
        401,
      ], ["nonsense", 400]] as const
    ) {
      const connection = await Deno.connect({ hostname, port: Number(port) });
      await connection.write(new TextEncoder().encode(`${head}\r\n\r\n`));
      const answer = new Uint8Array(200);
      const length = await connection.read(answer);
      const text = new TextDecoder().decode(answer.subarray(0, length ?? 0));
      assertStringIncludes(text, `HTTP/1.1 ${status}`, head);
      connection.close();
    }
    const user = await client.login(USER);
    assertEquals((await user.get("device/%zz/")).status, 404);
  }));

Deno.test("A client that goes away, while it waits or in the middle of an answer, does not affect other clients", async () => {
  const lines: string[] = [];
  await serving(async (client, emulator) => {
    const user = await client.login(USER);
    await user.upload(reportOf(ids(1, 30_000)));
    emulator.faults.add({ kind: "delay", milliseconds: 50 });
    const paths = ["org/", "data/?filter=d--1&format=csv", "data/?filter=d--1&page_size=10000"];
    for (const path of paths) {
      const stop = new AbortController();
      const asked = user.send("GET", path, { signal: stop.signal });
      setTimeout(() => stop.abort(), 20);
      await asked.catch((error) => assertEquals(error.name, "AbortError"));
    }
    const events = await fetch(`${client.url}/__emulator__/events`);
    await events.body!.cancel();
    await stillServes(user);
    assertEquals(lines, []);
  }, { log: (line) => lines.push(line) });
});

Deno.test("A body that ends before its Content-Length stores nothing", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { hostname, port } = new URL(client.url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `POST /api/v1/org/ HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ` +
      `${user.authorization}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head + '{"name":"Half"}'));
    connection.close();
    assertEquals((await user.get("org/")).body.count, 1);
    await stillServes(user);
  }));
