/** "Ground rules" and "Error bodies" of the description of the API, row by row. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { serving } from "./_client.ts";

const USER = "user@example.com";

Deno.test("Ground rule: without its last slash a path answers 301 to the slashed one, with its query", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (const method of ["GET", "POST"]) {
      const { status, headers } = await user.send(method, "org?page=1");
      assertEquals([status, headers.get("location")], [301, "/api/v1/org/?page=1"]);
    }
    // Like in Django, a POST that follows the redirect arrives as a GET.
    const followed = await user.send("POST", "org", {
      redirect: "follow",
      body: JSON.stringify({ name: "Lost" }),
      headers: { "content-type": "application/json" },
    });
    assertEquals([followed.status, followed.body.count], [200, 1]);
  }));

Deno.test("Ground rule: an unknown path answers 404 with an HTML body", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (const path of ["nope/", "nope", "org/acme/nope/", "/elsewhere"]) {
      const { status, headers, body } = await user.get(path);
      assertEquals(status, 404, path);
      assertMatch(headers.get("content-type")!, /^text\/html/);
      assertStringIncludes(body, "<h1>Not Found</h1>");
    }
  }));

Deno.test("Ground rule: unknown query keys are ignored", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals((await user.get("site/?colour=red")).body.count, 2);
  }));

Deno.test("Ground rule: a list has count, next, previous and results, with absolute links", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const first = (await user.get("machine/?page_size=3&org=acme")).body;
    assertEquals(Object.keys(first), ["count", "next", "previous", "results"]);
    assertEquals([first.count, first.results.length, first.previous], [8, 3, null]);
    assertEquals(first.next, `${client.url}/api/v1/machine/?page_size=3&org=acme&page=2`);
    const second = (await user.get(first.next.slice(client.url.length))).body;
    assertEquals(second.previous, `${client.url}/api/v1/machine/?page_size=3&org=acme`);
    const last = (await user.get("machine/?page_size=3&page=last")).body;
    assertEquals([last.results.length, last.next], [2, null]);
  }));

Deno.test("Ground rule: a page that is out of range or not a number answers 404 Invalid page.", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (const page of ["0", "2", "-1", "x", "1.5", ""]) {
      const { status, body } = await user.get(`org/?page=${page}`);
      assertEquals([status, body], [404, { detail: "Invalid page." }], page);
    }
    // An empty list has a first page.
    assertEquals((await user.get("streamer/?page=1")).status, 200);
  }));

Deno.test("Ground rule: page sizes are 100 of at most 1000; device 1000 of 10000; a bad one is ignored", async () => {
  const sites = Array.from({ length: 1005 }, (_, i) => ({ name: `Site ${i}`, org: "many" }));
  const devices = Array.from({ length: 1001 }, (_, i) => ({ id: i + 1, parent: "ps--1" }));
  await serving(async (client) => {
    const user = await client.login(USER);
    const length = async (path: string) => (await user.get(path)).body.results.length;
    assertEquals(await length("site/"), 100);
    assertEquals(await length("site/?page_size=9999"), 1000);
    for (const bad of ["0", "-5", "x", "1e3"]) {
      assertEquals(await length(`site/?page_size=${bad}`), 100, bad);
    }
    assertEquals(await length("device/"), 1000);
    assertEquals(await length("device/?page_size=9999"), 1001);
  }, {
    seed: {
      accounts: [{ email: USER, password: "my.pass" }],
      orgs: [{ name: "Many", members: { [USER]: "admin" } }],
      sites,
      devices,
    },
  });
});

Deno.test("Ground rule: POST answers 201 with the object, PUT and PATCH 200 with it, DELETE 204 with no body", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const made = await user.post("site/", { name: "New", org: "acme" });
    assertEquals([made.status, made.body.name], [201, "New"]);
    for (const method of ["PUT", "PATCH"]) {
      const changed = await user.json(method, `site/${made.body.slug}/`, { name: method });
      assertEquals([changed.status, changed.body.name], [200, method]);
    }
    const gone = await user.send("DELETE", `site/${made.body.slug}/`);
    assertEquals([gone.status, gone.body], [204, ""]);
    assertEquals((await user.get(`site/${made.body.slug}/`)).status, 404);
  }));

Deno.test("Ground rule: times are ISO 8601 in UTC with Z, with microseconds if not zero", async () => {
  let now = Date.UTC(2026, 0, 2, 3, 4, 5);
  await serving(async (client) => {
    const user = await client.login(USER);
    const whole = await user.post("org/", { name: "Whole" });
    assertEquals(whole.body.created_on, "2026-01-02T03:04:05Z");
    now += 0.25;
    const parts = await user.post("org/", { name: "Parts" });
    assertEquals(parts.body.created_on, "2026-01-02T03:04:05.000250Z");
  }, { now: () => now });
});

Deno.test("Ground rule: short slugs are written out on lookup", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const full = "d--0000-0000-0000-0001";
    for (const short of ["d--1", "d--0000-0001", "d--0001", full, "D--1".toLowerCase()]) {
      assertEquals((await user.get(`device/${short}/`)).body.slug, full, short);
    }
    assertEquals((await user.get("site/ps--1/")).body.slug, "ps--0000-0001");
    assertEquals((await user.get("line/pl--1/")).body.slug, "pl--0000-0001");
    assertEquals((await user.get("area/pa--1/")).body.slug, "pa--0000-0001");
    assertEquals((await user.get("machine/d--1-0000-0001/")).body.slug, "d--0000-0001-0000-0001");
    // The prefix is part of a slug.
    assertEquals((await user.get("site/pl--1/")).status, 404);
  }));

Deno.test("Ground rule: rows of another organisation answer 404 (org) or 403 (device), and lists leave them out", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const org = await user.get("org/globex/");
    assertEquals([org.status, org.body], [404, { detail: "Not found." }]);
    const device = await user.get("device/d--30/");
    assertEquals([device.status, device.body], [403, {
      detail: "You do not have permission to perform this action.",
    }]);
    const slugs = (await user.get("site/")).body.results.map((row: { slug: string }) => row.slug);
    assertEquals(slugs, ["ps--0000-0001", "ps--0000-0002"]);
  }));

Deno.test("Ground rule: staff sees all with ?staff=1", () =>
  serving(async (client) => {
    const staff = await client.login("staff@example.com");
    assertEquals((await staff.get("org/")).body.count, 0);
    assertEquals((await staff.get("org/?staff=1")).body.count, 2);
    assertEquals((await staff.get("device/d--30/?staff=1")).status, 200);
    const user = await client.login(USER);
    assertEquals((await user.get("org/?staff=1")).body.count, 1);
  }));

Deno.test("Error body {detail}: 401, 403, 404, 405, 415 and 400 for invalid JSON", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const json = { "content-type": "application/json" };
    const cases = [
      [await client.get("org/"), 401, "Authentication credentials were not provided."],
      [await user.get("org/nope/"), 404, "Not found."],
      [await user.json("PUT", "org/", {}), 405, 'Method "PUT" not allowed.'],
      [
        await user.send("POST", "org/", { body: "x", headers: { "content-type": "text/plain" } }),
        415,
        'Unsupported media type "text/plain" in request.',
      ],
    ] as const;
    for (const [answer, status, detail] of cases) {
      assertEquals([answer.status, answer.body], [status, { detail }]);
    }
    const broken = await user.send("POST", "org/", { body: "{", headers: json });
    assertEquals(broken.status, 400);
    assertMatch(broken.body.detail, /^JSON parse error - /);
    // 401 comes before 405 and 415, because the framework authenticates first.
    assertEquals((await client.json("PUT", "org/", {})).status, 401);
    assertEquals(
      (await user.json("PUT", "org/", {})).headers.get("allow"),
      "GET, POST, HEAD, OPTIONS",
    );
  }));

Deno.test("Error body {detail}: 429 with Retry-After, from a fault", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    emulator.faults.add({ kind: "status", status: 429, retryAfter: 7, path: "org/" });
    const { status, body, headers } = await user.get("org/");
    assertEquals([status, headers.get("retry-after"), body], [429, "7", {
      detail: "Request was throttled. Expected available in 7 seconds.",
    }]);
    assertEquals((await user.get("org/")).status, 200);
  }));

Deno.test("Error body {field}: required, blank, unknown relations, and non_field_errors for the rest", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const cases: [unknown, unknown][] = [
      [{}, { name: ["This field is required."], org: ["This field is required."] }],
      [{ name: " ", org: "acme" }, { name: ["This field may not be blank."] }],
      [{ name: null, org: "acme" }, { name: ["This field may not be null."] }],
      [{ name: "x", org: "nope" }, { org: ["Object with slug=nope does not exist."] }],
      // A record of another organisation looks the same as one that does not exist.
      [{ name: "x", org: "globex" }, { org: ["Object with slug=globex does not exist."] }],
      [{ name: {}, org: "acme" }, { name: ["Not a valid string."] }],
      [{ name: "\u0000", org: "acme" }, { name: ["Null characters are not allowed."] }],
      [[], { non_field_errors: ["Invalid data. Expected a dictionary, but got list."] }],
      ["x", { non_field_errors: ["Invalid data. Expected a dictionary, but got str."] }],
    ];
    for (const [sent, expected] of cases) {
      const { status, body } = await user.post("site/", sent);
      assertEquals([status, body], [400, expected]);
    }
  }));

Deno.test("Error body [text]: a duplicate slug, a report id that is not a UUID, lastn", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const duplicate = await user.post("org/", { name: "ACME!" });
    assertEquals([duplicate.status, duplicate.body], [400, [
      "Organization with this Name produces duplicate slug.",
    ]]);
    const uuid = await user.get("streamer/report/17/");
    assertEquals([uuid.status, uuid.body], [400, ["Streamer Report ID must be a UUID"]]);
    const lastn = await user.get("data/?filter=d--1&lastn=0");
    assertEquals([lastn.status, lastn.body], [400, ["lastn must be greater than 0"]]);
  }));

Deno.test("Error body {error}: a custom error, for a device that is to be deleted", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { status, body } = await user.send("DELETE", "device/d--1/");
    assertEquals([status, body], [403, { error: "Restricted Access. Contact Arch" }]);
  }));

Deno.test('Error body "..." (a JSON string): rejected login and user-info', () =>
  serving(async (client) => {
    const rejected = { email: USER, password: "wrong" };
    const wrong = await client.post("auth/login/", rejected);
    assertEquals([wrong.status, wrong.body], [401, "Username/password combination invalid."]);
    const user = await client.login(USER);
    const twice = await user.post("auth/login/", rejected);
    assertEquals([twice.status, twice.body], [403, "Already Logged-in"]);
    const nobody = await client.get("auth/user-info/");
    assertEquals([nobody.status, nobody.body], [403, "User not recognized."]);
    for (const { headers } of [wrong, twice, nobody]) {
      assertMatch(headers.get("content-type")!, /^application\/json/);
    }
  }));

Deno.test("Error body HTML: from the proxy (502, 503, 504), from a fault", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    for (const status of [502, 503, 504]) {
      emulator.faults.add({ kind: "status", status });
      const answer = await user.get("org/");
      assertEquals(answer.status, status);
      assertMatch(answer.headers.get("content-type")!, /^text\/html/);
    }
  }));

Deno.test("HEAD answers as GET without a body, OPTIONS the methods", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const head = await user.send("HEAD", "org/");
    assertEquals([head.status, head.body], [200, ""]);
    const options = await user.send("OPTIONS", "org/");
    assertEquals(options.status, 200);
    assert(options.headers.get("allow")!.includes("POST"));
  }));
