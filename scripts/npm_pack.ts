/**
 * The npm package by `deno pack`, with its corrections: import-map names are rewritten, what no entry
 * point reaches is left out, and package.json gets what `deno pack` drops. ES modules only.
 *
 * @module
 */
import { parse } from "es-module-lexer";
import { writeFiles } from "./npm_files.ts";
import * as esbuild from "esbuild";
import { packageOf, rewrite, specifiers, withDeferred, withoutComments } from "./npm_imports.ts";
import { type DenoConfig, NPM_NAME, OPTIONAL_PEERS, packPackageJson } from "./npm_package.ts";
import { copyStd, stdPath } from "./npm_std.ts";
import {
  BROWSER_STUB,
  browserStub,
  RUNTIME_MODULE,
  runtimeImports,
  runtimeName,
} from "./npm_stub.ts";

const root = new URL("..", import.meta.url);

/** What `deno pack` emits, by path; source maps are off since they name folders of this machine. */
async function emitted(): Promise<Map<string, string>> {
  const temp = await Deno.makeTempDir();
  try {
    const run = async (command: string, args: string[]) => {
      const result = await new Deno.Command(command, { args, cwd: root }).output();
      if (!result.success) throw new Error(new TextDecoder().decode(result.stderr).trim());
    };
    const tarball = `${temp}/pack.tgz`;
    await run(Deno.execPath(), [
      "pack",
      "--allow-dirty",
      "--no-source-maps",
      "--quiet",
      "--output",
      tarball,
    ]);
    await run("tar", ["xzf", tarball, "-C", temp]);
    const files = new Map<string, string>();
    const walk = async (path: string) => {
      for await (const entry of Deno.readDir(`${temp}/package/${path}`)) {
        if (entry.isDirectory) await walk(`${path}${entry.name}/`);
        else if (/\.js$|\.d\.ts$/.test(entry.name)) {
          const text = await Deno.readTextFile(`${temp}/package/${path}${entry.name}`);
          files.set(path + entry.name, entry.name.endsWith(".js") ? withDeferred(text) : text);
        }
      }
    };
    await walk("");
    return files;
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
}

/** The path that a relative specifier in `from` names. */
function resolve(specifier: string, from: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** The relative specifier for `path` in `from`. */
function relative(path: string, from: string): string {
  const up = from.split("/").length - 1;
  return (up === 0 ? "./" : "../".repeat(up)) + path;
}

/** How the specifiers of one package are followed and rewritten, and what was met on the way. */
class Rewriter {
  readonly kept = new Map<string, string>();
  readonly packages = new Set<string>();
  readonly std = new Set<string>();
  readonly #files: ReadonlyMap<string, string>;
  readonly #imports: Readonly<Record<string, string>>;

  constructor(files: ReadonlyMap<string, string>, imports: Readonly<Record<string, string>>) {
    this.#files = files;
    this.#imports = imports;
  }

  /** Keeps a file and everything that it reaches. */
  keep(path: string): void {
    if (this.kept.has(path)) return;
    const source = this.#files.get(path);
    if (source === undefined) {
      throw new Error(
        `Cannot find ${path} in what deno pack emits` +
          (path.endsWith(".d.ts") ? ": run deno publish --dry-run to see the slow types" : ""),
      );
    }
    const text = rewrite(path, source, (specifier) => this.#target(specifier, path));
    this.kept.set(
      path,
      text.replaceAll(/(\bfrom |\bimport\()"@archfx\/cloud/g, `$1"${NPM_NAME}`),
    );
    for (const { text: specifier } of specifiers(path, source)) {
      if (specifier.startsWith(".")) {
        const target = resolve(specifier, path);
        this.keep(path.endsWith(".d.ts") ? target.replace(/\.js$/, ".d.ts") : target);
      }
    }
  }

  /** The specifier as the package needs it: an import-map name becomes its npm package or a copy. */
  #target(specifier: string, from: string): string {
    // deno pack has rewritten `npm:` specifiers, which the sources use for optional peers.
    if (specifier.startsWith("node:") || specifier in OPTIONAL_PEERS) return specifier;
    if (specifier.startsWith(".")) {
      const path = resolve(specifier, from);
      return RUNTIME_MODULE.test(path) && from.endsWith(".js") ? runtimeName(path) : specifier;
    }
    const name = Object.keys(this.#imports)
      .filter((key) => specifier === key || specifier.startsWith(`${key}/`))
      .sort((a, b) => b.length - a.length)[0];
    const mapped = name === undefined ? specifier : this.#imports[name];
    const std = stdPath(mapped);
    if (std !== undefined) {
      this.std.add(mapped);
      return relative(std, from);
    }
    const npm = /^npm:((?:@[^/@]+\/)?[^/@]+)@[^/]+(\/.*)?$/.exec(mapped);
    if (!npm) {
      throw new Error(`Cannot rewrite "${specifier}" in ${from} as it is not an npm package`);
    }
    const target = npm[1] + (npm[2] ?? "") + specifier.slice(name?.length ?? specifier.length);
    this.packages.add(packageOf(target)!);
    return target;
  }
}

/**
 * Builds the package.
 *
 * @param config `deno.json`.
 * @param out The package's folder, empty.
 * @throws {Error} If an entry point has no declarations, or imports what npm does not have.
 */
export async function pack(config: DenoConfig, out: URL): Promise<void> {
  const rewriter = new Rewriter(await emitted(), config.imports);
  for (const source of Object.values(config.exports)) {
    const path = source.replace(/^\.\//, "").replace(/\.ts$/, "");
    rewriter.keep(`${path}.js`);
    rewriter.keep(`${path}.d.ts`);
  }

  const { kept } = rewriter;
  const runtime = [...kept.keys()].filter((path) => RUNTIME_MODULE.test(path)).sort();
  if (runtime.length > 0) {
    kept.set(
      BROWSER_STUB,
      browserStub(runtime.flatMap((path) => parse(kept.get(path)!)[1].map(({ n }) => n))),
    );
  }

  for (const [path, text] of kept) {
    await Deno.mkdir(new URL(".", new URL(path, out)), { recursive: true });
    const code = path.endsWith(".js") ? await withoutComments(text) : text;
    await Deno.writeTextFile(new URL(path, out), code);
  }
  await esbuild.stop();
  await copyStd(out, [...rewriter.std].sort());
  await writeFiles(out, "");
  const folders = ["src", ...(rewriter.std.size > 0 ? ["std"] : [])];
  const json = packPackageJson(config, {
    folders,
    packages: [...rewriter.packages],
    imports: runtimeImports(runtime),
  });
  await Deno.writeTextFile(new URL("package.json", out), JSON.stringify(json, null, 2) + "\n");
}
