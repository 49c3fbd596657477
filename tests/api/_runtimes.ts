/**
 * The runtimes of this machine, and the sources in one bundle that each of them can import.
 *
 * @module
 */
import { assert } from "@std/assert";

const here = new URL(".", import.meta.url);

/**
 * The commands of the runtimes on this machine, by name: its Node, and those that `deno task test:npm` has installed.
 */
export async function runtimes(): Promise<Map<string, string[]>> {
  const tools = new URL("../../.tools/consumers/node_modules/", here).pathname;
  const bun = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "aarch64" : "x64"}`;
  const found = new Map([["deno", [Deno.execPath(), "run", "-A", "--no-config"]]]);
  const candidates = {
    "the machine's node": "node",
    "node 20": `${tools}node-20/bin/node`,
    "node 22": `${tools}node-22/bin/node`,
    "node 24": `${tools}node-24/bin/node`,
    bun: `${tools}@oven/bun-${bun}/bin/bun`,
  };
  const missing: string[] = [];
  const versions = new Set<string>();
  for (const [name, path] of Object.entries(candidates)) {
    let version: string;
    try {
      const { stdout } = await new Deno.Command(path, { args: ["--version"] }).output();
      version = new TextDecoder().decode(stdout).trim();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      missing.push(name);
      continue;
    }
    // The Node of this machine may be one of the others.
    if (!versions.has(version)) found.set(`${name} ${version}`, [path]);
    versions.add(version);
  }
  const own = [...versions].find((version) => version.startsWith("v20."));
  const left = missing.filter((name) => !(own && name === "node 20"));
  if (left.length > 0) {
    console.log(
      `not on this machine before "deno task test:npm" installs them: ${left.join(", ")}`,
    );
  }
  return found;
}

/** Bundles the library into a folder, and returns the address of the bundle. */
export async function bundle(folder: string): Promise<string> {
  const path = `${folder}/archfx.mjs`;
  const bundled = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--platform", "deno", "-o", path, new URL("../../mod.ts", here).pathname],
  }).output();
  assert(bundled.success, new TextDecoder().decode(bundled.stderr));
  return `file://${path}`;
}
