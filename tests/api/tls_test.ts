import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { configure, reset } from "@logtape/logtape";
import { Api, HttpCouldNotVerifyServerError, ImproperlyConfigured } from "../../mod.ts";
import { json, serve } from "./_server.ts";

const here = new URL("./tls/", import.meta.url);
const cert = await Deno.readTextFile(new URL("test_only_cert.pem", here));
const key = await Deno.readTextFile(new URL("test_only_key.pem", here));
const authority = await Deno.readTextFile(new URL("test_only_authority.pem", here));

const secure = () =>
  serve(
    async ({ method }, _, request) =>
      method === "POST"
        ? json({ size: (await request.arrayBuffer()).byteLength > 9 })
        : json({ ok: 1 }),
    {
      cert,
      key,
    },
  );

Deno.test("a certificate that is not trusted is a HttpCouldNotVerifyServerError, after one attempt", async () => {
  const server = secure();
  const api = new Api(server.url);
  api.setToken("t");
  const error = await assertRejects(
    () => api.org.get(),
    HttpCouldNotVerifyServerError,
    "certificate",
  );
  assertEquals([error.attempts, error.status], [1, undefined]);
  await assertRejects(
    () => api("files").uploadFp(new Uint8Array(9)),
    HttpCouldNotVerifyServerError,
  );
  await assertRejects(
    () => api.login({ email: "e", password: "p" }),
    HttpCouldNotVerifyServerError,
  );
  assertEquals(server.seen.length, 0);
  await server.close();
});

Deno.test("caCerts are trusted in addition to the system's, by calls and by uploads", async () => {
  const server = secure();
  const api = new Api(server.url, { caCerts: [authority] });
  assertEquals(await api.org.get(), { ok: 1 } as unknown);
  assertEquals(await api("files").uploadFp(new Uint8Array(9)), { size: true });
  assertEquals(await api.org.get(), { ok: 1 } as unknown);
  await server.close();
});

Deno.test("verify: false accepts any certificate, with a warning in the log", async () => {
  const warnings: string[] = [];
  await configure({
    sinks: { all: (record) => void warnings.push(String(record.message.join(""))) },
    loggers: [
      { category: ["archfx", "api"], lowestLevel: "warning", sinks: ["all"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
    reset: true,
  });
  const server = secure();
  const api = new Api(server.url, { verify: false });
  assertEquals(await api.org.get(), { ok: 1 } as unknown);
  assertEquals(await api("a").post({ a: 1 }), { size: false } as unknown);
  assertEquals(await api("files").uploadFp(new Uint8Array(9)), { size: true });
  assertEquals(warnings.length, 1);
  await reset();
  await server.close();
});

Deno.test("caCerts that are not certificates are rejected", () => {
  assertThrows(() => new Api(undefined, { caCerts: ["text"] }), ImproperlyConfigured, "caCerts");
});
