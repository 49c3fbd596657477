/** "Where the sources part": the behaviour of the emulator for each row, except those about reports. */
import { assertEquals } from "@std/assert";
import { serving } from "./_client.ts";

const USER = "user@example.com";

Deno.test("Row 3, drf-jwt or SimpleJWT: {token} refreshes, the scheme may be in any case", () =>
  serving(async (client) => {
    const { body } = await client.post("auth/login/", { email: USER, password: "my.pass" });
    for (const scheme of ["jwt", "JWT"]) {
      assertEquals((await client.as(`${scheme} ${body.jwt}`).get("org/")).status, 200);
    }
    const legacy = await client.post("auth/api-jwt-refresh/", { token: body.jwt });
    assertEquals(Object.keys(legacy.body), ["token"]);
  }));

Deno.test("Row 4, api.org(slug).put without a name: missing fields are left unchanged", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { body: org } = await user.post("org/", { name: "My new Org" });
    const put = await user.json("PUT", `org/${org.slug}/`, { about: "About Org" });
    assertEquals([put.status, put.body.name, put.body.about], [200, "My new Org", "About Org"]);
  }));

Deno.test("Row 5, deleting an org: a member with the admin role may, others 403", () =>
  serving(async (client) => {
    const operator = await client.login("operator@example.com");
    assertEquals((await operator.send("DELETE", "org/acme/")).status, 403);
    const user = await client.login(USER);
    assertEquals((await user.send("DELETE", "org/acme/")).status, 204);
    assertEquals((await user.get("org/acme/")).status, 404);
    assertEquals((await user.get("site/")).body.count, 0);
    // Its devices are not claimed any more.
    const staff = await client.login("staff@example.com");
    assertEquals((await staff.get("device/d--1/?staff=1")).body.parent, null);
  }));

Deno.test("Row 6, project, fleet, variable and datablock are not served; the README's resources are", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (const path of ["project/", "fleet/", "variable/", "datablock/"]) {
      assertEquals((await user.get(path)).status, 404, path);
    }
    for (
      const path of [
        ...["account", "org", "site", "area", "line", "machine", "device", "stream"],
        ...["streampages", "streamer", "streamer/report", "data"],
      ]
    ) {
      assertEquals((await user.get(`${path}/`)).status, 200, path);
    }
  }));

Deno.test("Row 7, stream slugs are the README's: sl, sa or ss with 32-bit variables", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const line = await user.post("stream/", { device: "d--1", variable: "0001-5090" });
    assertEquals(line.body.slug, "sl--0000-0001--0000-0000-0000-0001--0001-5090");
    const area = await user.post("stream/", { device: "d--f", variable: "5051" });
    assertEquals(area.body.slug, "sa--0000-0002--0000-0000-0000-000f--0000-5051");
    const machine = await user.post("stream/", {
      device: "d--0000-0001-0000-0001",
      variable: "5051",
    });
    assertEquals(machine.body.slug, "sl--0000-0001--0000-0001-0000-0001--0000-5051");
  }));

Deno.test("Row 10, ?org= and ?org__slug= on every resource that has an org", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const paths = [
      "site",
      "area",
      "line",
      "machine",
      "device",
      "stream",
      "streampages",
      "streamer",
    ];
    for (const path of paths) {
      const all = (await user.get(`${path}/`)).body.count;
      for (const name of ["org", "org__slug"]) {
        assertEquals((await user.get(`${path}/?${name}=acme`)).body.count, all, path);
        assertEquals((await user.get(`${path}/?${name}=globex`)).status, 404, path);
      }
    }
  }));

Deno.test("Row 11, README slug examples that cannot run: their intent, short forms of one device", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (const text of ["000a", "d--000a", "a"]) {
      assertEquals((await user.get(`device/${text}/`)).body.slug, "d--0000-0000-0000-000a", text);
    }
    const stream = await user.post("stream/", { device: "d--a", variable: "0000-5001" });
    assertEquals(stream.body.slug, "sl--0000-0002--0000-0000-0000-000a--0000-5001");
  }));

Deno.test("Row 13, data/df/ answers 501 that names it", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { status, body } = await user.get("data/df/?view=x");
    assertEquals([status, body], [501, {
      detail: "The emulator does not implement GET /api/v1/data/df/.",
    }]);
  }));
