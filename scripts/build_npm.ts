/**
 * Builds the npm package `archfx-cloud` in `npm/`.
 *
 *     deno task build:npm [--engine dnt|pack|tsc] [--out FOLDER]
 *
 * It uses dnt if JSR can be reached (ES modules and CommonJS), otherwise `deno pack` (ES modules, which Node's
 * `require` can also load). `--engine` selects one; `tsc` makes the package that dnt would make, to check it.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { buildWithDnt, loadDnt } from "./npm_dnt.ts";
import { pack } from "./npm_pack.ts";
import { buildWithTsc } from "./npm_tsc.ts";
import type { DenoConfig } from "./npm_package.ts";

const root = new URL("..", import.meta.url);

/** The engines that can build the package. */
export const ENGINES = ["dnt", "pack", "tsc"] as const;

/** The engine that built the package. */
export type Engine = typeof ENGINES[number];

/** Whether a text names an engine. */
export function isEngine(text: string): text is Engine {
  return (ENGINES as readonly string[]).includes(text);
}

/**
 * Builds the package.
 *
 * @param out The folder of the package; its content is removed first.
 * @param engine By default dnt, if it can be loaded.
 * @param log Called with a line if the default engine is not used.
 * @returns The engine that was used.
 */
export async function buildNpm(
  out: URL,
  engine?: Engine,
  log: (line: string) => void = console.error,
): Promise<Engine> {
  const config: DenoConfig = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  await Deno.remove(out, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(out, { recursive: true });
  if (engine === "tsc") {
    await buildWithTsc(config, out);
    return "tsc";
  }
  if (engine !== "pack") {
    const dnt = await loadDnt();
    if (dnt) {
      await buildWithDnt(dnt, config, out);
      return "dnt";
    }
    if (engine === "dnt") throw new Error("Cannot build with dnt: JSR cannot be reached");
    log("JSR cannot be reached: building with deno pack (ES modules only) instead of dnt");
  }
  await pack(config, out);
  return "pack";
}

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["engine", "out"], default: { out: "npm" } });
  const engine = args.engine as string | undefined;
  if (engine !== undefined && !isEngine(engine)) {
    console.error(`Cannot build with "${engine}": --engine is one of ${ENGINES.join(", ")}`);
    Deno.exit(2);
  }
  Deno.chdir(root);
  const out = new URL(`${args.out}/`, root);
  try {
    const used = await buildNpm(out, engine);
    console.log(`${args.out}/ has the package, made with ${used}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
