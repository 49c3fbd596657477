/**
 * Each entry point does its work in Deno with the permissions that docs/runtimes.md lists, and no more.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { createEmulator } from "../../src/emulator/mod.ts";

const root = new URL("../../", import.meta.url);

/** A typical use of each entry point; FOLDER and CLOUD are replaced. */
const PROGRAMS: Record<string, string> = {
  "@archfx/cloud/slugs": `
    import { ArchFxDeviceSlug, parseSlugs } from "@archfx/cloud/slugs";
    parseSlugs("d--1\\nd--2\\n");
    console.log(String(new ArchFxDeviceSlug("d--1")));`,
  "@archfx/cloud/reports": `
    import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "@archfx/cloud/reports";
    const data = [new ArchFXDataPoint({ timestamp: 0, stream: 1, value: 1, readingId: 1 })];
    const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data });
    await report.write("FOLDER/a.mp");
    await report.save("FOLDER/b.mp");
    console.log(report.length);`,
  "@archfx/cloud": `
    import { Api, ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "@archfx/cloud";
    const api = new Api("CLOUD");
    await api.login({ email: "user@example.com", password: "my.pass" });
    const point = { timestamp: Date.UTC(2026, 2, 2), stream: 0x5051, value: 1, readingId: 1 };
    const data = [new ArchFXDataPoint(point)];
    const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: 3, data });
    console.log(await report.upload(api), (await api.org.all()).length > 0);`,
  "@archfx/cloud/arrow": `
    import { fromArrow, toArrow } from "@archfx/cloud/arrow";
    const [streams, readingIds] = [Uint32Array.of(1), Uint32Array.of(1)];
    const [timestamps, values] = [BigInt64Array.of(0n), Float64Array.of(1)];
    const table = await toArrow({ length: 1, streams, readingIds, timestamps, values });
    console.log((await fromArrow(table)).length);`,
  "@archfx/cloud/main": `
    import { Api } from "@archfx/cloud";
    import { BaseMain } from "@archfx/cloud/main";
    class Script extends BaseMain {
      getDomain() { return "CLOUD"; }
      async afterLogin() { console.log((await this.api.org.all()).length > 0); }
    }
    Deno.exit(await new Script({ configPath: "FOLDER/.ini", argv: [] }).main());`,
  "@archfx/cloud/gateway": `
    import { openQueue } from "@archfx/cloud/gateway";
    const queue = await openQueue("FOLDER/queue.sqlite");
    const points = [{ timestamp: new Date(), stream: "0001-5090", value: 20.5 }];
    await queue.push({ device: "d--1", points });
    await queue.close();
    console.log("pushed");`,
  "@archfx/cloud/cli": `
    import { run } from "@archfx/cloud/cli";
    const where = ["FOLDER/in.csv", "-o", "FOLDER/out.mp"];
    Deno.exit(await run(["report", "encode", ...where, "--device", "d--1", "--stream", "5090"]));`,
  "@archfx/cloud/emulator": `
    import { createEmulator } from "@archfx/cloud/emulator";
    const emulator = await createEmulator({ seed: "demo" });
    const server = await emulator.listen();
    console.log((await fetch(server.url + "/api/v1/server/")).status);
    await emulator.close();`,
};

/** The flags of each row of the table. */
async function documented(): Promise<Map<string, string[]>> {
  const page = await Deno.readTextFile(new URL("docs/runtimes.md", root));
  const section = page.slice(page.indexOf("## Deno: permissions"), page.indexOf("## Node\n"));
  const rows = section.matchAll(/^\| `(@archfx\/cloud[^`]*)`\s*\| ([^|]*?)\s*\|/gm);
  return new Map(
    Array.from(rows, ([, name, needs]) => [
      name!,
      needs === "nothing" ? [] : needs!.replaceAll("`", "").split(" "),
    ]),
  );
}

/** Tokens of the demo account, in the form of a customer's .ini file. */
async function tokens(cloud: string): Promise<string> {
  const response = await fetch(`${cloud}/api/v1/auth/login/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
  });
  const { jwt_access_token, jwt_refresh_token, jwt } = await response.json();
  const access = jwt_access_token ?? jwt;
  return `[c-arch]\njwt_access = ${access}\njwt_refresh = ${jwt_refresh_token}\n`;
}

Deno.test("docs/runtimes.md has the permissions that each entry point needs, and no others", async () => {
  const flags = await documented();
  const { exports: entryPoints } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const names = Object.keys(entryPoints).map((name) => `@archfx/cloud${name.slice(1)}`);
  assertEquals([...flags.keys()].sort(), names.sort());
  const emulator = await createEmulator({ seed: "demo" });
  const { url } = await emulator.listen();
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/in.csv`, "timestamp,value\n2026-03-02T06:00:00Z,1\n");
  await Deno.writeTextFile(`${folder}/.ini`, await tokens(url));
  /** Runs a program; returns its output if it failed. */
  const failure = async (name: string, allowed: string[]): Promise<string | undefined> => {
    const program = `${folder}/program.ts`;
    await Deno.writeTextFile(
      program,
      PROGRAMS[name]!.replaceAll("FOLDER", folder).replaceAll("CLOUD", url),
    );
    const given = allowed.map((flag) =>
      flag.replace("FOLDER", folder).replace("HOST", new URL(url).host)
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "-c", "deno.json", ...given, program],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    return success && stdout.length > 0 ? undefined : text.decode(stdout) + text.decode(stderr);
  };
  try {
    for (const [name, needs] of flags) {
      assertEquals(await failure(name, needs), undefined, name);
      for (const flag of needs) {
        for (const old of ["out.mp", "queue.sqlite"]) {
          await Deno.remove(`${folder}/${old}`).catch(() => {});
        }
        const fewer = needs.filter((other) => other !== flag);
        assert(await failure(name, fewer) !== undefined, `${name} runs without ${flag}`);
      }
    }
  } finally {
    await emulator.close();
    await Deno.remove(folder, { recursive: true });
  }
});
