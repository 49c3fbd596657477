/**
 * Copies the used modules of the standard library into the package, so that a consumer does not install a library
 * with hundreds of files.
 *
 * @module
 */
import { parse } from "es-module-lexer";
import { specifiers } from "./npm_imports.ts";

/** The npm copy of the standard library, as in `deno.json`. */
const STD = /^npm:(deno-std)@([^/]+)\/(.+)$/;

/** The place of the copies in the package. */
export const STD_FOLDER = "std/";

/** The licence of the standard library: our text with its authors. */
export async function stdLicence(): Promise<string> {
  const mit = await Deno.readTextFile(new URL("../LICENSE", import.meta.url));
  return mit.replace(/^Copyright.*$/m, "Copyright 2018-2026 the Deno authors");
}

/** The path in the package for an import-map target of the standard library, or undefined for others. */
export function stdPath(target: string): string | undefined {
  const match = STD.exec(target);
  return match ? STD_FOLDER + match[3] : undefined;
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("npm", { args, cwd }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`Cannot run npm ${args.join(" ")}: ${text.decode(stderr).trim()}`);
  return text.decode(stdout);
}

/**
 * Copies the modules of these targets, and their imports, into the package.
 *
 * @param out The package's folder.
 * @param targets Import-map targets, all of one version of the standard library.
 * @throws {Error} If the package from npm is not the one in the lock file.
 */
export async function copyStd(out: URL, targets: readonly string[]): Promise<void> {
  if (targets.length === 0) return;
  const lock = JSON.parse(await Deno.readTextFile(new URL("../deno.lock", import.meta.url)));
  const [, name, version] = STD.exec(targets[0])!;
  const temp = await Deno.makeTempDir();
  try {
    const id = `${name}@${version}`;
    const [packed] = JSON.parse(await npm(temp, "pack", "--json", "--silent", id));
    if (packed.integrity !== lock.npm[id]?.integrity) {
      throw new Error(`Cannot copy from ${id}: its hash is not the one in deno.lock`);
    }
    const unpack = await new Deno.Command("tar", {
      args: ["xzf", packed.filename],
      cwd: temp,
    }).output();
    if (!unpack.success) throw new Error(`Cannot unpack ${packed.filename}`);

    const queue = targets.map((target) => STD.exec(target)![3]);
    const done = new Set<string>();
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (done.has(path)) continue;
      done.add(path);
      const source = await Deno.readTextFile(`${temp}/package/${path}`);
      const target = new URL(STD_FOLDER + path, out);
      await Deno.mkdir(new URL(".", target), { recursive: true });
      await Deno.writeTextFile(target, source);
      for (const { text } of specifiers(path, source)) {
        queue.push(new URL(text, `file:///${path}`).pathname.slice(1));
      }
    }
    await Deno.writeTextFile(
      new URL(`${STD_FOLDER}LICENSE`, out),
      `The modules in this folder are copies from the Deno standard library.\n\n${await stdLicence()}`,
    );
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
}

/** A module that replaces a target while sources are compiled. Its exports are `any`. */
export function anyModule(target: string): string {
  return stdPath(target)!.replace(/\.js$/, ".any.ts");
}

/**
 * Copies the modules beside the sources that will be compiled, each with an {@linkcode anyModule}: types inferred
 * from plain JavaScript do not match the documentation.
 *
 * @param source The folder of the sources.
 * @param targets Import-map targets, all of one version of the standard library.
 */
export async function copyStdSources(source: URL, targets: readonly string[]): Promise<void> {
  await copyStd(source, targets);
  for (const target of targets) {
    const path = stdPath(target)!;
    const names = parse(await Deno.readTextFile(new URL(path, source)))[1].map(({ n }) => n);
    const lines = [
      "// deno-lint-ignore-file no-explicit-any",
      `import * as all from "./${path.split("/").at(-1)}";`,
      ...names.map((name) => `export const ${name}: any = all.${name};`),
    ];
    await Deno.writeTextFile(new URL(anyModule(target), source), lines.join("\n") + "\n");
  }
}
