/**
 * Builds the npm package like dnt, but only with TypeScript: with the same compiler options, specifiers and
 * halves. It checks the sources where dnt cannot run, because consumers of the dnt package get the same CommonJS
 * from TypeScript.
 *
 * @module
 */
import { finishDual } from "./npm_dual.ts";
import { type DenoConfig, dependencies, HALVES, OPTIONAL_PEERS } from "./npm_package.ts";
import { packageOf, relative, withDeferred } from "./npm_imports.ts";
import { anyModule, copyStdSources, stdPath } from "./npm_std.ts";

const root = new URL("..", import.meta.url);

/** The TypeScript of dnt 0.43. */
const TYPESCRIPT = "6.0.2";
const NODE_TYPES = "24.19.2";

/** The compiler options of dnt 0.43 for both halves, with the options of `npm_dnt.ts`. */
export const COMPILER_OPTIONS = {
  target: "ESNext",
  lib: ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
  strict: true,
  useUnknownInCatchVariables: false,
  allowJs: true,
  declaration: true,
  ignoreDeprecations: "6.0",
  types: ["node"],
  isolatedModules: true,
  useDefineForClassFields: true,
  allowSyntheticDefaultImports: true,
  skipLibCheck: true,
};

/** The differences between the halves. */
export const HALF_OPTIONS = {
  esm: { module: "ESNext", moduleResolution: "Bundler", esModuleInterop: false },
  cjs: { module: "CommonJS", moduleResolution: "Node10", esModuleInterop: true },
} as const;

/** A module in the output of `deno info`. */
interface ModuleInfo {
  readonly specifier: string;
  readonly local?: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

async function run(cwd: URL, command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd }).output();
  const text = new TextDecoder();
  if (success) return text.decode(stdout);
  const said = `${text.decode(stdout)}\n${text.decode(stderr)}`.trim();
  throw new Error(`Cannot run ${command} ${args.join(" ")}: ${said}`);
}

/** All modules that the entry points reach, by path in the project. */
async function reachable(config: DenoConfig): Promise<Map<string, ModuleInfo>> {
  const found = new Map<string, ModuleInfo>();
  for (const entry of Object.values(config.exports)) {
    const info = JSON.parse(await run(root, Deno.execPath(), "info", "--json", entry));
    for (const module of info.modules as ModuleInfo[]) {
      if (module.specifier.startsWith(root.href)) {
        found.set(decodeURIComponent(module.specifier.slice(root.href.length)), module);
      }
    }
  }
  return found;
}

/** The text with every import of a specifier replaced by another one. */
function renamed(text: string, from: string, to: string): string {
  const literal = from.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(\\bfrom\\s*|\\bimport\\s*\\(?\\s*)(["'])${literal}\\2`, "g");
  return text.replace(pattern, (_, keyword, quote) => keyword + quote + to + quote);
}

/**
 * Copies the sources, with specifiers in the form of dnt.
 *
 * @returns The npm packages that they import.
 */
async function copySources(config: DenoConfig, target: URL): Promise<string[]> {
  const packages = new Set<string>();
  const std = new Set<string>();
  for (const [path, { dependencies = [] }] of await reachable(config)) {
    let text = withDeferred(await Deno.readTextFile(new URL(path, root)));
    if (/\bnew\.target\./.test(text)) {
      throw new Error(`Cannot compile ${path}: dnt treats "new.target." like import.meta`);
    }
    for (const { specifier, code, type } of dependencies) {
      const resolved = code?.specifier ?? type?.specifier ?? specifier;
      const npm = resolved.replace(/^npm:\//, "npm:");
      if (stdPath(npm) !== undefined) {
        std.add(npm);
        const copy = anyModule(npm).replace(/\.ts$/, ".js");
        text = renamed(text, specifier, relative(copy, path));
      } else if (npm.startsWith("npm:")) {
        const bare = npm.replace(/^npm:((?:@[^/@]+\/)?[^/@]+)@[^/]+/, "$1");
        packages.add(packageOf(bare)!);
        text = renamed(text, specifier, bare);
      } else if (specifier.startsWith(".")) {
        text = renamed(text, specifier, specifier.replace(/\.ts$/, ".js"));
      }
    }
    const url = new URL(path, target);
    await Deno.mkdir(new URL(".", url), { recursive: true });
    await Deno.writeTextFile(url, text);
  }
  await copyStdSources(target, [...std].sort());
  return [...packages].sort();
}

/** Declarations for npm packages of plain JavaScript; their exports are `any`. */
async function untyped(project: URL, packages: readonly string[]): Promise<string> {
  let text = "";
  for (const name of packages) {
    const json = await Deno.readTextFile(new URL(`node_modules/${name}/package.json`, project));
    if (!/"(?:types|typings)":/.test(json)) text += `declare module "${name}";\n`;
  }
  return text;
}

/**
 * Builds the package.
 *
 * @param config `deno.json`.
 * @param out The package's folder, empty.
 * @throws {Error} With TypeScript's diagnostics, in either half.
 */
export async function buildWithTsc(config: DenoConfig, out: URL): Promise<void> {
  const temp = new URL(`file://${await Deno.makeTempDir()}/`);
  try {
    const source = new URL("src/", temp);
    const packages = await copySources(config, source);
    await Deno.writeTextFile(
      new URL("package.json", temp),
      JSON.stringify({
        private: true,
        dependencies: {
          ...dependencies(config, packages.filter((name) => OPTIONAL_PEERS[name] === undefined)),
          ...OPTIONAL_PEERS,
          "@types/node": NODE_TYPES,
          "typescript": TYPESCRIPT,
        },
      }),
    );
    await run(temp, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline");
    await Deno.writeTextFile(new URL("untyped.d.ts", temp), await untyped(temp, packages));
    for (const [format, folder] of Object.entries(HALVES)) {
      const options = {
        ...COMPILER_OPTIONS,
        ...HALF_OPTIONS[format as keyof typeof HALF_OPTIONS],
        noEmitOnError: true,
        rootDir: "src",
        outDir: new URL(folder, out).pathname,
      };
      const files = ["untyped.d.ts", ...Object.values(config.exports).map((path) => `src/${path}`)];
      await Deno.writeTextFile(
        new URL("tsconfig.json", temp),
        JSON.stringify({ compilerOptions: options, files }),
      );
      await run(temp, "node", "node_modules/typescript/bin/tsc", "-p", ".");
    }
    await finishDual(config, out, packages);
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
}
