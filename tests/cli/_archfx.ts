/** Runs archfx and returns its output. */
import { DENO_RUN } from "../_deno_run.ts";
import { ProgramHost } from "../_program_host.ts";

export { names, withFolder } from "../_folder.ts";

/** The entry of the command. */
export const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

const HOST = new URL("./_archfx_host_process.ts", import.meta.url).pathname;

/** How a process ended. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Where and how a process runs. */
export interface RunOptions {
  /** Additional environment; otherwise, only PATH and HOME are passed on. */
  env?: Record<string, string>;
  /** The working folder. */
  cwd?: string;
  /** Standard input. */
  input?: string | Uint8Array;
}

/** The environment that Deno needs to find and download packages, on a machine with an empty cache. */
function ofDeno(): Record<string, string> {
  const names = ["DENO_DIR", "DENO_CERT", "DENO_TLS_CA_STORE", "NPM_CONFIG_REGISTRY"]
    .concat("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy");
  return Object.fromEntries(
    names.flatMap((name) => Deno.env.has(name) ? [[name, Deno.env.get(name)!]] : []),
  );
}

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: Deno.env.get("PATH")!,
    HOME: Deno.env.get("HOME")!,
    XDG_CONFIG_HOME: "/nonexistent",
    ...ofDeno(),
    ...more,
  };
}

/** Starts `archfx ARGS` as a separate process. */
export function spawn(args: string[], options: RunOptions = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, MAIN, ...args],
    clearEnv: true,
    env: environment(options.env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: options.input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs `archfx ARGS` to its end as a separate process. */
export async function archfxProcess(args: string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(args, options);
  if (options.input !== undefined) {
    const writer = child.stdin.getWriter();
    // The command may end without reading all of it.
    await writer.write(bytesOf(options.input)).then(() => writer.close()).catch(() => {});
  }
  const { code, stdout, stderr } = await child.output();
  return { code, out: textOf(stdout), err: textOf(stderr) };
}

/** Starting a process for each of some 300 commands took a fifth of the time of all tests. */
let host: ProgramHost | undefined;

Deno.test.beforeAll(() => {
  host = new ProgramHost(HOST, environment());
});

Deno.test.afterAll(async () => {
  await host?.close();
  host = undefined;
});

/**
 * Runs `archfx ARGS` to its end: in the process that this file of tests has for commands, or as a separate process
 * while that one is busy. Where the process itself is tested (signals, pipes, limits, the terminal), use {@linkcode
 * archfxProcess}.
 */
export async function archfx(args: string[], options: RunOptions = {}): Promise<Ended> {
  if (host === undefined || host.busy) return await archfxProcess(args, options);
  const { code, out, err } = await host.run({
    args,
    env: environment(options.env),
    cwd: options.cwd ?? Deno.cwd(),
    input: bytesOf(options.input ?? "").toBase64(),
  });
  return { code, out: textOf(Uint8Array.fromBase64(out)), err: textOf(Uint8Array.fromBase64(err)) };
}

function bytesOf(input: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof input === "string" ? new TextEncoder().encode(input) : new Uint8Array(input);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
