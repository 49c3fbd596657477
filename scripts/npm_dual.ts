/**
 * Turns two folders of modules from dnt or TypeScript into a package: it joins the ES modules into fewer files,
 * makes CommonJS from them, and uses the declarations of the CommonJS half for both.
 *
 * @module
 */
import { parse } from "es-module-lexer";
import * as esbuild from "esbuild";
import { toCommonJs } from "./npm_cjs.ts";
import { filesIn, write, writeFiles } from "./npm_files.ts";
import { relative, specifiers, withDeferred, withoutComments } from "./npm_imports.ts";
import { isData, joinModules } from "./npm_join.ts";
import { type DenoConfig, dualPackageJson, HALVES, NPM_NAME } from "./npm_package.ts";
import { runtimeImports } from "./npm_stub.ts";

/** The declarations that the entry points reach; compilers of consumers read only these. */
async function reachableTypes(folder: URL, entries: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  const queue = entries.map((path) => path.replace(/^\.\//, "").replace(/\.ts$/, ".d.ts"));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    for (const { text } of specifiers(path, await Deno.readTextFile(new URL(path, folder)))) {
      if (!text.startsWith(".")) continue;
      queue.push(new URL(text, `file:///${path}`).pathname.slice(1).replace(/\.js$/, ".d.ts"));
    }
  }
  return found;
}

/**
 * The declarations of the ES modules: each entry point re-exports the declarations of the CommonJS half, so that
 * the package has them only once, and a value of one half fits the other.
 */
async function writeEsmTypes(esm: URL, entries: readonly string[]): Promise<void> {
  for (const path of (await filesIn(esm)).filter((path) => path.endsWith(".d.ts"))) {
    await Deno.remove(new URL(path, esm));
  }
  for (const entry of entries) {
    const path = entry.replace(/^\.\//, "").replace(/\.ts$/, "");
    const up = "../".repeat(path.split("/").length);
    const text = `export * from "${up}${HALVES.cjs}/${path}.js";\n`;
    await Deno.writeTextFile(new URL(`${path}.d.ts`, esm), text);
  }
}

/** Completes the declarations of a half, and keeps only those that an entry point reaches. */
async function writeTypes(folder: URL, entries: readonly string[]): Promise<void> {
  const types = await reachableTypes(folder, entries);
  for (const path of (await filesIn(folder)).filter((path) => path.endsWith(".d.ts"))) {
    const url = new URL(path, folder);
    if (types.has(path)) {
      const text = await Deno.readTextFile(url);
      const named = text.replaceAll(/(\bfrom |\bimport\()"@archfx\/cloud/g, `$1"${NPM_NAME}`);
      await Deno.writeTextFile(url, named);
    } else await Deno.remove(url);
  }
}

/**
 * Splits the text of the codec into two modules for {@linkcode toCommonJs}, because gzip does not look back
 * further than 32 kB.
 */
const CODEC_TEXT = /^src\/codec\/wasm_bytes(?:_end)?\.js$/;

function splitCodec(codes: Map<string, string>): void {
  const path = "src/codec/wasm_bytes.js";
  const match = /^export const (\w+) = "([^"]+)";\n$/.exec(codes.get(path) ?? "");
  if (!match) return;
  const [, name, text] = match;
  const half = text.length >> 1;
  codes.set(
    path,
    `import { END } from "./wasm_bytes_end.js";\nexport const ${name} = "${
      text.slice(0, half)
    }" + END;\n`,
  );
  codes.set("src/codec/wasm_bytes_end.js", `export const END = "${text.slice(half)}";\n`);
}

/** Removes the modules of both halves, and returns the texts of the ES modules. */
async function takeModules(out: URL): Promise<Map<string, string>> {
  const codes = new Map<string, string>();
  for (const half of Object.values(HALVES)) {
    const folder = new URL(`${half}/`, out);
    for (const path of (await filesIn(folder)).filter((path) => path.endsWith(".js"))) {
      const url = new URL(path, folder);
      if (path === "_dnt.polyfills.js") {
        throw new Error(
          "Cannot complete the package: dnt has added a polyfill",
        );
      }
      if (half === HALVES.esm) {
        codes.set(path, withDeferred(await withoutComments(await Deno.readTextFile(url))));
      }
      await Deno.remove(url);
    }
  }
  return codes;
}

/** Data is only in the CommonJS half; ES modules import it from there. */
function dataFrom(path: string, code: string): string {
  const names = parse(code)[1].map(({ n }) => n).join(", ");
  return `export { ${names} } from "${
    relative(`${HALVES.cjs}/${path}`, `${HALVES.esm}/${path}`)
  }";\n`;
}

/**
 * Completes the package.
 *
 * @param config `deno.json`.
 * @param out The package's folder, with the modules of each half.
 * @param packages npm packages that the modules import.
 */
export async function finishDual(
  config: DenoConfig,
  out: URL,
  packages: readonly string[],
): Promise<void> {
  const [esm, cjs] = [HALVES.esm, HALVES.cjs].map((name) => new URL(`${name}/`, out));
  const sources = Object.values(config.exports);
  const codes = await takeModules(out);
  await esbuild.stop();
  splitCodec(codes);
  const joined = await joinModules(codes, sources, (path) => CODEC_TEXT.test(path));
  for (const [path, code] of joined.flat) await write(cjs, path, toCommonJs(path, code));
  for (const [path, code] of joined.esm) {
    await write(esm, path, isData(path) ? dataFrom(path, code) : code);
  }
  await write(cjs, "package.json", JSON.stringify({ type: "commonjs", sideEffects: false }) + "\n");
  // The modules belong to the package.json above, because not all tools read `imports` of one in a subfolder.
  await Deno.remove(new URL("package.json", esm)).catch(() => {});
  await writeTypes(cjs, sources);
  await writeEsmTypes(esm, sources);
  await writeFiles(out, `${HALVES.esm}/`);
  const json = dualPackageJson(config, packages, runtimeImports(joined.runtime, `${HALVES.esm}/`));
  await Deno.writeTextFile(new URL("package.json", out), JSON.stringify(json, null, 2) + "\n");
}
