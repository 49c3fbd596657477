/**
 * The npm package by dnt: ES modules and CommonJS. dnt comes from JSR only, so it is imported when this
 * engine runs, and is described here by the part of its types that is used; the options have the same
 * meaning in 0.42.3 and 0.43.2.
 *
 * @module
 */
import { finishDual } from "./npm_dual.ts";
import { type DenoConfig, NPM_NAME } from "./npm_package.ts";
import { anyModule, copyStdSources, STD_FOLDER, stdPath } from "./npm_std.ts";

/** dnt's `BuildOptions`, as far as they are used. */
export interface DntOptions {
  entryPoints: { name: string; path: string }[];
  outDir: string;
  configFile: string;
  shims: Record<string, never>;
  test: boolean;
  typeCheck: "single";
  declaration: "inline";
  declarationMap: boolean;
  skipSourceOutput: boolean;
  scriptModule: "cjs";
  compilerOptions: { target: "Latest"; lib: string[]; sourceMap: false };
  filterDiagnostic: (diagnostic: { code: number }) => boolean;
  package: { name: string; version: string; devDependencies: Record<string, string> };
  postBuild: () => Promise<void>;
}

/** What is used of the module `@deno/dnt`. */
export interface Dnt {
  build(options: DntOptions): Promise<void>;
  emptyDir(path: string): Promise<void>;
}

/**
 * Not a literal in the import below: type checks must pass where JSR cannot be reached. 0.43 is the line
 * that is maintained; "^0.42" would never reach it.
 */
const DNT: string = "jsr:@deno/dnt@^0.43.2";

/** "Could not find a declaration file for module": npm's copy of the standard library has none. */
const NO_DECLARATIONS = 7016;

const root = new URL("..", import.meta.url);

/**
 * The configuration that dnt reads: `deno.json` with copies instead of the standard library. Its option
 * `mappings` would be the usual way, but 0.42.3 cannot map an npm specifier to a module.
 */
const CONFIG = new URL("dnt.deno.json", root);

/** The modules of the standard library that the sources import. */
function stdTargets(config: DenoConfig): string[] {
  return Object.values(config.imports).filter((target) => stdPath(target) !== undefined).sort();
}

/** What {@linkcode CONFIG} has. */
function dntConfig(config: DenoConfig): Pick<DenoConfig, "imports"> {
  const imports = Object.entries(config.imports).map(([name, target]) => [
    name,
    stdPath(target) === undefined ? target : `./${anyModule(target)}`,
  ]);
  return { imports: Object.fromEntries(imports) };
}

/**
 * The options for dnt.
 *
 * @param config `deno.json`.
 * @param out The package's folder.
 */
export function dntOptions(config: DenoConfig, out: URL): DntOptions {
  return {
    entryPoints: Object.entries(config.exports).map(([name, path]) => ({ name, path })),
    outDir: out.pathname,
    configFile: CONFIG.href,
    // The sources call no API of Deno outside `_deno_*.ts`, and ask there whether it exists.
    shims: {},
    // tests/npm runs the golden cases and the suite on the finished package, in every runtime.
    test: false,
    // The `tsc` engine checks both halves.
    typeCheck: "single",
    declaration: "inline",
    // Maps and sources would name folders of this machine or double the package.
    declarationMap: false,
    skipSourceOutput: true,
    scriptModule: "cjs",
    compilerOptions: {
      // The sources use what Node 20 has. For any other target dnt adds polyfills, to every bundle.
      target: "Latest",
      lib: ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
      sourceMap: false,
    },
    filterDiagnostic: ({ code }) => code !== NO_DECLARATIONS,
    package: {
      name: NPM_NAME,
      version: config.version,
      // dnt would take those of Node 20, which have no node:sqlite.
      devDependencies: { "@types/node": "^24.0.0" },
    },
    postBuild: async () => {
      const json = JSON.parse(await Deno.readTextFile(new URL("package.json", out)));
      const packages = Object.keys({ ...json.dependencies, ...json.peerDependencies });
      await finishDual(config, out, packages);
    },
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
    // Anything else is an error in dnt, or in how it is used.
    if (error instanceof Error && /\bjsr\b/i.test(error.message)) return undefined;
    throw error;
  }
}

/** Builds the package; the working folder must be the project's. */
export async function buildWithDnt(dnt: Dnt, config: DenoConfig, out: URL): Promise<void> {
  await dnt.emptyDir(out.pathname);
  try {
    // Beside the sources, because dnt lays files out as they are in the project.
    await copyStdSources(root, stdTargets(config));
    await Deno.writeTextFile(CONFIG, JSON.stringify(dntConfig(config)));
    await dnt.build(dntOptions(config, out));
  } finally {
    for (const url of [new URL(STD_FOLDER, root), CONFIG]) {
      await Deno.remove(url, { recursive: true }).catch(() => {});
    }
  }
}
