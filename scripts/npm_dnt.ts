/**
 * The npm package by dnt: ES modules and CommonJS, with the tests of the pure rooms run under Node.
 * dnt comes from JSR only, so it is imported when this engine runs and is described here by the part
 * of its types that is used; these options have the same meaning in every dnt since 0.40.
 *
 * @module
 */
import { writeFiles } from "./npm_files.ts";
import { type DenoConfig, dntPackageJson, type PackageJson } from "./npm_package.ts";

/** dnt's `BuildOptions`, as far as they are used. */
export interface DntOptions {
  entryPoints: { name: string; path: string }[];
  outDir: string;
  importMap: string;
  shims: { deno: "dev" };
  test: boolean;
  rootTestDir: string;
  testPattern: string;
  typeCheck: "single";
  declaration: "inline";
  declarationMap: boolean;
  skipSourceOutput: boolean;
  scriptModule: "cjs";
  compilerOptions: { target: "ES2022"; lib: string[]; sourceMap: false };
  filterDiagnostic: (diagnostic: { code: number }) => boolean;
  package: PackageJson;
  postBuild: () => Promise<void>;
}

/** What is used of the module `@deno/dnt`. */
export interface Dnt {
  build(options: DntOptions): Promise<void>;
  emptyDir(path: string): Promise<void>;
}

/** Not a literal in the import below: type checks must pass where JSR cannot be reached. */
const DNT: string = "jsr:@deno/dnt@^0.42.1";

/** "Could not find a declaration file for module": npm's copy of the standard library has none. */
const NO_DECLARATIONS = 7016;

/**
 * The options for dnt.
 *
 * @param config `deno.json`.
 * @param out The package's folder.
 * @param runtime Modules of the package that a bundle for browsers leaves out.
 */
export function dntOptions(
  config: DenoConfig,
  out: URL,
  runtime: readonly string[] = [],
): DntOptions {
  return {
    entryPoints: Object.entries(config.exports).map(([name, path]) => ({ name, path })),
    outDir: out.pathname,
    importMap: "./deno.json",
    // The package itself calls no Deno API outside `_deno_*.ts`; its tests do.
    shims: { deno: "dev" },
    test: true,
    rootTestDir: "./tests",
    // What needs no emulator, browser or child process of Deno; tests/npm does the rest on the tarball.
    testPattern: "{slugs,codec,readings}/**/*_test.ts",
    typeCheck: "single",
    declaration: "inline",
    // Maps and sources would name folders of this machine or double the package.
    declarationMap: false,
    skipSourceOutput: true,
    scriptModule: "cjs",
    compilerOptions: {
      target: "ES2022",
      lib: ["ESNext", "DOM", "DOM.Iterable"],
      sourceMap: false,
    },
    filterDiagnostic: ({ code }) => code !== NO_DECLARATIONS,
    package: dntPackageJson(config, runtime),
    postBuild: () => writeFiles(out, "esm/"),
  };
}

/**
 * Loads dnt.
 *
 * @returns The module, or undefined where JSR cannot be reached.
 */
export async function loadDnt(): Promise<Dnt | undefined> {
  try {
    return await import(DNT) as Dnt;
  } catch (error) {
    if (error instanceof TypeError || error instanceof Error && /jsr/i.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}

/** The modules that need a file system or a runtime's own API, where dnt puts them. */
async function runtimeModules(): Promise<string[]> {
  const root = new URL("../src/", import.meta.url);
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    if (!isDirectory) continue;
    for await (const file of Deno.readDir(new URL(`${name}/`, root))) {
      if (/^_(?:node|deno)_.*\.ts$/.test(file.name)) {
        found.push(`esm/src/${name}/${file.name.replace(/\.ts$/, ".js")}`);
      }
    }
  }
  return found.sort();
}

/** Builds the package; the working folder must be the repository's. */
export async function buildWithDnt(dnt: Dnt, config: DenoConfig, out: URL): Promise<void> {
  await dnt.emptyDir(out.pathname);
  await dnt.build(dntOptions(config, out, await runtimeModules()));
}
