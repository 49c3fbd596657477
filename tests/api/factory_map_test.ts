import { assert, assertEquals, assertRejects } from "@std/assert";
import { Api, type FactoryMap, factoryMap, FactoryMapError, type FactoryNode } from "../../mod.ts";
import { COUNTS, serveFactory } from "./_factory.ts";
import { json, serve } from "./_server.ts";

async function login(url: string): Promise<Api> {
  const api = new Api(url, { retries: 0 });
  assert(await api.login({ email: "user@example.com", password: "my.pass" }));
  return api;
}

function counted(map: FactoryMap): Record<string, number> {
  const counts: Record<string, number> = {};
  const visit = (node: FactoryNode) => {
    counts[node.level] = (counts[node.level] ?? 0) + 1;
    node.children.forEach(visit);
  };
  map.tree.forEach(visit);
  return counts;
}

Deno.test("factoryMap() has every page of every level, as a tree and as rows", async () => {
  const factory = await serveFactory();
  const api = await login(factory.url);
  const progress: number[] = [];
  const map = await factoryMap(api, {
    pageSize: 25,
    onProgress: ({ pages }) => void progress.push(pages),
  });
  assertEquals(counted(map), COUNTS);
  assertEquals(factory.paths.length, 1 + 1 + 2 + 8 + 16 + 80);
  assertEquals(progress, progress.map((_, index) => index + 1));
  const rows = map.rows();
  assertEquals(rows.filter(({ device }) => device !== null).length, 2000);
  const byDevice = new Map(rows.map((row) => [row.device, row]));
  assertEquals(byDevice.get("d--0000-0000-0000-0001"), {
    org: "big",
    orgName: "Big",
    orgType: null,
    site: "ps--0000-0001",
    siteName: "Site 1",
    siteType: null,
    area: "pa--0000-0001",
    areaName: "Area 1",
    areaType: "building",
    line: "pl--0000-0001",
    lineName: "Line 1",
    lineType: "smt",
    machine: "d--0000-0001-0000-0001",
    machineName: "Machine 1",
    machineType: "Fuji NXT",
    device: "d--0000-0000-0000-0001",
    deviceName: "Device 1",
    deviceType: null,
  });
  // A line without an area is under its site, a device without a machine under its line.
  const bare = byDevice.get("d--0000-0000-0000-0014")!;
  assertEquals([bare.site, bare.area, bare.line, bare.machine], [
    "ps--0000-000a",
    null,
    "pl--0000-0014",
    null,
  ]);
  await factory.close();
});

Deno.test("factoryMap() of one org is the same as of all, and does not resume that of another", async () => {
  const factory = await serveFactory();
  const api = await login(factory.url);
  const map = await factoryMap(api, { org: "big" });
  assertEquals(counted(map), COUNTS);
  await assertRejects(() => factoryMap(api, { org: "acme", resume: map }), TypeError, "resume");
  await factory.close();
});

Deno.test("factoryMap() that fails has a partial to resume from, and requests no page twice", async () => {
  const factory = await serveFactory();
  const api = await login(factory.url);
  factory.fail.after = 60;
  const error = await assertRejects(
    () => factoryMap(api, { pageSize: 25 }),
    FactoryMapError,
    "500",
  );
  assert(!error.partial.complete && error.partial.rows().length > 0);
  const text = JSON.stringify(error.partial);
  factory.fail.after = Infinity;
  const map = await factoryMap(api, { pageSize: 25, resume: JSON.parse(text) });
  assertEquals(counted(map), COUNTS);
  assertEquals(new Set(factory.paths).size, factory.paths.length);
  assertEquals(factory.paths.length, 108);
  const asked = factory.paths.length;
  assertEquals(counted(await factoryMap(api, { resume: map })), COUNTS);
  assertEquals(factory.paths.length, asked);
  await factory.close();
});

