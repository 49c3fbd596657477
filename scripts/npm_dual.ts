/**
 * What makes two folders of modules, ES modules and CommonJS, a package: the work that is left when dnt
 * or TypeScript has emitted them.
 *
 * @module
 */
import { init, parse } from "es-module-lexer";
import * as esbuild from "esbuild";
import { writeFiles } from "./npm_files.ts";
import { rewrite, specifiers, withDeferred, withoutComments } from "./npm_imports.ts";
import {
  type DenoConfig,
  dualPackageJson,
  HALVES,
  NPM_NAME,
  type PackageJson,
} from "./npm_package.ts";
import {
  BROWSER_STUB,
  browserStub,
  RUNTIME_MODULE,
  runtimeImports,
  runtimeName,
} from "./npm_stub.ts";

await init;

/** The files below a folder, by path, in order. */
async function filesIn(folder: URL, path = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, folder))) {
    if (isDirectory) found.push(...await filesIn(folder, `${path}${name}/`));
    else found.push(path + name);
  }
  return found.sort();
}

/**
 * Modules that hold nothing but data: one copy, in the CommonJS half, is enough, since ES
 * modules can import it from there.
 */
const DATA = /\/(?:console\/assets|(?:cli|gateway|reports)\/_worker_code)\.js$/;

/** The declarations that the entry points reach: a consumer's compiler reads no others. */
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
 * The ES modules' declarations: each entry point takes its names from the CommonJS half, whose
 * declarations are the same, so that the package has them once, and a value of one half fits the other.
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

/** Specifiers of modules that a bundle for browsers replaces become names in `imports`. */
function renamed(path: string, code: string, runtime: ReadonlySet<string>): string {
  return rewrite(path, code, (specifier) => {
    if (!specifier.startsWith(".")) return specifier;
    const found = new URL(specifier, `file:///${path}`).pathname.slice(1);
    return runtime.has(found) ? runtimeName(found) : specifier;
  });
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
  const esm = new URL(`${HALVES.esm}/`, out);
  let imports: PackageJson["imports"];
  for (const name of Object.values(HALVES)) {
    const isEsm = name === HALVES.esm;
    const folder = new URL(`${name}/`, out);
    const paths = await filesIn(folder);
    const types = await reachableTypes(folder, Object.values(config.exports));
    if (paths.includes("_dnt.polyfills.js")) {
      throw new Error(
        "Cannot complete the package: dnt found something that it has a polyfill for",
      );
    }
    const runtime = new Set(paths.filter((path) => RUNTIME_MODULE.test(`/${path}`)));
    for (const path of paths) {
      const url = new URL(path, folder);
      const text = await Deno.readTextFile(url);
      if (path.endsWith(".js")) {
        const code = withDeferred(await withoutComments(text));
        // Bundles for browsers are made of ES modules.
        await Deno.writeTextFile(url, isEsm ? renamed(path, code, runtime) : code);
      } else if (path.endsWith(".d.ts") && !types.has(path)) await Deno.remove(url);
      else {
        const named = text.replaceAll(/(\bfrom |\bimport\()"@archfx\/cloud/g, `$1"${NPM_NAME}`);
        await Deno.writeTextFile(url, named);
      }
    }
    if (isEsm) {
      // Its modules belong to the package.json above: `imports` of one in a sub-folder are not for all tools.
      await Deno.remove(new URL("package.json", folder)).catch(() => {});
      const names: string[] = [];
      for (const path of runtime) {
        names.push(...parse(await Deno.readTextFile(new URL(path, folder)))[1].map(({ n }) => n));
      }
      await Deno.writeTextFile(new URL(BROWSER_STUB, folder), browserStub(names));
      imports = runtimeImports(runtime, `${name}/`);
    } else {
      const json = { type: "commonjs", sideEffects: false };
      await Deno.writeTextFile(new URL("package.json", folder), JSON.stringify(json) + "\n");
    }
  }
  for (const path of (await filesIn(esm)).filter((path) => DATA.test(path))) {
    const [, names] = parse(await Deno.readTextFile(new URL(path, esm)));
    const up = "../".repeat(path.split("/").length);
    await Deno.writeTextFile(
      new URL(path, esm),
      `export { ${names.map(({ n }) => n).join(", ")} } from "${up}${HALVES.cjs}/${path}";\n`,
    );
  }
  await writeEsmTypes(esm, Object.values(config.exports));
  await esbuild.stop();
  await writeFiles(out, `${HALVES.esm}/`);
  const json = dualPackageJson(config, packages, imports ?? {});
  await Deno.writeTextFile(new URL("package.json", out), JSON.stringify(json, null, 2) + "\n");
}
