/**
 * Joins the modules of the npm package into the files that `npm_groups.ts` names.
 *
 * @module
 */
import { type OutputChunk, rollup } from "rollup";
import { groupModules, listsOf, readModule } from "./npm_groups.ts";
import { pathOf, relative, rewrite } from "./npm_imports.ts";
import { BROWSER_STUB, browserStub, isRuntime, runtimeName } from "./npm_stub.ts";

/** Large modules that contain only data, which get a separate file. */
const DATA = /\/(?:console\/assets|(?:cli|gateway|reports)\/_worker_code)\.js$/;

/** Whether a module contains only data. */
export function isData(path: string): boolean {
  return DATA.test(path);
}

/** Modules that the command in `bin/` imports in addition to its entry point. */
const COMMAND = ["src/cli/_io.js"];

/** The files of one package. */
export interface Joined {
  /** ES modules by path, prepared for browser bundles. */
  readonly esm: Map<string, string>;
  /** ES modules as input for CommonJS: lists export every name explicitly, without special specifiers. */
  readonly flat: Map<string, string>;
  /** The modules that browser bundles replace. */
  readonly runtime: string[];
}

/**
 * `import { a, b as c } from './x.js';`, an export in the same form, or one without a file, in the output of
 * rollup.
 */
const LINE = /^(import|export) \{ (.+) \}(?: from '([^']+)')?;$/;

/** A re-exported name of a list: `export { name as exported } from "from"`. */
interface PassedOn {
  readonly name: string;
  readonly exported: string;
  readonly from: string;
}

/** The re-exported names of a list. */
function passedOn(path: string, code: string): PassedOn[] {
  const imported = new Map<string, PassedOn>();
  const found: PassedOn[] = [];
  for (const line of code.split("\n").filter((line) => line !== "")) {
    const [, kind, items, from] = LINE.exec(line) ?? [];
    for (const item of items?.split(", ") ?? []) {
      const [name, exported = name] = item.split(" as ");
      const source = from === undefined ? imported.get(name) : { name, exported, from };
      if (source === undefined) throw new Error(`Cannot join ${path}: it has ${item} of its own`);
      if (kind === "import") imported.set(exported, source);
      else found.push({ ...source, exported });
    }
    if (kind === undefined) {
      throw new Error(`Cannot join ${path}: it must only re-export names, but has ${line}`);
    }
  }
  return found;
}

/** A list of exports, with `export *` for the lists in `inner`. */
function listText(
  path: string,
  { code }: OutputChunk,
  inner: readonly string[],
  exportsOf: ReadonlyMap<string, readonly string[]>,
): string {
  const known = new Set(inner.flatMap((list) => exportsOf.get(list)!));
  const own = passedOn(path, code).filter(({ exported }) => !known.has(exported));
  const lines = inner.map((list) => `export * from '${relative(list, path)}';`);
  for (const [from, names] of Map.groupBy(own, ({ from }) => from)) {
    const items = names.map(({ name, exported }) =>
      name === exported ? name : `${name} as ${exported}`
    );
    lines.push(`export { ${items.join(", ")} } from '${from}';`);
  }
  return lines.join("\n") + "\n";
}

/** Replaces specifiers of modules that browser bundles replace by names in `imports`. */
function withRuntimeNames(path: string, code: string): string {
  return rewrite(path, code, (specifier) => {
    if (!specifier.startsWith(".")) return specifier;
    const found = pathOf(specifier, path);
    return isRuntime(found) ? runtimeName(found) : specifier;
  });
}

/**
 * Joins modules.
 *
 * @param codes The modules' texts, without comments, by path.
 * @param sources The sources of the entry points in `deno.json`; their paths and exports are kept.
 * @param isAlone Whether another module needs a separate file, with its path and exports.
 * @throws {Error} If files would import each other in a cycle.
 */
export async function joinModules(
  codes: ReadonlyMap<string, string>,
  sources: readonly string[],
  isAlone: (path: string) => boolean = () => false,
): Promise<Joined> {
  const entries = sources.map((path) => path.replace(/^\.\//, "").replace(/\.ts$/, ".js"))
    .concat(COMMAND.filter((path) => codes.has(path)));
  const hasOwnFile = (path: string) => isRuntime(path) || isData(path) || isAlone(path);
  const modules = new Map(Array.from(codes, ([path, code]) => [path, readModule(path, code)]));
  const files = groupModules(
    modules,
    entries,
    (path) => entries.includes(path) || hasOwnFile(path),
  );
  const lists = listsOf(modules, entries);
  const kept = [...new Set([...entries, ...lists, ...[...files.keys()].filter(hasOwnFile)])];
  const bundle = await rollup({
    input: Object.fromEntries(kept.map((path) => [path, path])),
    preserveEntrySignatures: "strict",
    treeshake: { moduleSideEffects: false }, // like in package.json
    plugins: [{
      name: "modules in memory",
      resolveId: (specifier, from) => {
        if (from === undefined) return specifier;
        return specifier.startsWith(".")
          ? pathOf(specifier, from)
          : { id: specifier, external: true };
      },
      load: (path) => codes.get(path),
    }],
    onwarn: ({ code, message }) => {
      if (code !== "EMPTY_BUNDLE") throw new Error(`Cannot join the modules: ${message}`);
    },
  });
  const { output } = await bundle.generate({
    format: "es",
    entryFileNames: "[name]",
    chunkFileNames: "[name]",
    manualChunks: (path) => files.get(path),
    generatedCode: "es2015",
    externalLiveBindings: false,
    hoistTransitiveImports: false,
    minifyInternalExports: false,
  });
  await bundle.close();

  const chunks = new Map<string, OutputChunk>();
  for (const chunk of output) {
    if (chunk.type !== "chunk" || chunk.code.trim() === "") continue;
    chunks.set(chunk.fileName, chunk);
  }
  const exportsOf = new Map([...lists].map((path) => [path, chunks.get(path)!.exports]));
  const esm = new Map<string, string>();
  const flat = new Map<string, string>();
  for (const [path, chunk] of chunks) {
    if (lists.has(path)) {
      // If esbuild needs one file of a list, it keeps all of them, so nested lists with fewer files are better.
      const inner = modules.get(path)!.imports.filter((list) =>
        exportsOf.get(list)?.every((name) => chunk.exports.includes(name))
      );
      esm.set(path, listText(path, chunk, inner, exportsOf));
      flat.set(path, listText(path, chunk, [], exportsOf));
    } else {
      esm.set(path, withRuntimeNames(path, chunk.code));
      flat.set(path, chunk.code);
    }
  }
  const runtime = [...esm.keys()].filter(isRuntime).sort();
  if (runtime.length > 0) {
    esm.set(BROWSER_STUB, browserStub(runtime.flatMap((path) => chunks.get(path)!.exports)));
  }
  return { esm, flat, runtime };
}
