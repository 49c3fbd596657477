/** The cluster of docs/scale.md, for real: its certificates, its configuration, its accounts, and gateways on it. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openQueue } from "../../src/gateway/mod.ts";
import { Bus } from "../../src/gateway/jetstream/_bus.ts";
import { natsOptions, natsPlace } from "../../src/gateway/jetstream/_options.ts";
import { archfx, spawn } from "../cli/_archfx.ts";
import { TestCloud } from "./_cloud.ts";
import { until, withFolder } from "./_gateway.ts";
import { freePorts, NATS_SERVER, natsTest } from "./_nats_cluster.ts";
import { Guarded } from "./_orphans.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/scale.md", import.meta.url));
const HOSTS = ["plant-1", "plant-2", "plant-3"];
const PASSWORDS = { COLLECTOR_PASSWORD: "c1", SENDER_PASSWORD: "s2", OPERATOR_PASSWORD: "o3" };

/** The first code block of a language that has a text. */
function block(language: string, part: string): string {
  const blocks = PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"));
  const found = [...blocks].map(([, text]) => text!).find((text) => text.includes(part));
  assert(found !== undefined, `docs/scale.md has no ${language} with "${part}"`);
  return found;
}

/** The servers of the page, on loopback. */
async function startServers(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  // The host names in the page do not belong to this machine: certificates and addresses also have loopback.
  const script = block("sh", "openssl").replace(
    "DNS:$host",
    "DNS:$host,DNS:localhost,IP:127.0.0.1",
  );
  const made = await new Deno.Command("sh", { args: ["-ec", script], cwd: folder }).output();
  assert(made.success, new TextDecoder().decode(made.stderr));
  const ports = freePorts(6);
  const children: Guarded[] = [];
  for (const [i, host] of HOSTS.entries()) {
    let text = block("conf", "sync_interval").replaceAll("/etc/nats/plant-1", `/etc/nats/${host}`)
      .replace("server_name: plant-1", `server_name: ${host}`)
      .replace("0.0.0.0:4222", `127.0.0.1:${ports[i]}`)
      .replace("0.0.0.0:6222", `127.0.0.1:${ports[3 + i]}`)
      .replaceAll("/etc/nats/", `${folder}/`)
      .replace("/var/lib/nats", `${folder}/store-${host}`);
    for (const [n, name] of HOSTS.entries()) {
      text = text.replaceAll(`${name}:6222`, `127.0.0.1:${ports[3 + n]}`);
    }
    text += `log_file: "${folder}/${host}.log"\n`;
    await Deno.writeTextFile(`${folder}/${host}.conf`, text);
    children.push(
      new Guarded(NATS_SERVER!, {
        args: ["-c", `${folder}/${host}.conf`],
        env: { ...PASSWORDS, SYSTEM_PASSWORD: "y4" },
        stdout: "null",
        stderr: "null",
      }),
    );
  }
  return {
    url: `nats://${[0, 1, 2].map((i) => `localhost:${ports[i]}`).join(",")}/READINGS`,
    async close() {
      await Promise.all(children.map((child) => child.kill()));
    },
  };
}

