/** Faults on demand: in process and through the control path, from the client's point of view. */
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { createEmulator, type FaultSpec } from "../../src/emulator/mod.ts";
import { type Client, serving } from "./_client.ts";

const USER = "user@example.com";

function set(client: Client, fault: unknown) {
  return client.post("/__emulator__/faults", fault);
}

Deno.test("A status fault affects the next N calls of a path, with Retry-After, and no others", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const made = await set(client, {
      kind: "status",
      status: 503,
      retryAfter: 2,
      path: "org/",
      method: "GET",
      times: 2,
    });
    assertEquals(made.status, 201);
    assertEquals((await user.get("site/")).status, 200);
    assertEquals((await user.post("org/", { name: "Other method" })).status, 201);
    for (let i = 0; i < 2; i++) {
      const { status, headers } = await user.get("org/");
      assertEquals([status, headers.get("retry-after")], [503, "2"]);
    }
    assertEquals((await user.get("org/")).status, 200);
    assertEquals((await client.get("/__emulator__/faults")).body, []);
  }));

Deno.test("A fault affects calls after the given number, and with always until it is removed", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { body } = await set(client, { kind: "status", status: 500, after: 1, times: "always" });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await user.get("org/")).status);
    assertEquals(statuses, [200, 500, 500]);
    const [fault] = (await client.get("/__emulator__/faults")).body;
    assertEquals([fault.id, fault.struck], [body.ids[0], 2]);
    assertEquals((await client.send("DELETE", `/__emulator__/faults/${fault.id}`)).status, 204);
    assertEquals((await user.get("org/")).status, 200);
  }));

Deno.test("A delay fault makes a call wait", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    emulator.faults.add({ kind: "delay", milliseconds: 120 });
    const started = performance.now();
    assertEquals((await user.get("org/")).status, 200);
    assertGreaterOrEqual(performance.now() - started, 100);
  }));

Deno.test("A connection dropped before or during the work changes nothing; after the work, everything is done", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    const names = async () =>
      (await user.get("org/")).body.results.map((row: { name: string }) => row.name);
    for (
      const [phase, stored] of [["before", false], ["during", false], ["after", true]] as const
    ) {
      emulator.faults.add({ kind: "drop", phase, method: "POST", path: "org/" });
      await assertRejects(() => user.post("org/", { name: `Org ${phase}` }), TypeError);
      assertEquals((await names()).includes(`Org ${phase}`), stored, phase);
    }
  }));

Deno.test("A connection dropped in the middle of the response cuts off its body", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    emulator.faults.add({ kind: "drop", phase: "answer" });
    const response = await fetch(`${client.url}/api/v1/org/`, {
      headers: { authorization: user.authorization! },
    });
    assertEquals(response.status, 200);
    await assertRejects(() => response.text());
  }));

Deno.test("In process, a dropped connection rejects the fetch like the network does", async () => {
  await using emulator = await createEmulator();
  emulator.faults.add({ kind: "drop", phase: "before" });
  await assertRejects(() => emulator.fetch("http://emulator/api/v1/server/"), TypeError);
  const response = await emulator.fetch("http://emulator/api/v1/server/");
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

Deno.test("An expired token can be caused for one call, or for all issued tokens", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    emulator.faults.add({ kind: "expired-token" });
    const struck = await user.get("org/");
    assertEquals([struck.status, struck.body.code], [401, "token_not_valid"]);
    assertEquals((await user.get("org/")).status, 200);
    assertEquals((await client.send("POST", "/__emulator__/tokens/expire")).status, 204);
    assertEquals((await user.get("org/")).status, 401);
    assertEquals((await (await client.login(USER)).get("org/")).status, 200);
  }));

Deno.test("Revoked refresh tokens answer that they are blacklisted", () =>
  serving(async (client) => {
    const { body } = await client.post("auth/api-jwt-auth/", {
      username: USER,
      password: "my.pass",
    });
    const revoked = await client.send("POST", "/__emulator__/tokens/revoke");
    assertEquals([revoked.status, revoked.body], [200, { revoked: 1 }]);
    const rejected = await client.post("auth/api-jwt-refresh/", { refresh: body.refresh });
    assertEquals([rejected.status, rejected.body.detail], [401, "Token is blacklisted"]);
  }));

Deno.test("A next fault puts a wrong host into the links of a list", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    emulator.faults.add({ kind: "next", origin: "http://evil.example" });
    const { body } = await user.get("machine/?page_size=1");
    assertEquals(body.next, "http://evil.example/api/v1/machine/?page_size=1&page=2");
    assertEquals(body.results.length, 1);
  }));

Deno.test("A redirect fault sends the client to another origin", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    emulator.faults.add({ kind: "redirect", origin: "http://evil.example", status: 307 });
    const { status, headers } = await user.get("org/?page=1");
    assertEquals([status, headers.get("location")], [
      307,
      "http://evil.example/api/v1/org/?page=1",
    ]);
  }));