Deno.test("an aborted factoryMap() rejects with a partial and the reason as cause", async () => {
  const factory = await serveFactory(2);
  const api = await login(factory.url);
  const controller = new AbortController();
  const error = await assertRejects(
    () =>
      factoryMap(api, {
        pageSize: 25,
        signal: controller.signal,
        onProgress: ({ pages }) => void (pages === 30 && controller.abort(new Error("lunch"))),
      }),
    FactoryMapError,
    "lunch",
  );
  assertEquals((error.cause as Error).message, "lunch");
  const map = await factoryMap(api, { pageSize: 25, resume: error.partial });
  assertEquals(counted(map), COUNTS);
  await factory.close();
});

Deno.test("factoryMap() respects its concurrency, and is much faster than one request at a time", async () => {
  const factory = await serveFactory(20);
  const api = await login(factory.url);
  const started = performance.now();
  await factoryMap(api, { pageSize: 25, concurrency: 1 });
  const alone = performance.now() - started;
  const again = performance.now();
  assertEquals(counted(await factoryMap(api, { pageSize: 25 })), COUNTS);
  const together = performance.now() - again;
  console.log(`one at a time ${alone.toFixed()} ms, eight ${together.toFixed()} ms`);
  assert(together < alone);
  await factory.close();
});

Deno.test("factoryMap() reads lists with cursors, and reads a list again that changes in the meantime", async () => {
  let devices = 3;
  const server = serve(({ path, search }) => {
    const query = new URLSearchParams(search);
    const level = path.split("/")[3];
    if (level === "site") {
      const at = Number(query.get("cursor") ?? 0);
      const next = at < 3 ? `https://wrong.example/?cursor=${at + 1}` : null;
      return json({ count: 4, next, previous: null, results: [{ slug: `ps--${at}`, org: "o" }] });
    }
    if (level === "device") {
      const page = Number(query.get("page") ?? 1);
      if (page === 2 && devices === 3) devices = 2; // One is deleted while its list is read.
      if (page > devices) return json({ detail: "Invalid page." }, 404);
      const next = page < devices ? `/?page=${page + 1}` : null;
      return json({ count: devices, next, results: [{ slug: `d--${page}`, parent: "ps--1" }] });
    }
    return json(level === "org" ? [{ slug: "o", name: "O" }] : []);
  });
  const map = await factoryMap(new Api(server.url));
  assertEquals(counted(map), { org: 1, site: 4, device: 2 });
  await server.close();
});

for (
  const [what, count] of [
    ["too low", () => 10],
    ["0", () => 0],
    ["missing", () => undefined],
    ["null", () => null],
    ["text", () => "25"],
    ["too high", () => 1000],
    ["enormous", () => 1e15],
    ["late", (page: number) => page === 1 ? 0 : 25],
    ["different each time", () => Math.random()],
  ] as const
) {
  for (const beyond of ["404", "empty"]) {
    Deno.test(`factoryMap() reads every page if the count is ${what}, and ${beyond} beyond the end`, async () => {
      const server = serve(({ path, search }) => {
        if (path.includes("/org/")) return json([{ slug: "o", name: "O" }]);
        if (!path.includes("/site/")) return json({ count: 0, next: null, results: [] });
        const page = Number(new URLSearchParams(search).get("page") ?? 1);
        if (page > 3 && beyond === "404") return json({ detail: "Invalid page." }, 404);
        const results = Array.from(
          { length: page < 3 ? 10 : page === 3 ? 5 : 0 },
          (_, row) => ({ slug: `ps--${page}-${row}`, org: "o" }),
        );
        return json({ count: count(page), next: page < 3 ? `/?page=${page + 1}` : null, results });
      });
      const map = await factoryMap(new Api(server.url));
      assertEquals(counted(map).site, 25);
      assert(map.complete);
      assert(server.seen.length < 60, `${server.seen.length} requests`);
      await server.close();
    });
  }
}

Deno.test("factoryMap() fails if a proxy returns its own page instead of a page of the list", async () => {
  const server = serve(({ path, search }) =>
    search.includes("page=2")
      ? new Response("<html>", { status: 404, headers: { "content-type": "text/html" } })
      : json({
        count: 2,
        next: path.includes("site") ? "/?page=2" : null,
        results: [{ slug: "a" }],
      })
  );
  await assertRejects(() => factoryMap(new Api(server.url)), FactoryMapError, "404");
  await server.close();
});
