/**
 * The downloads of a machine with an empty cache: no package that only development needs, and no optional peer before
 * it is used.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { OPTIONAL_PEERS } from "../../scripts/npm_package.ts";

const root = new URL("../../", import.meta.url);

/** The npm packages in a cache, by name. */
async function packages(cache: string): Promise<string[]> {
  const found: string[] = [];
  for await (const registry of Deno.readDir(`${cache}/npm`)) {
    for await (const { name } of Deno.readDir(`${cache}/npm/${registry.name}`)) {
      if (!name.startsWith("@")) found.push(name);
      else {
        for await (const scoped of Deno.readDir(`${cache}/npm/${registry.name}/${name}`)) {
          found.push(`${name}/${scoped.name}`);
        }
      }
    }
  }
  return found;
}

/** The npm package of a specifier. */
const PACKAGE = /npm:((?:@[^/@]+\/)?[^/@]+)@/g;

/** The compiler of `wasm/`, the npm packages that `dev/` names and the import map does not, and the optional peers. */
async function notAtTheStart(): Promise<string[]> {
  const found = ["assemblyscript", "binaryen"];
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const used = Array.from(JSON.stringify(imports).matchAll(PACKAGE), ([, name]) => name);
  for await (const { name } of Deno.readDir(new URL("dev/", root))) {
    const text = await Deno.readTextFile(new URL(`dev/${name}`, root));
    for (const match of text.matchAll(PACKAGE)) found.push(match[1]!);
  }
  // An optional peer is downloaded when a command first uses Parquet, MQTT or NATS, not with the first start.
  return [...found, ...Object.keys(OPTIONAL_PEERS)].filter((name) => !used.includes(name));
}

Deno.test("deno task archfx and mod.ts download neither packages for development nor optional peers", async () => {
  const cache = await Deno.makeTempDir();
  const run = async (args: string[]) => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: root,
      env: { DENO_DIR: cache, NO_COLOR: "1" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  };
  try {
    await run(["run", "--no-check", "mod.ts"]);
    await run(["task", "--quiet", "archfx", "emulator", "--help"]);
    const unused = await notAtTheStart();
    assert(unused.includes("esbuild") && unused.includes("mqtt") && unused.length > 8);
    const downloaded = await packages(cache);
    assert(
      downloaded.includes("hono"),
      "the cache has no hono: this test looks in the wrong place",
    );
    assertEquals(downloaded.filter((name) => unused.includes(name)), []);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
