/**
 * Builds the npm package with dnt: ES modules and CommonJS. dnt is only on JSR, so it is imported when this
 * engine runs, and this file declares the types that are used. The options have the same meaning in 0.42.3 and
 * 0.43.2.
 *
 * @module
 */
import { finishDual } from "./npm_dual.ts";
import { type DenoConfig, NPM_NAME } from "./npm_package.ts";
import { anyModule, copyStdSources, STD_FOLDER, stdPath } from "./npm_std.ts";

/** The used part of dnt's `BuildOptions`. */
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

/** The used part of the module `@deno/dnt`. */
export interface Dnt {
  build(options: DntOptions): Promise<void>;
  emptyDir(path: string): Promise<void>;
}

/**
 * Not a literal in the import below, because type checks must pass without JSR. 0.43 is the maintained version;
 * "^0.42" would not include it.
 */
const DNT: string = "jsr:@deno/dnt@^0.43.2";

/** "Could not find a declaration file for module": npm's copy of the standard library has none. */
const NO_DECLARATIONS = 7016;

const root = new URL("..", import.meta.url);

/**
 * The configuration for dnt: `deno.json` with copies instead of the standard library. Usually, the option
 * `mappings` does this, but 0.42.3 cannot map an npm specifier to a module.
 */
const CONFIG = new URL("dnt.deno.json", root);

/** The modules of the standard library that the sources import. */
function stdTargets(config: DenoConfig): string[] {
  return Object.values(config.imports).filter((target) => stdPath(target) !== undefined).sort();
}

/** The content of {@linkcode CONFIG}. */
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
    // The sources use APIs of Deno only in `_deno_*.ts`, and check there whether they exist.
    shims: {},
    // tests/npm runs the golden cases and the suite on the finished package, in every runtime.
    test: false,
    // The `tsc` engine checks both halves.
    typeCheck: "single",
    declaration: "inline",
    // Source maps would contain folders of this machine, and sources would double the size of the package.
    declarationMap: false,
    skipSourceOutput: true,
    scriptModule: "cjs",
    compilerOptions: {
      // The sources only use features of Node 20. For other targets, dnt would add polyfills to every bundle.
      target: "Latest",
      lib: ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
      sourceMap: false,
    },
    filterDiagnostic: ({ code }) => code !== NO_DECLARATIONS,
    package: {
      name: NPM_NAME,
      version: config.version,
      // dnt would use the types of Node 20, which do not have node:sqlite.
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
    // Any other error is a problem of dnt or of its options.
    if (error instanceof Error && /\bjsr\b/i.test(error.message)) return undefined;
    throw error;
  }
}

/** Builds the package; the working folder must be the project's. */
export async function buildWithDnt(dnt: Dnt, config: DenoConfig, out: URL): Promise<void> {
  await dnt.emptyDir(out.pathname);
  try {
    // Beside the sources, because dnt keeps the layout of the project.
    await copyStdSources(root, stdTargets(config));
    await Deno.writeTextFile(CONFIG, JSON.stringify(dntConfig(config)));
    await dnt.build(dntOptions(config, out));
  } finally {
    for (const url of [new URL(STD_FOLDER, root), CONFIG]) {
      await Deno.remove(url, { recursive: true }).catch(() => {});
    }
  }
}
