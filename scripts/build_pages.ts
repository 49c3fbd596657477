/**
 * Bundles the two pages of this project, the emulator's console and the report inspector, so that using them
 * needs no build step, server or other host.
 *
 * `deno task build:pages` writes `src/emulator/console/assets.ts` and `docs/inspector.html`;
 * with `--check`, it compares them with the expected content. It also builds the workers with `build_workers.ts`,
 * and THIRD_PARTY_NOTICES.md with `build_notices.ts`.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { notices } from "./build_notices.ts";
import { buildWorkers } from "./build_workers.ts";
import { CODEC_MARK } from "../src/emulator/console/mod.ts";
import { WASM_BASE64 } from "../src/codec/wasm_bytes.ts";
import { UPLOT_LICENCE, UPLOT_STYLES } from "../dev/uplot_files.ts";

const root = new URL("../", import.meta.url);
const inspector = "src/inspector/";
const page = "src/emulator/console/page/";

/** Resolves bare names and paths of the sources. Modules for other runtimes are left out. */
const resolver: esbuild.Plugin = {
  name: "the import map of deno.json",
  setup(build) {
    build.onResolve({ filter: /_(?:node|deno)_|^node:/ }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === "entry-point") return undefined;
      return { path: decodeURIComponent(new URL(import.meta.resolve(path)).pathname) };
    });
  },
};

/** The input files of the pages. */
const inputs = new Set<string>();

/** One program as a script without imports. */
async function bundle(
  entry: string,
  format: "iife" | "esm",
  define: Record<string, string> = {},
): Promise<string> {
  const result = await esbuild.build({
    absWorkingDir: decodeURIComponent(root.pathname),
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    logLevel: "error",
    plugins: [resolver],
    define,
    metafile: true,
  });
  for (const input of Object.keys(result.metafile.inputs)) inputs.add(input);
  return result.outputFiles[0].text;
}

/** Style sheets in the order of the cascade, that of the chart library first. */
async function styles(licence: string, ...files: string[]): Promise<string> {
  const sources = [
    await Deno.readTextFile(UPLOT_STYLES),
  ];
  for (const file of files) sources.push(await Deno.readTextFile(new URL(file, root)));
  const { code } = await esbuild.transform(sources.join("\n"), {
    loader: "css",
    minify: true,
    charset: "ascii",
    // For older targets, esbuild would rewrite `light-dark()` and nesting.
    target: "chrome123",
    // The licence is added once, before them.
    legalComments: "none",
  });
  return licence + code.trim();
}

/** The licence of the bundled library as a legal comment, for every bundle of scripts and styles. */
async function notice(): Promise<string> {
  const { name, version } = JSON.parse(
    await Deno.readTextFile(new URL("package.json", UPLOT_LICENCE)),
  );
  const licence = await Deno.readTextFile(UPLOT_LICENCE);
  return `/*! Contains ${name} ${version}, https://github.com/leeoniya/uPlot\n\n${
    licence.trim().replaceAll("*/", "")
  } */\n`;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

/** The inspector: one file that opens without a server, and whose policy forbids all connections. */
async function inspectorPage(worker: string, licence: string): Promise<string> {
  const script = licence + escapeScript(
    await bundle(`${inspector}page.ts`, "esm", { WORKER_PROGRAM: JSON.stringify(worker) }),
  );
  const style = await styles(
    licence,
    ...["theme.css", "inspector.css", "page.css"].map((name) => inspector + name),
  );
  const policy = [
    "default-src 'none'",
    `script-src ${await sha256(script)} 'wasm-unsafe-eval'`,
    `style-src ${await sha256(style)}`,
    "worker-src blob:",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts: Record<string, string> = { policy, style, script };
  const template = await Deno.readTextFile(new URL(`${inspector}page.html`, root));
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name]);
}

/** Inside a page a script ends at the first `</script`, even inside a string. */
function escapeScript(script: string): string {
  return script.replace(/<(?=\/script|!--)/gi, "\\x3C");
}

/** The files of the console as a module, so that they are part of every package of the project. */
async function consoleAssets(worker: string, licence: string): Promise<string> {
  const files: Record<string, string> = {
    "index.html": await Deno.readTextFile(new URL(`${page}index.html`, root)),
    "console.css": await styles(
      licence,
      ...["theme.css", "inspector.css"].map((name) => inspector + name),
      `${page}console.css`,
    ),
    "console.js": licence + await bundle(`${page}main.ts`, "esm"),
    // The emulator already has the codec and inserts it.
    "worker.js": worker.replace(WASM_BASE64, () => CODEC_MARK),
  };
  if (!files["worker.js"].includes(CODEC_MARK)) {
    throw new Error("Cannot find the codec in the worker");
  }
  const lines = Object.entries(files).map(([name, text]) =>
    `  ${JSON.stringify(name)}: ${JSON.stringify(text)},`
  );
  return "// Generated by scripts/build_pages.ts: do not edit.\n" +
    "/** The files of the console's page, by name. */\n" +
    `export const assets: Readonly<Record<string, string>> = {\n${lines.join("\n")}\n};\n`;
}

if (import.meta.main) {
  const worker = await bundle(`${inspector}worker.ts`, "iife");
  const licence = await notice();
  const outputs: [string, string][] = [
    ["docs/inspector.html", await inspectorPage(worker, licence)],
    ["src/emulator/console/assets.ts", await consoleAssets(worker, licence)],
  ];
  outputs.push(["THIRD_PARTY_NOTICES.md", await notices(inputs)]);
  const check = Deno.args.includes("--check");
  let stale = await buildWorkers(check);
  await esbuild.stop();
  for (const [path, text] of outputs) {
    const url = new URL(path, root);
    if (!check) {
      await Deno.writeTextFile(url, text);
      console.log(`wrote ${path}: ${text.length} characters`);
    } else if (await Deno.readTextFile(url).catch(() => "") !== text) {
      console.error(`${path} does not match its sources: run "deno task build:pages"`);
      stale++;
    }
  }
  if (stale > 0) Deno.exit(1);
}