natsTest(
  "the cluster of docs/scale.md: TLS, accounts with least privilege, a collector and a sender",
  () =>
    withFolder(async (folder) => {
      await using cloud = await TestCloud.start();
      const { url, close } = await startServers(folder);
      const gateways: Deno.ChildProcess[] = [];
      const logs: Promise<string>[] = [];
      try {
        for (const [name, password] of Object.entries(PASSWORDS)) {
          const user = name.split("_")[0]!.toLowerCase();
          await Deno.writeTextFile(`${folder}/nats-${user}`, `${user}:${password}\n`);
        }
        await Deno.mkdir(`${folder}/spool`);
        const page = JSON.parse(block("json", "collector"));
        const source = { ...page.sources[0], path: "spool", settleMs: 0, pollMs: 50 };
        const config = (user: string, more: object) =>
          Deno.writeTextFile(
            `${folder}/${user}.json`,
            JSON.stringify({
              ...page,
              queue: url,
              role: user,
              credentialsFile: `nats-${user}`,
              tls: { caFile: "ca.pem" },
              domain: cloud.url,
              confirmMs: 100,
              ...more,
            }),
          );
        await config("collector", { sources: [{ ...source, read: { stream: "0000-5090" } }] });
        await config("sender", { sources: [] });
        await config("operator", { role: "sender", sources: [] });
        const env = { ARCHFX_EMAIL: "user@example.com", ARCHFX_PASSWORD: "my.pass" };
        for (const user of ["sender", "collector"]) {
          const child = spawn(["gateway", "run", "--config", `${user}.json`], { cwd: folder, env });
          child.stdout.cancel();
          logs.push(new Response(child.stderr).text());
          gateways.push(child);
          // The sender creates the stream.
          await until(`the ${user} runs`, async () => {
            const { code, out } = await archfx(
              ["gateway", "status", "--json", "--config", "operator.json"],
              { cwd: folder },
            );
            if (code !== 0) return false;
            const { gateways } = JSON.parse(out) as { gateways: { role: string }[] };
            return gateways.some(({ role }) => role === user);
          });
        }
        await Deno.writeTextFile(`${folder}/part`, "timestamp,value\n2026-03-02T06:00:00Z,20.5\n");
        await Deno.rename(`${folder}/part`, `${folder}/spool/a.csv`);
        await until("it is counted", async () => (await cloud.readings("d--7")).length === 1);
        const { out } = await archfx(["gateway", "status", "--json", "--config", "operator.json"], {
          cwd: folder,
        });
        const { stream } = JSON.parse(out);
        assertEquals([stream.replicas, stream.servers.length], [3, 3]);
        const check = await archfx(["gateway", "queue", "check", "--config", "operator.json"], {
          cwd: folder,
        });
        assertEquals(check.out, "ok\n", check.err);
        // Nothing that a gateway needs is forbidden: the servers say what they reject.
        for (const host of HOSTS) {
          const log = await Deno.readTextFile(`${folder}/${host}.log`);
          assertEquals(log.split("\n").filter((line) => /violation/i.test(line)), []);
        }
        await assertRights(url, await Deno.readTextFile(`${folder}/ca.pem`));
      } finally {
        for (const child of gateways) child.kill("SIGTERM");
        const texts = await Promise.all(logs);
        await close();
        // Nothing that a gateway needs was forbidden, and no password was printed.
        for (const text of texts) {
          assert(!/permission|violation/i.test(text), text);
          for (const password of ["s2", "c1"]) assert(!text.includes(`:${password}`), text);
        }
      }
    }),
);

/** Actions that are forbidden for each user. */
async function assertRights(url: string, ca: string): Promise<void> {
  const place = natsPlace(url);
  const as = (user: string, password: string) =>
    Bus.open(place, natsOptions({ credentials: { user, password }, tls: { ca } }));
  const message = (subject: string) => [{ subject, data: new Uint8Array(), headers: {} }];
  const collector = await as("collector", "c1");
  try {
    const denied = await assertRejects(() => collector.purge("r.>", 1), Error);
    assertStringIncludes(denied.message.toLowerCase(), "permission");
    for (const subject of ["s.00.0", "o.00", "x.00.0.a"]) {
      await assertRejects(() => collector.store(message(subject)), Error, "ermission");
    }
  } finally {
    await collector.close();
  }
  const sender = await as("sender", "s2");
  try {
    for (const subject of ["r.00.0.any", "p.a", "k.a"]) {
      await assertRejects(() => sender.store(message(subject)), Error, "ermission");
    }
    await sender.purge("r.>", 1);
    await assertRejects(() => sender.api("STREAM.DELETE.READINGS"), Error, "ermission");
  } finally {
    await sender.close();
  }
  await assertRejects(
    () => as("collector", "wrong"),
    Error,
    'the servers reject the credentials (Authorization Violation): check "credentials"',
  );
  const credentials = { user: "sender", password: "s2" };
  // Without the authority of the servers there is no connection.
  const untrusted = await assertRejects(
    () => Bus.open(place, natsOptions({ credentials, tls: true })),
    Error,
    "the certificate of a server is not accepted (",
  );
  assertStringIncludes(untrusted.message, 'signed by the authority in "tls.ca"');
  const denied = await assertRejects(
    () => openQueue(url.replace("READINGS", "OTHERS"), { credentials, tls: { ca } }),
    Error,
    "its user lacks a permission on the servers: Permissions Violation for Publish",
  );
  assertStringIncludes(denied.message, "docs/scale.md");
}
