/**
 * Bundles for browsers, and the headless Chromium that runs them.
 *
 * @module
 */
import { CHROMIUM_ARGUMENTS } from "../_chromium_arguments.ts";
import { writeFiles } from "./_project.ts";
import { STRICT } from "./_site.ts";
import type { Outcome } from "./suite/harness.ts";
import { esbuild, node, run, tool } from "./_tools.ts";

/** A bundler, with its usual name. */
export type Bundler = "Vite" | "esbuild";

/** The path of Debian's package; `CHROMIUM` sets another one. */
const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>archfx-cloud in a browser</title>
<script type="module" src="./main.js"></script>
`;

/** Exports what the driver calls: the suite, and a slug if the page's policy forbids compiling. */
const MAIN = `import { ArchFxDeviceSlug } from "archfx-cloud/slugs";
import { runSuite } from "./suite.mjs";
// While the page loads, because code of the driver is exempt from the page's policy.
if (location.search !== "") {
  try {
    globalThis.rejection = String(new ArchFxDeviceSlug("d--1"));
  } catch (error) {
    globalThis.rejection = error.message;
  }
}
globalThis.runSuite = runSuite;
`;

const DRIVER = `import { chromium } from ${JSON.stringify(tool("playwright-core/index.mjs"))};
const [url, environment, executablePath, args] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: JSON.parse(args) });
try {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  const open = async (address) => {
    await page.goto(address);
    await page.waitForFunction("globalThis.runSuite", undefined, { timeout: 15_000 })
      .catch((error) => { throw new Error(problems.join("; ") || error.message); });
  };
  await open(url + ${JSON.stringify(STRICT)});
  const rejection = await page.evaluate(() => globalThis.rejection);
  await open(url);
  const outcome = await page.evaluate((text) => globalThis.runSuite(JSON.parse(text)), environment);
  if (rejection.includes("call init")) outcome.passed++;
  else outcome.failed.push({ name: "a page that forbids compiling says to call init", error: rejection });
  console.log(JSON.stringify(outcome));
} finally {
  await browser.close();
}
`;

/** Bundles a project that has the package and the suite into its `dist/`. */
export async function bundleInto(folder: URL, bundler: Bundler): Promise<void> {
  await writeFiles(folder, { "index.html": PAGE, "main.js": MAIN, "driver.mjs": DRIVER });
  if (bundler === "Vite") {
    const args = ["build", "--base", "./", "--logLevel", "error"];
    await run(node(22), [tool("vite/bin/vite.js"), ...args], { cwd: folder });
    return;
  }
  const { build } = esbuild();
  await build({
    absWorkingDir: folder.pathname,
    entryPoints: ["main.js"],
    outdir: "dist",
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
  });
  await Deno.copyFile(new URL("index.html", folder), new URL("dist/index.html", folder));
}

/** Why the browser is missing, if it is. */
export async function browserMissing(): Promise<string | undefined> {
  try {
    await Deno.stat(CHROMIUM);
    return undefined;
  } catch {
    return `there is no ${CHROMIUM}`;
  }
}

/** Runs the suite of a bundled page. */
export async function inBrowser(folder: URL, page: string, environment: string): Promise<Outcome> {
  const args = ["driver.mjs", page, environment, CHROMIUM, JSON.stringify(CHROMIUM_ARGUMENTS)];
  return JSON.parse(await run(node(22), args, { cwd: folder }));
}
