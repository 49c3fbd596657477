/** "Objects" of the description of the API: each resource's fields, filters and actions. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Client, serving } from "./_client.ts";

const USER = "user@example.com";

async function keysOf(client: Client, path: string): Promise<string[]> {
  return Object.keys((await client.get(path)).body);
}

async function slugsOf(client: Client, path: string): Promise<string[]> {
  return (await client.get(path)).body.results.map((row: { slug: string }) => row.slug);
}

Deno.test("account: its fields, and one's own row only", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals(await keysOf(user, "account/user/"), [
      ...["id", "email", "username", "created_at", "updated_at", "name", "tagline", "avatar"],
      ...["slug", "is_staff"],
    ]);
    assertEquals(await slugsOf(user, "account/"), ["user"]);
    assertEquals((await user.get("account/staff/")).status, 404);
    const { avatar } = (await user.get("account/user/")).body;
    assertEquals(Object.keys(avatar), ["tiny", "thumbnail", "medium"]);
    const changed = await user.json("PATCH", "account/user/", { tagline: "Hello", email: "x@y.z" });
    assertEquals([changed.body.tagline, changed.body.email], ["Hello", USER]);
  }));

Deno.test("org: its fields, looked up by slug; POST needs a name that is unique and at most 50 long", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals(await keysOf(user, "org/acme/"), [
      ...["id", "name", "slug", "ot", "about", "created_on", "created_by", "avatar"],
      "domain_names",
    ]);
    const made = await user.post("org/", { name: "My new Org" });
    assertEquals([made.status, made.body.slug, made.body.created_by], [201, "my-new-org", "user"]);
    assertMatch(made.body.id, /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    const again = await user.post("org/", { name: "My new Org" });
    assertEquals([again.status, again.body], [400, {
      name: ["Organization with this Company Name already exists."],
    }]);
    const long = await user.post("org/", { name: "x".repeat(51) });
    assertEquals(long.body, { name: ["Ensure this field has no more than 50 characters."] });
    assertEquals((await user.post("org/", {})).body, { name: ["This field is required."] });
  }));

Deno.test("org: members/ for admins, extra/ with counts and current_member, devices/", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const members = (await user.get("org/acme/members/")).body;
    assertEquals(
      members.results.map((row: { user: string; role: string }) => [row.user, row.role]),
      [["operator", "m1"], ["user", "a1"]],
    );
    const operator = await client.login("operator@example.com");
    assertEquals((await operator.get("org/acme/members/")).status, 403);
    const extra = (await user.get("org/acme/extra/")).body;
    assertEquals([extra.counts.sites, extra.counts.devices, extra.counts.members], [2, 18, 2]);
    assertEquals(extra.current_member.user, "user");
    assertEquals((await user.get("org/acme/devices/")).body.count, 17);
  }));

Deno.test("site: its fields; ?org= and ?org__slug=, 404 for an unknown organisation", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const site = (await user.get("site/ps--0000-0001/")).body;
    assertEquals([site.id, site.slug, site.gid, site.org], [
      "ps--0000-0001",
      "ps--0000-0001",
      "0000-0001",
      "acme",
    ]);
    for (const name of ["org", "org__slug"]) {
      assertEquals((await user.get(`site/?${name}=acme`)).body.count, 2);
      const unknown = await user.get(`site/?${name}=nope`);
      assertEquals([unknown.status, unknown.body], [404, { detail: "Not found." }]);
    }
  }));

Deno.test("area: its fields; ?site= and ?org=; its organisation is that of its site", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals(await slugsOf(user, "area/?site=ps--0000-0001"), [
      "pa--0000-0001",
      "pa--0000-0002",
    ]);
    const made = await user.post("area/", { name: "New", site: "ps--2", area_type: "building" });
    assertEquals(
      [made.status, made.body.site, made.body.org, made.body.area_type],
      [201, "ps--0000-0002", "acme", "building"],
    );
    assertEquals((await user.post("area/", { name: "New" })).body, {
      site: ["This field is required."],
    });
  }));

Deno.test("line: its fields; ?area=, ?site= and ?org=; always of a site, with or without an area of it", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals(await slugsOf(user, "line/?area=pa--1"), ["pl--0000-0001", "pl--0000-0002"]);
    assertEquals((await user.get("line/?site=ps--1")).body.count, 3);
    assertEquals((await user.get("line/pl--3/")).body.area, null);
    const inArea = await user.post("line/", { name: "New", area: "pa--3" });
    assertEquals([inArea.status, inArea.body.site], [201, "ps--0000-0002"]);
    const apart = await user.post("line/", { name: "New", site: "ps--1", area: "pa--3" });
    assertEquals(apart.status, 400);
    assertEquals((await user.post("line/", { name: "New" })).body, {
      site: ["This field is required."],
    });
  }));

Deno.test("machine: brand, model, serial_number, asset_number; line, area, site and org follow from its place", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const made = await user.post("machine/", {
      label: "Oven",
      brand: "Heller",
      model: "1936",
      serial_number: "1",
      asset_number: "2",
      line: "pl--1",
    });
    assertEquals(made.status, 201);
    const { slug, brand, parent, line, area, site, org } = made.body;
    assertEquals([slug, brand], ["d--0000-0001-0000-0009", "Heller"]);
    assertEquals([parent, line, area, site, org], [
      "pl--0000-0001",
      "pl--0000-0001",
      "pa--0000-0001",
      "ps--0000-0001",
      "acme",
    ]);
    assertEquals((await user.get("machine/?line=pl--1")).body.count, 4);
    assertEquals((await user.get("machine/?serial_number=1")).body.count, 1);
    assertEquals((await user.post("machine/", {})).body, { org: ["This field is required."] });
  }));

Deno.test("A line, an area or a site that moves takes its content along", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    await user.json("PATCH", "line/pl--1/", { area: "pa--3", site: "ps--2" });
    const machine = (await user.get("machine/d--0000-0001-0000-0001/")).body;
    assertEquals([machine.line, machine.area, machine.site], [
      "pl--0000-0001",
      "pa--0000-0003",
      "ps--0000-0002",
    ]);
    await user.json("PATCH", "area/pa--3/", { site: "ps--1" });
    assertEquals((await user.get("line/pl--1/")).body.site, "ps--0000-0001");
    const { body: org } = await user.post("org/", { name: "New" });
    // Not to an organisation without the admin role.
    assertEquals((await user.json("PATCH", "site/ps--1/", { org: "globex" })).status, 400);
    assertEquals((await user.json("PATCH", "site/ps--1/", { org: org.slug })).status, 200);
    for (const path of ["area/pa--3/", "line/pl--1/", "device/d--1/", "machine/d--1-0000-0001/"]) {
      assertEquals((await user.get(path)).body.org, "new", path);
    }
    // A machine belongs to the organisation of its place, even if a body names another.
    const kept = await user.json("PATCH", "machine/d--1-0000-0001/", { org: "acme", label: "x" });
    assertEquals([kept.body.org, kept.body.label], ["new", "x"]);
  }));

Deno.test("Beyond: machine/<slug>/devices/, a nested list, comes in the list envelope", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { body } = await user.get("machine/d--0000-0001-0000-0001/devices/");
    assertEquals(body.results.map((row: { slug: string }) => row.slug), [
      "d--0000-0000-0000-0001",
      "d--0000-0000-0000-0002",
    ]);
    assertEquals([body.count, body.next, body.previous], [2, null, null]);
  }));

Deno.test("device: its fields; ?parent=, ?org__slug=, ?external_id=, ?all=1", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals(await keysOf(user, "device/d--1/"), [
      ...["id", "slug", "gid", "label", "active", "external_id", "sg", "template", "org", "lat"],
      ...["lon", "state", "busy", "created_on", "claimed_by", "claimed_on", "parent"],
      ...["connector_type", "machine"],
    ]);
    assertEquals((await user.get("device/?parent=pl--2")).body.count, 4);
    assertEquals((await user.get("device/?org__slug=acme")).body.count, 17);
    assertEquals(await slugsOf(user, "device/?external_id=tap-07"), ["d--0000-0000-0000-0007"]);
    assertEquals((await user.get("device/?all=1")).body.count, 18);
    assertEquals((await user.get("device/?external_id=nope")).body.count, 0);
  }));

Deno.test("device: PATCH of label, place and state; streamers/ is a bare list; extra/", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const changed = await user.json("PATCH", "device/d--1/", { label: "New", lat: 20.5 });
    assertEquals([changed.body.label, changed.body.lat], ["New", 20.5]);
    const retired = await user.json("PATCH", "device/d--1/", { state: "N0" });
    assertEquals([retired.body.state, retired.body.active], ["N0", false]);
    const moved = await user.json("PATCH", "device/d--2/", { parent: "pl--4" });
    assertEquals([moved.body.parent, moved.body.org], ["pl--0000-0004", "acme"]);
    assertEquals((await user.get("device/d--1/streamers/")).body, []);
    assertEquals((await user.get("device/d--1/extra/")).body.stream_counts, {});
  }));

Deno.test("device: made by staff only; an id that is taken is a 400", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals((await user.post("device/", { label: "x" })).status, 403);
    const staff = await client.login("staff@example.com");
    const made = await staff.post("device/", { label: "x", parent: "pl--1" });
    assertEquals([made.status, made.body.org], [201, "acme"]);
    assert(made.body.claimed_on);
    assertEquals((await staff.post("device/", { id: 1 })).status, 400);
  }));

Deno.test("data: without ?filter= 200 with count 0; a bad date is a field error; an id that is not a number a 400", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const empty = await user.get("data/");
    assertEquals([empty.status, empty.body.count], [200, 0]);
    const date = await user.get("data/?filter=d--1&start=tomorrow");
    assertEquals([date.status, date.body], [400, { start: ["Enter a valid date/time."] }]);
    assertEquals((await user.get("data/nope/")).status, 400);
    assertEquals((await user.get("data/17/")).status, 404);
    const many = await user.get("data/?filter=d--1&lastn=100001");
    assertEquals([many.status, many.body], [400, ["lastn limit is 100000"]]);
  }));

Deno.test("data: POST of one reading answers 201 with the object, of a list {count}", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const stream = "sl--0000-0001--0000-0000-0000-0001--0000-5051";
    const one = await user.post("data/", {
      stream,
      timestamp: "2026-01-02T03:04:05.000250Z",
      value: 2.5,
    });
    assertEquals(one.status, 201);
    const { id: _id, ...rest } = one.body;
    assertEquals(rest, {
      stream,
      device: "d--0000-0000-0000-0001",
      variable: "0000-5051",
      type: "Num",
      device_timestamp: null,
      timestamp: "2026-01-02T03:04:05.000250Z",
      int_value: 2,
      value: 2.5,
      streamer_local_id: 0,
      dirty_ts: false,
      status: "utc",
      extra_data: {},
      data: null,
    });
    const list = await user.post("data/", [
      { stream, timestamp: "2026-01-02T03:04:06Z", value: 3 },
      { stream, timestamp: "2026-01-02T03:04:07Z", int_value: 4 },
    ]);
    assertEquals([list.status, list.body], [201, { count: 2 }]);
    assertEquals((await user.get(`data/?filter=${stream}`)).body.count, 3);
    assertEquals((await user.get(`stream/${stream}/data/`)).body.count, 3);
    assertEquals((await user.get(`data/${one.body.id}/`)).body.value, 2.5);
    // Either all of a list or nothing.
    const bad = await user.post("data/", [
      { stream, timestamp: "2026-01-02T03:04:08Z", value: 5 },
      { stream, timestamp: "never", value: 5 },
    ]);
    assertEquals(bad.status, 400);
    assertEquals((await user.get(`data/?filter=${stream}`)).body.count, 3);
  }));

Deno.test("stream: its fields; ?device=, ?org=, ?variable=; DELETE is a 400 except for staff", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const made = await user.post("stream/", { device: "d--1", variable: "5051" });
    assertEquals(made.status, 201);
    const { slug } = made.body;
    assertEquals(slug, "sl--0000-0001--0000-0000-0000-0001--0000-5051");
    assertEquals(await keysOf(user, `stream/${slug}/`), [
      ...["id", "slug", "org", "parent", "machine", "device", "variable", "data_label"],
      ...["data_type", "var_name", "enabled", "created_on", "output_unit"],
    ]);
    assertEquals(made.body.machine, "d--0000-0001-0000-0001");
    for (const filter of ["device=d--1", "org=acme", "variable=0000-5051", "variable=5051"]) {
      assertEquals(await slugsOf(user, `stream/?${filter}`), [slug], filter);
    }
    assertEquals(await slugsOf(user, "stream/?device=d--2"), []);
    assertEquals((await user.get("stream/sl--1--1--5051/")).body.slug, slug);
    const other = await client.login("other@example.com");
    assertEquals((await other.get(`stream/${slug}/`)).status, 403);
    assertEquals((await user.send("DELETE", `stream/${slug}/`)).status, 400);
    const staff = await client.login("staff@example.com");
    assertEquals((await staff.send("DELETE", `stream/${slug}/?staff=1`)).status, 204);
  }));
