/** A gateway as a service: the unit file, and what it tells systemd, also when its disk does not return from a write. */
import { assert, assertEquals } from "@std/assert";
import { until, withFolder } from "./_gateway.ts";
import { UNIT_FILE } from "./_unit.ts";
import { DENO_RUN } from "../_deno_run.ts";

const CLI = new URL("../../src/cli/main.ts", import.meta.url).pathname;

async function run(...command: string[]): Promise<{ ok: boolean; text: string }> {
  const [program, ...args] = command as [string, ...string[]];
  const output = await new Deno.Command(program, { args }).output().catch(() => undefined);
  const { stdout, stderr } = output ?? { stdout: new Uint8Array(), stderr: new Uint8Array() };
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { ok: output?.success ?? false, text };
}

async function isInstalled(program: string): Promise<boolean> {
  const found = (await run(program, "--version")).ok;
  if (!found) console.log(`SKIPPED: ${program} is not installed`);
  return found;
}

Deno.test("docs/archfx-gateway.service is a unit that systemd accepts, and the one in the page", async () => {
  const unit = await Deno.readTextFile(UNIT_FILE);
  const page = await Deno.readTextFile(new URL("../../docs/gateway-operation.md", import.meta.url));
  assert(page.includes(`\`\`\`ini\n${unit.trim()}\n\`\`\``));
  if (!await isInstalled("systemd-analyze")) return;
  await withFolder(async (root) => {
    // systemd looks for the program, the user's groups and the targets below the root that it is given.
    await Deno.mkdir(`${root}/usr/bin`, { recursive: true });
    await Deno.mkdir(`${root}/bin`, { recursive: true });
    await Deno.mkdir(`${root}/etc/systemd/system`, { recursive: true });
    for (const program of ["usr/bin/archfx", "bin/kill"]) {
      await Deno.writeTextFile(`${root}/${program}`, "#!/bin/sh\n", { mode: 0o755 });
    }
    await run("cp", "-r", "/usr/lib/systemd/system", `${root}/usr/lib/systemd/system`);
    const verify = async (text: string) => {
      const path = `${root}/etc/systemd/system/archfx-gateway.service`;
      await Deno.writeTextFile(path, text);
      const { text: said } = await run(
        "systemd-analyze",
        "verify",
        "--man=no",
        "--recursive-errors=no",
        `--root=${root}`,
        "archfx-gateway.service",
      );
      return said.split("\n").filter((line) => line.includes("archfx"));
    };
    assertEquals(await verify(unit), []);
    // It is not silent about what it does not know.
    assert((await verify(unit.replace("WatchdogSec", "WatchdogSek"))).length > 0);
    assert((await verify(unit.replace("/usr/bin/archfx", "/usr/bin/other"))).length > 0);
  });
});

/** A file system that can be frozen; undefined if this machine cannot make one. */
async function mountDisk(folder: string): Promise<string | undefined> {
  const [image, disk] = [`${folder}/disk.img`, `${folder}/disk`];
  await Deno.mkdir(disk);
  await run("truncate", "-s", "64M", image);
  const mounted = (await run("mkfs.ext4", "-q", image)).ok &&
    (await run("mount", "-o", "loop", image, disk)).ok;
  if (mounted) return disk;
  console.log("SKIPPED: a file system that can be frozen cannot be mounted (it needs root)");
  return undefined;
}

Deno.test({
  name:
    "archfx gateway run tells systemd that it is ready, alive while its disk answers, and stopping",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      if (!await isInstalled("systemd-notify")) return;
      const disk = await mountDisk(folder);
      if (disk === undefined) return;
      const socket = `${folder}/notify.sock`;
      const heard: string[] = [];
      const listener = new Deno.Command(Deno.execPath(), {
        args: [
          ...DENO_RUN,
          "--unstable-net",
          new URL("_notify_socket.ts", import.meta.url).pathname,
          socket,
        ],
        stdout: "piped",
      }).spawn();
      const reading = (async () => {
        for await (const text of listener.stdout.pipeThrough(new TextDecoderStream())) {
          heard.push(...text.split("\n").filter((line) => line !== ""));
        }
      })();
      await until("the socket is there", () => heard.includes("listening"));
      await Deno.writeTextFile(`${folder}/key`, "an-api-key-of-a-gateway");
      await Deno.writeTextFile(
        `${folder}/gateway.json`,
        JSON.stringify({
          queue: "disk/queue.sqlite",
          domain: "http://127.0.0.1:1",
          apiKeyFile: "key",
          listen: "127.0.0.1:0",
          minFreeBytes: 0,
          reserveBytes: 0,
          sources: [{ type: "stdin", device: "d--1", read: { stream: "5090" } }],
        }),
      );
      const gateway = new Deno.Command(Deno.execPath(), {
        args: [...DENO_RUN, CLI, "gateway", "run", "--config", `${folder}/gateway.json`],
        env: { HOME: folder, NOTIFY_SOCKET: socket, WATCHDOG_USEC: "600000" },
        stdin: "piped",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const input = gateway.stdin.getWriter();
      const alive = () => heard.filter((line) => line === "WATCHDOG=1").length;
      const row = (second: number) =>
        input.write(new TextEncoder().encode(
          `{"timestamp":"2026-03-02T06:00:0${second}Z","value":${second}}\n`,
        ));
      let isFrozen = false;
      try {
        await until("it is ready", () => heard.includes("READY=1"));
        await until("it is alive", () => alive() > 3);
        await row(1);
        // The store waits in the kernel from its next write on.
        isFrozen = (await run("fsfreeze", "-f", disk)).ok;
        assert(isFrozen);
        await row(2);
        let before = -1;
        await until("it is silent", async () => {
          const now = alive();
          const silent = now === before;
          before = now;
          await new Promise((resolve) => setTimeout(resolve, 1500));
          return silent;
        });
        assertEquals((await run("fsfreeze", "-u", disk)).ok, true);
        isFrozen = false;
        await until("it is alive again", () => alive() > before + 2);
        gateway.kill("SIGTERM");
        assertEquals((await gateway.status).code, 0);
        await until("it said that it stops", () => heard.includes("STOPPING=1"));
      } finally {
        if (isFrozen) await run("fsfreeze", "-u", disk);
        await input.close().catch(() => {}); // The gateway has ended.
        try {
          gateway.kill("SIGKILL");
        } catch {
          // It has ended.
        }
        await gateway.status;
        listener.kill();
        await listener.status;
        await reading;
        await run("umount", disk);
      }
    }),
});
