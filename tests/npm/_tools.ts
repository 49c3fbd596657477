/**
 * The runtimes and tools that the consumers need, installed once from npm into `.tools/`.
 *
 * @module
 */
import { createRequire } from "node:module";

const root = new URL("../../", import.meta.url);

/** Where they are installed; nothing in it is committed. */
export const TOOLS: URL = new URL(".tools/consumers/", root);

const arm = Deno.build.arch === "aarch64";
const platform = `${Deno.build.os}-${arm ? "arm64" : "x64"}`;
const bunPackage = `@oven/bun-${Deno.build.os}-${arm ? "aarch64" : "x64"}`;

/** Pinned, so that runs are reproducible. */
const PACKAGES = [
  `node-20@npm:node-${platform}@20.20.2`,
  `node-22@npm:node-${platform}@22.23.3`,
  `node-24@npm:node-${platform}@24.21.0`,
  `${bunPackage}@1.4.5`,
  "@arethetypeswrong/cli@0.18.5",
  "@noble/hashes@2.0.1",
  "@types/node@24.19.2",
  "deno-std@1.4.0",
  "esbuild@0.28.2",
  "playwright-core@1.65.1",
  "publint@0.3.25",
  "typescript@5.9.3",
  "vite@8.3.8",
];

/** Workers, separate from the rest, because workerd cannot be installed on every machine. */
const WORKERS = ["miniflare@4.20260730.0"];

/** A consumer that fails may wait forever, like a gateway for its cloud. */
const LONGEST_MS = 300_000;

/** Runs a program for at most five minutes; returns its output, which an error contains as well. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env }: { cwd?: string | URL; env?: Record<string, string> } = {},
): Promise<string> {
  const signal = AbortSignal.timeout(LONGEST_MS);
  const result = await new Deno.Command(command, {
    signal,
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", NODE_NO_WARNINGS: "1", ...env },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  const stdout = text.decode(result.stdout);
  if (!result.success) {
    const said = `${stdout}\n${text.decode(result.stderr)}`.trim();
    const ended = signal.aborted ? "was ended after five minutes" : `exited with ${result.code}`;
    throw new Error(`${command} ${args.join(" ")} ${ended}:\n${said}`);
  }
  return stdout;
}

/** `npm install` without messages, with the registry and the cache of the machine. */
export async function npmInstall(cwd: URL, packages: readonly string[] = []): Promise<void> {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  await run("npm", ["install", ...quiet, ...packages], { cwd });
}

/** Installs packages in a separate folder, unless exactly this list is already there. */
async function install(folder: URL, packages: readonly string[]): Promise<void> {
  const stamp = new URL("installed.txt", folder);
  const wanted = packages.join("\n") + "\n";
  const installed = await Deno.readTextFile(stamp).catch(() => "");
  if (installed === wanted) return;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(new URL("package.json", folder), '{ "private": true }\n');
  await npmInstall(folder, packages);
  await Deno.writeTextFile(stamp, wanted);
}

/** Installs the tools. */
export async function installTools(): Promise<void> {
  await install(TOOLS, PACKAGES);
}

const WORKER_TOOLS = new URL("../workers/", TOOLS);

/** miniflare, whether it is installed or not. */
export const MINIFLARE: string = new URL(
  "node_modules/miniflare/dist/src/index.js",
  WORKER_TOOLS,
).pathname;

/** Installs miniflare; returns the reason if this fails. */
export async function miniflareMissing(): Promise<string | undefined> {
  try {
    await install(WORKER_TOOLS, WORKERS);
    return undefined;
  } catch {
    return "miniflare is not installed here";
  }
}

/** The path of a file in an installed tool. */
export function tool(path: string): string {
  return new URL(`node_modules/${path}`, TOOLS).pathname;
}

/** esbuild, as installed. */
// deno-lint-ignore no-explicit-any
export function esbuild(): any {
  return createRequire(new URL("tools.js", TOOLS))("esbuild");
}

/** The `node` of a major version. */
export function node(major: 20 | 22 | 24): string {
  return tool(`node-${major}/bin/node`);
}

/** Bun. */
export function bun(): string {
  return tool(`${bunPackage}/bin/bun`);
}
