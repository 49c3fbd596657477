/** The credentials file: its path, its mode, its lock between processes. Unix only, because of the modes. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { configFolder } from "../../src/cli/_config_folder.ts";
import { type Credentials, CredentialsStore } from "../../src/cli/credentials.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { names, withFolder } from "../_folder.ts";

const COUNT_UP = new URL("./_count_up.ts", import.meta.url).pathname;

function credentials(access: string): Credentials {
  return { email: "a@b.c", type: "jwt", access, refresh: "r", savedAt: "2026-03-02T06:00:00Z" };
}

function countUp(folder: string, ...rest: string[]): Deno.ChildProcess {
  const args = [...DENO_RUN, COUNT_UP, folder, ...rest];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
}

Deno.test("configFolder() follows XDG on Linux and uses the usual folders elsewhere", () => {
  assertEquals(configFolder({ HOME: "/home/a" }, "linux"), "/home/a/.config/archfx");
  assertEquals(configFolder({ HOME: "/home/a", XDG_CONFIG_HOME: "/x" }, "linux"), "/x/archfx");
  assertEquals(
    configFolder({ HOME: "/home/a", XDG_CONFIG_HOME: "relative" }, "linux"),
    "/home/a/.config/archfx",
  );
  assertEquals(
    configFolder({ HOME: "/Users/a" }, "darwin"),
    "/Users/a/Library/Application Support/archfx",
  );
  assert(configFolder({ APPDATA: "C:\\Roaming" }, "win32").startsWith("C:\\Roaming"));
});

Deno.test("update() keeps several clouds in a file that only its owner can read", () =>
  withFolder(async (base) => {
    const folder = `${base}/archfx`;
    const store = new CredentialsStore(folder);
    assertEquals(await store.read(), { version: 1, clouds: {} });
    for (const customer of ["acme", "arch"]) {
      await store.update((file) => {
        file.clouds[`https://${customer}.archfx.io`] = credentials(customer);
        file.current = `https://${customer}.archfx.io`;
      });
    }
    const file = await new CredentialsStore(folder).read();
    assertEquals(Object.keys(file.clouds), ["https://acme.archfx.io", "https://arch.archfx.io"]);
    assertEquals(file.current, "https://arch.archfx.io");
    assertEquals((await Deno.stat(store.path)).mode! & 0o777, 0o600);
    assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
    assertEquals(names(folder), ["credentials.json", "credentials.json.commits"]);
    assertEquals(names(`${folder}/credentials.json.commits`), ["2"]);
  }));

Deno.test("update() restricts the mode of a file that others can read, and isExposed() detects it before", () =>
  withFolder(async (folder) => {
    const store = new CredentialsStore(folder);
    await store.update((file) => void (file.clouds.a = credentials("a")));
    await Deno.chmod(store.path, 0o644);
    assert(await store.isExposed());
    await store.update((file) => void (file.clouds.b = credentials("b")));
    assertEquals(await store.isExposed(), false);
  }));

Deno.test("update() writes nothing if the change throws or returns false", () =>
  withFolder(async (folder) => {
    const store = new CredentialsStore(folder);
    await store.update((file) => void (file.clouds.a = credentials("a")));
    const before = await Deno.readTextFile(store.path);
    await assertRejects(() => store.update(() => Promise.reject(new Error("no"))), Error, "no");
    await store.update((file) => {
      delete file.clouds.a;
      return false;
    });
    assertEquals(await Deno.readTextFile(store.path), before);
  }));

for (
  const [text, rule] of [
    ["{", "it is not JSON"],
    ["[]", "it is not of version 1"],
    ['{"version":1}', "it has no clouds"],
    ['{"version":1,"clouds":{"a":{"type":"jwt"}}}', "its entry for a has no token"],
  ] as const
) {
  Deno.test(`read() rejects a file that contains ${text}`, () =>
    withFolder(async (folder) => {
      const store = new CredentialsStore(folder);
      await Deno.writeTextFile(store.path, text);
      const error = await assertRejects(() => store.read(), Error, rule);
      assert(error.message.endsWith('"archfx logout --force" removes the file'));
    }));
}

Deno.test("update() of four processes at the same time loses no change", () =>
  withFolder(async (folder) => {
    const processes = [1, 2, 3, 4].map(() => countUp(folder, "a", "15"));
    const ends = await Promise.all(processes.map((process) => process.output()));
    assertEquals(ends.map((end) => end.code), [0, 0, 0, 0]);
    assertEquals((await new CredentialsStore(folder).read()).clouds.a!.access, "60");
  }));

Deno.test("update() takes over the lock of a killed process and removes its leftovers", () =>
  withFolder(async (folder) => {
    const store = new CredentialsStore(folder);
    await store.update((file) => void (file.clouds.a = credentials("1")));
    const holder = countUp(folder, "a", "1", "hold");
    const reader = holder.stdout.getReader();
    await reader.read();
    holder.kill("SIGKILL");
    await reader.cancel();
    await holder.status;
    // The draft that it made before the change, with the space that it reserved.
    assertEquals(names(`${folder}/credentials.json.commits`).length, 3);
    await store.update((file) => void (file.clouds.b = credentials("2")));
    assertEquals(names(folder), ["credentials.json", "credentials.json.commits"]);
    assertEquals(names(`${folder}/credentials.json.commits`), ["2"]);
    assertEquals(Object.keys((await store.read()).clouds), ["a", "b"]);
  }));

Deno.test("update() names the file that another process locks for too long", () =>
  withFolder(async (folder) => {
    const store = new CredentialsStore(folder);
    const { withLock } = await import("../../src/_node_file_lock.ts");
    await withLock(`${store.path}.lock`, async () => {
      await assertRejects(
        () => withLock(`${store.path}.lock`, () => Promise.resolve(), { timeoutMs: 50 }),
        Error,
        `credentials.json.lock" within 0.05 s: another process holds it (process ${Deno.pid}); `,
      );
    });
  }));
