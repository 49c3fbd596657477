/**
 * Builds the npm package with `deno pack`, and corrects the result: it rewrites import-map names, joins modules,
 * leaves out unreachable modules, and adds fields to package.json that `deno pack` drops. ES modules only.
 *
 * @module
 */
import { filesIn, write, writeFiles } from "./npm_files.ts";
import * as esbuild from "esbuild";
import {
  packageOf,
  pathOf,
  relative,
  rewrite,
  specifiers,
  withDeferred,
  withoutComments,
} from "./npm_imports.ts";
import { joinModules } from "./npm_join.ts";
import { type DenoConfig, NPM_NAME, OPTIONAL_PEERS, packPackageJson } from "./npm_package.ts";
import { copyStd, stdPath } from "./npm_std.ts";
import { runtimeImports } from "./npm_stub.ts";

const root = new URL("..", import.meta.url);

/** The output of `deno pack` by path, without source maps, which would contain folders of this machine. */
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

/** Follows and rewrites the specifiers of a package, and records what it finds. */
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

  /** Keeps a file and everything that it imports. */
  keep(path: string): void {
    if (this.kept.has(path)) return;
    const source = this.#files.get(path);
    if (source === undefined) {
      throw new Error(
        `Cannot find ${path} in the output of deno pack` +
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
        const target = pathOf(specifier, path);
        this.keep(path.endsWith(".d.ts") ? target.replace(/\.js$/, ".d.ts") : target);
      }
    }
  }

  /** Converts a specifier for the package: an import-map name becomes its npm package or a copy. */
  #target(specifier: string, from: string): string {
    // deno pack has already rewritten `npm:` specifiers, which the sources use for optional peers.
    if (specifier.startsWith("node:") || specifier in OPTIONAL_PEERS) return specifier;
    if (specifier.startsWith(".")) return specifier;
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
      throw new Error(`Cannot rewrite "${specifier}" in ${from}: it is not an npm package`);
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
 * @throws {Error} If an entry point has no declarations, or imports something that is not on npm.
 */
export async function pack(config: DenoConfig, out: URL): Promise<void> {
  const rewriter = new Rewriter(await emitted(), config.imports);
  for (const source of Object.values(config.exports)) {
    const path = source.replace(/^\.\//, "").replace(/\.ts$/, "");
    rewriter.keep(`${path}.js`);
    rewriter.keep(`${path}.d.ts`);
  }

  const codes = new Map<string, string>();
  for (const [path, text] of rewriter.kept) {
    if (path.endsWith(".js")) codes.set(path, await withoutComments(text));
    else await write(out, path, text);
  }
  await copyStd(out, [...rewriter.std].sort());
  for (const path of (await filesIn(out)).filter((path) => path.endsWith(".js"))) {
    codes.set(path, await withoutComments(await Deno.readTextFile(new URL(path, out))));
    await Deno.remove(new URL(path, out));
  }
  await esbuild.stop();
  const { esm, runtime } = await joinModules(codes, Object.values(config.exports));
  for (const [path, code] of esm) await write(out, path, code);
  await writeFiles(out, "");
  const folders = ["src", ...(rewriter.std.size > 0 ? ["std"] : [])];
  const json = packPackageJson(config, {
    folders,
    packages: [...rewriter.packages],
    imports: runtimeImports(runtime),
  });
  await Deno.writeTextFile(new URL("package.json", out), JSON.stringify(json, null, 2) + "\n");
}