Deno.test("A read-only store answers writes with 500 HTML and one log line, reads continue, and nothing is done in part", async () => {
  const lines: string[] = [];
  await serving(async (client, emulator) => {
    const user = await client.login(USER);
    const { body } = await set(client, { kind: "read-only" });
    const rejected = await user.post("org/", { name: "Lost" });
    assertEquals(rejected.status, 500);
    assertStringIncludes(rejected.headers.get("content-type")!, "text/html");
    assertEquals(lines.length, 1);
    assertStringIncludes(lines[0], "readonly");
    assert(!lines[0].includes("\n"));
    assertStringIncludes(emulator.events.requests.at(-1)!.error!, "readonly");
    assertEquals((await user.get("org/")).body.count, 1);
    await client.send("DELETE", `/__emulator__/faults/${body.ids[0]}`);
    assertEquals((await user.post("org/", { name: "Kept" })).status, 201);
    assertEquals(emulator.faults.readOnly, false);
  }, { log: (line) => lines.push(line) });
});

Deno.test("Invalid faults are rejected by name", async () => {
  await using emulator = await createEmulator();
  const bad: [unknown, string][] = [
    [{ kind: "nope" }, '"kind" must be one of'],
    [{ kind: "status", status: 99 }, '"status" must be from 200'],
    [{ kind: "delay", milliseconds: -1 }, '"milliseconds"'],
    [{ kind: "drop", phase: "later" }, '"phase"'],
    [{ kind: "next", origin: "evil" }, '"origin"'],
    [{ kind: "redirect", origin: "http://a/b" }, '"origin"'],
    [{ kind: "delay", milliseconds: 1, times: 0 }, '"times"'],
    [undefined, '"fault"'],
  ];
  for (const [fault, message] of bad) {
    assertThrows(() => emulator.faults.add(fault as FaultSpec), TypeError, message);
  }
  const { url } = await emulator.listen();
  const answer = await fetch(`${url}/__emulator__/faults`, { method: "POST", body: "nonsense" });
  assertEquals(answer.status, 400);
  assertStringIncludes((await answer.json()).error, '"fault" must be an object');
});

Deno.test("The request log has method, path, sizes and part names, and never a secret", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    await user.get("org/?token=abc&page=1");
    await user.upload(new Uint8Array(100), { name: "x.mp" });
    const { body: requests } = await client.get("/__emulator__/requests");
    const text = JSON.stringify(requests);
    for (const secret of ["my.pass", "abc", user.authorization!.slice(4)]) {
      assert(!text.includes(secret), secret);
    }
    const [login, list, upload] = requests;
    assertEquals([login.method, login.path, login.status], ["POST", "/api/v1/auth/login/", 200]);
    assertEquals([list.query, list.account], ["token=...&page=1", USER]);
    assertEquals([upload.parts, upload.status], [["file=x.mp"], 400]);
    assert(upload.requestBytes > 100 && upload.responseBytes > 0);
    await client.send("DELETE", "/__emulator__/requests");
    assertEquals((await client.get("/__emulator__/requests")).body, []);
  }));

Deno.test("Events report requests when they arrive", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const response = await fetch(`${client.url}/__emulator__/events`);
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    await user.get("org/");
    while (!text.includes("\n\nid:") && !/event: request[\s\S]*\n\n/.test(text)) {
      text += (await reader.read()).value;
    }
    assertStringIncludes(text, '"path":"/api/v1/org/"');
    await reader.cancel();
  }));

Deno.test("The control paths reject a page of another origin", () =>
  serving(async (client) => {
    const { status } = await client.send("POST", "/__emulator__/reset", {
      headers: { origin: "http://evil.example" },
    });
    assertEquals(status, 403);
    const own = await client.send("POST", "/__emulator__/reset", {
      headers: { origin: client.url },
    });
    assertEquals(own.status, 204);
  }));

Deno.test("A full disk rejects every write, although its pages have free space, but no read", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    const { body: made } = await user.post("org/", { name: "Soon gone" });
    const fault = emulator.faults.add({ kind: "disk-full" });
    assertEquals((await user.post("org/", { name: "No room" })).status, 500);
    assertEquals((await user.json("PATCH", `org/${made.slug}/`, { about: "No room" })).status, 500);
    assertEquals((await user.get(`org/${made.slug}/`)).body.about, made.about);
    emulator.faults.remove(fault);
    assertEquals((await user.post("org/", { name: "Room" })).status, 201);
  }, { log: () => {} }));

Deno.test("An export that cannot be written answers 400 with the folder and the reason", () =>
  serving(async (client) => {
    const { status, body } = await client.post("/__emulator__/export", { dir: "/dev/null/x" });
    assertEquals(status, 400);
    assertStringIncludes(body.error, 'Cannot export to "/dev/null/x": ENOTDIR');
    assertEquals((await client.post("/__emulator__/export", null)).status, 400);
  }));

Deno.test("A response before the end of the body leaves the connection open until the client has sent all of it", () =>
  serving(async (client, emulator) => {
    emulator.faults.add({ kind: "status", status: 400, path: "streamer/report/" });
    const { hostname, port } = new URL(client.url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const piece = new Uint8Array(2 ** 18);
    const send = async (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    };
    await send(new TextEncoder().encode(
      `POST /api/v1/streamer/report/ HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n` +
        `Content-Type: application/octet-stream\r\nContent-Length: ${16 * piece.length}\r\n\r\n`,
    ));
    await send(piece);
    const buffer = new Uint8Array(65_536);
    const read = await connection.read(buffer);
    assertStringIncludes(new TextDecoder().decode(buffer.subarray(0, read!)), "HTTP/1.1 400");
    for (let sent = 1; sent < 16; sent++) {
      await send(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    while (await connection.read(buffer) !== null) { /* the rest of the answer, then its end */ }
  }));
