/** Running an emulator: listening, resetting, snapshots, files, exports, options. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createEmulator, type EmulatorOptions, loadSeed } from "../../src/emulator/mod.ts";
import { Client, serving } from "./_client.ts";
import { withFolder } from "../_folder.ts";

const USER = "user@example.com";

async function names(client: Client): Promise<string[]> {
  return (await client.get("org/")).body.results.map((row: { name: string }) => row.name);
}

Deno.test("Emulator.listen() takes a free port for 0, and /health answers", () =>
  serving(async (client) => {
    const { status, body } = await client.get("/health");
    assertEquals([status, body], [200, { status: "ok" }]);
  }));

Deno.test("Emulator.listen() rejects a host that others can reach, unless expose is set", async () => {
  await using emulator = await createEmulator({ seed: "empty" });
  for (const hostname of ["0.0.0.0", "::", "192.168.1.5", "example.com"]) {
    await assertRejects(() => emulator.listen({ hostname }), TypeError, `"${hostname}"`);
  }
  const { url } = await emulator.listen({ hostname: "0.0.0.0", expose: true });
  assertEquals((await fetch(url.replace("0.0.0.0", "127.0.0.1") + "/health")).status, 200);
  await assertRejects(() => emulator.listen({ port: 70_000 }), TypeError, '"port"');
});

Deno.test("Emulator.listen() rejects if the port is in use", async () => {
  await using emulator = await createEmulator({ seed: "empty" });
  const { port } = await emulator.listen();
  await assertRejects(() => emulator.listen({ port }), Error, "in use");
});

Deno.test("Emulator as text and JSON shows its store, but no secrets", async () => {
  await using emulator = await createEmulator({ seed: "empty" });
  const { url } = await emulator.listen();
  assertEquals(String(emulator), "Emulator(:memory:)");
  assertEquals(JSON.parse(JSON.stringify(emulator)), { db: ":memory:", urls: [url] });
  assertEquals(Deno.inspect(emulator), "Emulator(:memory:)");
});

Deno.test("GET / answers a page", () =>
  serving(async (client) => {
    const { status, headers } = await client.get("/");
    assertEquals([status, headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    for (
      const path of ["/../emulator.ts", "/%2e%2e/emulator.ts", "/console/../../request_handler.ts"]
    ) {
      assertEquals((await client.get(path)).status, 404, path);
    }
  }));

Deno.test("Emulator.reset() restores the initial state, including faults and log", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    await user.post("org/", { name: "Gone" });
    emulator.faults.add({ kind: "status", status: 500, path: "site/" });
    emulator.reset();
    assertEquals(await names(user), ["Acme"]);
    assertEquals((await user.get("site/")).status, 200);
    assertEquals(emulator.events.requests.length, 2);
  }));

Deno.test("Emulator.restore() restores a snapshot any number of times", async () => {
  await withFolder(async (dir) => {
    for (const db of [":memory:", `${dir}/store.sqlite`]) {
      await using emulator = await createEmulator({ db });
      const user = await new Client((await emulator.listen()).url).login(USER);
      await user.post("org/", { name: "First" });
      const snapshot = await emulator.snapshot();
      for (let i = 0; i < 2; i++) {
        await user.post("org/", { name: "Second" });
        assertEquals(await names(user), ["Acme", "First", "Second"]);
        emulator.restore(snapshot);
        assertEquals(await names(user), ["Acme", "First"]);
      }
      snapshot.close();
      assertThrows(() => emulator.restore(snapshot), TypeError, "closed");
      await using other = await createEmulator({ seed: "empty" });
      const foreign = await other.snapshot();
      assertThrows(() => emulator.restore(foreign), TypeError, "another emulator took it");
    }
  });
});

Deno.test("createEmulator() keeps the content of a file, and tokens stay valid after a restart", async () => {
  await withFolder(async (dir) => {
    const db = `${dir}/store.sqlite`;
    let authorization: string | undefined;
    {
      await using emulator = await createEmulator({ db });
      const user = await new Client((await emulator.listen()).url).login(USER);
      await user.post("org/", { name: "Kept" });
      authorization = user.authorization;
    }
    await using emulator = await createEmulator({ db, seed: "empty" });
    const user = new Client((await emulator.listen()).url, authorization);
    assertEquals(await names(user), ["Acme", "Kept"]);
  });
});

Deno.test("createEmulator() imports the export of Emulator.exportTo(), from memory to a file and back", async () => {
  await withFolder(async (dir) => {
    {
      await using emulator = await createEmulator();
      const user = await new Client((await emulator.listen()).url).login(USER);
      await user.post("org/", { name: "Exported" });
      await emulator.exportTo(`${dir}/export`);
      await emulator.exportTo(`${dir}/export`);
    }
    for (const db of [":memory:", `${dir}/store.sqlite`]) {
      await using emulator = await createEmulator({ db, importFrom: `${dir}/export` });
      const user = await new Client((await emulator.listen()).url).login(USER);
      assertEquals(await names(user), ["Acme", "Exported"]);
      emulator.reset();
      assertEquals(await names(user), ["Acme", "Exported"]);
    }
    await assertRejects(
      () => createEmulator({ importFrom: `${dir}/nope` }),
      TypeError,
      "must contain",
    );
    await Deno.mkdir(`${dir}/bad`);
    await Deno.writeTextFile(`${dir}/bad/archfx.sqlite`, "no database");
    await assertRejects(() => createEmulator({ importFrom: `${dir}/bad` }), TypeError, "bad");
  });
});

Deno.test("createEmulator() rejects invalid options by name, and files that are not a store", async () => {
  const bad: [EmulatorOptions, string][] = [
    [{ db: "" }, '"db"'],
    [{ accessTokenSeconds: 0 }, '"accessTokenSeconds"'],
    [{ maxBodyBytes: 1.5 }, '"maxBodyBytes"'],
    [{ colour: "red" } as EmulatorOptions, '"colour"'],
    [{ now: 5 as unknown as () => number }, '"now"'],
    [{ seed: "/nowhere/seed.json" }, "/nowhere/seed.json"],
  ];
  for (const [options, message] of bad) {
    await assertRejects(() => createEmulator(options), TypeError, message);
  }
  await withFolder(async (dir) => {
    await Deno.writeTextFile(
      `${dir}/text`,
      "this is not a database, but long enough to be read as one",
    );
    await assertRejects(() => createEmulator({ db: `${dir}/text` }), TypeError, "text");
    await assertRejects(() => createEmulator({ db: `${dir}/no/store` }), TypeError, "no/store");
    await Deno.writeTextFile(`${dir}/seed.json`, '{"colours":[]}');
    await assertRejects(() => loadSeed(`${dir}/seed.json`), TypeError, '"colours"');
    await Deno.writeTextFile(`${dir}/seed.json`, "{");
    await assertRejects(() => loadSeed(`${dir}/seed.json`), TypeError, "as JSON");
  });
});

Deno.test("createEmulator() plants a seed from a file", async () => {
  await withFolder(async (dir) => {
    await Deno.writeTextFile(
      `${dir}/seed.json`,
      JSON.stringify({
        accounts: [{ email: "a@b.c", password: "secret" }],
        orgs: [{ name: "Own", members: { "a@b.c": "admin" } }],
        sites: [{ name: "Here", org: "own" }],
        devices: [{ id: "d--42", parent: "ps--1" }],
      }),
    );
    await serving(async (client) => {
      const user = await client.login("a@b.c", "secret");
      assertEquals((await user.get("device/d--42/")).body.org, "own");
    }, { seed: `${dir}/seed.json` });
  });
  await assertRejects(
    () => createEmulator({ seed: { devices: [{ id: 1, parent: "pl--9" }] } }),
    TypeError,
    "pl--9",
  );
});
