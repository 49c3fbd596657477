/** "streamer" and "streamer/report" among the objects of the description of the API. */
import { assertEquals, assertMatch } from "@std/assert";
import { type Answer, type Client, serving } from "./_client.ts";
import { ids, reportOf } from "./_report.ts";

const USER = "user@example.com";
const FIRST = "t--0000-0000-0000-0001--0100";
const SECOND = "t--0000-0000-0000-0002--0101";

/** Runs a test with one report of each of two streamers, sent a day apart. */
function withStreamers(test: (user: Client, client: Client) => Promise<void>): Promise<void> {
  return serving(async (client) => {
    const user = await client.login(USER);
    const first = reportOf(ids(1, 3), { device: "d--1", streamer: 0x100 });
    const second = reportOf(ids(1, 5), { device: "d--2", streamer: 0x101 });
    for (
      const [bytes, timestamp] of [[first, "2026-01-02T03:04:05Z"], [second, "2026-01-03"]] as const
    ) {
      assertEquals((await user.upload(bytes, { timestamp })).status, 201);
    }
    await test(user, client);
  });
}

async function namesOf(user: Client, path: string, name = "slug"): Promise<unknown[]> {
  const { status, body } = await user.get(path);
  assertEquals(status, 200, path);
  return body.results.map((row: Record<string, unknown>) => row[name]);
}

Deno.test("streamer: its fields; looked up by its slug, 404 for one that has sent nothing", () =>
  withStreamers(async (user) => {
    assertEquals((await user.get("streamer/t--1--100/")).body, {
      id: 1,
      slug: FIRST,
      device: "d--0000-0000-0000-0001",
      process_engine_ver: 0,
      index: 0x100,
      last_id: 3,
      last_reboot_ts: null,
      is_system: false,
      selector: 0xffff,
    });
    assertEquals((await user.get("streamer/t--1--1/")).status, 404);
  }));

Deno.test("streamer: ?device=, ?selector=", () =>
  withStreamers(async (user, client) => {
    assertEquals(await namesOf(user, "streamer/"), [FIRST, SECOND]);
    for (const device of ["d--2", "d--0000-0000-0000-0002"]) {
      assertEquals(await namesOf(user, `streamer/?device=${device}`), [SECOND]);
    }
    assertEquals(await namesOf(user, "streamer/?device=d--3"), []);
    const staff = await client.login("staff@example.com");
    await staff.json("PATCH", `streamer/${SECOND}/?staff=1`, { selector: 7 });
    assertEquals(await namesOf(user, "streamer/?selector=7"), [SECOND]);
    assertEquals(await namesOf(user, "streamer/?selector=65535"), [FIRST]);
    for (const none of ["8", "x", "-7"]) {
      assertEquals(await namesOf(user, `streamer/?selector=${none}`), [], none);
    }
  }));

Deno.test("streamer: writes are 403 except for staff", () =>
  withStreamers(async (user, client) => {
    const path = `streamer/${FIRST}/`;
    const staff = await client.login("staff@example.com");
    const writes = (who: Client, query = ""): Promise<Answer>[] => [
      who.json("PATCH", path + query, { selector: 7, slug: "t--9--9" }),
      who.json("PUT", path + query, { last_id: 2, device: "d--9" }),
    ];
    for (const { status, body } of await Promise.all([...writes(user), ...writes(staff)])) {
      assertEquals([status, body], [403, {
        detail: "You do not have permission to perform this action.",
      }]);
    }
    assertEquals((await user.send("DELETE", path)).status, 403);
    assertEquals((await user.post("streamer/", { device: "d--1", index: 5 })).status, 403);
    for (const { status } of await Promise.all(writes(staff, "?staff=1"))) {
      assertEquals(status, 200);
    }
    // The fields that identify a streamer do not change.
    const { slug, device, selector, last_id } = (await user.get(path)).body;
    assertEquals([slug, device, selector, last_id], [FIRST, "d--0000-0000-0000-0001", 7, 2]);
    // The mark was set back: id 3 is new again.
    assertEquals((await user.upload(reportOf(ids(1, 3), { streamer: 0x100 }))).body, { count: 1 });
    assertEquals((await staff.send("DELETE", `${path}?staff=1`)).status, 204);
    assertEquals(await namesOf(user, "streamer/"), [SECOND]);
  }));

Deno.test("streamer: streamer/<slug>/report/ = bare list", () =>
  withStreamers(async (user) => {
    const { status, body } = await user.get(`streamer/${SECOND}/report/`);
    assertEquals([status, Array.isArray(body), body.length], [200, true, 1]);
    assertEquals([body[0].streamer, body[0].actual_last_id], [SECOND, 5]);
  }));

Deno.test("streamer/report: its fields; only uploads write it", () =>
  withStreamers(async (user) => {
    const [first] = (await user.get(`streamer/report/?streamer__slug=${FIRST}`)).body.results;
    const { id, created_on, ...rest } = first;
    assertMatch(id, /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    assertMatch(created_on, /^\d{4}-\d\d-\d\dT.*Z$/);
    assertEquals(rest, {
      original_first_id: 1,
      original_last_id: 3,
      actual_first_id: 1,
      actual_last_id: 3,
      streamer: FIRST,
      sent_timestamp: "2026-01-02T03:04:05Z",
      device_sent_timestamp: "2026-01-01T00:00:00+00:00",
      incremental_id: 1,
      time_epsilon: 1,
      created_by: "user",
    });
    assertEquals((await user.get(`streamer/report/${id}/`)).body, first);
    assertEquals((await user.json("PATCH", `streamer/report/${id}/`, {})).status, 403);
    assertEquals((await user.send("DELETE", `streamer/report/${id}/`)).status, 403);
    assertEquals((await user.post("streampages/", {})).status, 403);
  }));

Deno.test("streamer/report: ?streamer__slug= &start= &end=", () =>
  withStreamers(async (user) => {
    const found = (query: string) => namesOf(user, `streamer/report/?${query}`, "streamer");
    assertEquals((await found("")).toSorted(), [FIRST, SECOND]);
    assertEquals(await found("streamer__slug=t--2--101"), [SECOND]);
    // `start` is included, `end` is not.
    assertEquals(await found("start=2026-01-02T03:04:05Z&end=2026-01-03T00:00:00Z"), [FIRST]);
    assertEquals(await found("start=2026-01-02T03:04:05.000001Z"), [SECOND]);
    assertEquals(await found(`streamer__slug=${FIRST}&start=2026-01-03T00:00:00Z`), []);
    for (const name of ["start", "end"]) {
      const { status, body } = await user.get(`streamer/report/?${name}=yesterday`);
      assertEquals([status, body], [400, { [name]: ["Enter a valid date/time."] }]);
    }
  }));

Deno.test("streamer/report: id not a UUID: 400 list; an unknown one: 404", () =>
  withStreamers(async (user) => {
    for (const id of ["17", "x", "61c7544e-e3ac-4873-9673"]) {
      const { status, body } = await user.get(`streamer/report/${id}/`);
      assertEquals([status, body], [400, ["Streamer Report ID must be a UUID"]], id);
    }
    const none = await user.get(`streamer/report/${crypto.randomUUID()}/`);
    assertEquals([none.status, none.body], [404, { detail: "Not found." }]);
  }));
