import { assertEquals, assertRejects } from "@std/assert";
import { Api, HttpServerError, RestBaseException } from "../../mod.ts";
import { json, serve, type TestServer } from "./_server.ts";

/** Serves `rows` numbers, `size` on each page; `next` names another host and port, like behind a proxy. */
function numbers(rows: number, size: number): TestServer {
  return serve(({ search }) => {
    const query = new URLSearchParams(search);
    const page = Number(query.get("page") ?? 1);
    const first = (page - 1) * size;
    const results = Array.from({ length: Math.min(size, rows - first) }, (_, i) => first + i);
    query.set("page", String(page + 1));
    const next = first + size < rows ? `http://internal:8080/api/v1/n/?${query}` : null;
    return json({ count: rows, next, previous: null, results });
  });
}

Deno.test("list() returns every row of every page, with requests to the configured server and the query of next", async () => {
  const server = numbers(95, 10);
  const rows: unknown[] = [];
  for await (const row of new Api(server.url)("n").list({ org: "acme" })) rows.push(row);
  assertEquals(rows, Array.from({ length: 95 }, (_, i) => i));
  assertEquals(server.seen.map(({ search }) => search).slice(0, 3), [
    "?org=acme",
    "?org=acme&page=2",
    "?org=acme&page=3",
  ]);
  assertEquals(server.seen.length, 10);
  await server.close();
});

Deno.test("list() reads no page in advance, and stops with its reader", async () => {
  const server = numbers(95, 10);
  for await (const row of new Api(server.url)("n").list()) if (row === 10) break;
  assertEquals(server.seen.length, 2);
  await server.close();
});

Deno.test("pages() returns pages, all() returns rows up to its limit", async () => {
  const server = numbers(25, 10);
  const n = new Api(server.url)("n");
  const sizes: number[] = [];
  for await (const page of n.pages()) sizes.push(page.results.length);
  assertEquals(sizes, [10, 10, 5]);
  assertEquals((await n.all()).length, 25);
  const asked = server.seen.length;
  assertEquals(await n.all({}, { limit: 10 }), Array.from({ length: 10 }, (_, i) => i));
  assertEquals(await n.all({}, { limit: 0 }), []);
  assertEquals(server.seen.length, asked + 1);
  await server.close();
});

Deno.test("a list whose next goes in a cycle is an error; a list without next is one page", async () => {
  const server = serve(({ path, search }) =>
    path.endsWith("/bare/")
      ? json([1, 2])
      : json({ count: 9, next: search.includes("b=1") ? "/?a=1" : "/?b=1", results: [1] })
  );
  const api = new Api(server.url);
  assertEquals(await api("bare").all(), [1, 2]);
  await assertRejects(
    () => api("circle").all({ a: 1 }),
    RestBaseException,
    'the page "?a=1" again',
  );
  assertEquals(server.seen.length, 3);
  await server.close();
});

Deno.test("list() of something that is not a list is an error, and so is a page that fails", async () => {
  const server = serve(({ path, search }) =>
    path.endsWith("/row/")
      ? json({ slug: "x" })
      : search
      ? json({}, 500)
      : json({ count: 2, next: "?page=2", results: [1] })
  );
  const api = new Api(server.url, { retries: 0 });
  await assertRejects(() => api("row").all(), RestBaseException, "as a list");
  const got: unknown[] = [];
  await assertRejects(async () => {
    for await (const row of api("rows").list()) got.push(row);
  }, HttpServerError);
  assertEquals(got, [1]);
  await server.close();
});
