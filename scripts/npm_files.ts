/**
 * Writes the other files of the npm package, for every engine: the command, the codec as a file, README, LICENSE
 * and CHANGELOG. It also finds and writes files of the package.
 *
 * @module
 */
import { BIN, CODEC, CODEC_TYPES } from "./npm_package.ts";
import { WASM_BASE64 } from "../src/codec/wasm_bytes.ts";

/** The files below a folder, by path, in order. */
export async function filesIn(folder: URL, path = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, folder))) {
    if (isDirectory) found.push(...await filesIn(folder, `${path}${name}/`));
    else found.push(path + name);
  }
  return found.sort();
}

/** Writes a file, and creates its folders if necessary. */
export async function write(folder: URL, path: string, text: string): Promise<void> {
  const url = new URL(path, folder);
  await Deno.mkdir(new URL(".", url), { recursive: true });
  await Deno.writeTextFile(url, text);
}

/** For `import codec from "archfx-cloud/codec.wasm"`, as Workers and their bundlers provide it. */
const CODEC_DECLARATION = `/** The codec, compiled by the host: give it to \`init\`. */
declare const codec: WebAssembly.Module;
export default codec;
`;

/** The command: a separate module, because \`import.meta.main\` is undefined on Node 20. */
function command(modules: string): string {
  return `#!/usr/bin/env node
import process from "node:process";
import { exitProcess } from "../${modules}src/cli/_io.js";
import { run } from "../${modules}src/cli/mod.js";

await exitProcess(await run(process.argv.slice(2)));
`;
}

/**
 * Writes these files into the package.
 *
 * @param out The package's folder.
 * @param modules The place of the ES modules in it: "" or a folder with a slash at its end.
 */
export async function writeFiles(out: URL, modules: string): Promise<void> {
  const root = new URL("..", import.meta.url);
  await Deno.mkdir(new URL("bin/", out), { recursive: true });
  await Deno.writeTextFile(new URL(BIN, out), command(modules));
  await Deno.chmod(new URL(BIN, out), 0o755);
  await Deno.writeFile(
    new URL(CODEC, out),
    Uint8Array.from(atob(WASM_BASE64), (char) => char.charCodeAt(0)),
  );
  await Deno.writeTextFile(new URL(CODEC_TYPES, out), CODEC_DECLARATION);
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md", "THIRD_PARTY_NOTICES.md"]) {
    await Deno.copyFile(new URL(name, root), new URL(name, out));
  }
}
