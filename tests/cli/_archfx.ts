/** Runs archfx as a process and gives what it printed. */
import { DENO_RUN } from "../_deno_run.ts";

/** The entry of the command. */
export const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** How a process ended. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Where and how a process runs. */
export interface RunOptions {
  /** More of the environment; nothing else but PATH and HOME is passed on. */
  env?: Record<string, string>;
  /** The working folder. */
  cwd?: string;
  /** Standard input. */
  input?: string | Uint8Array;
}

/** What Deno itself needs to find and download packages, on a machine that has none yet. */
function ofDeno(): Record<string, string> {
  const names = ["DENO_DIR", "DENO_CERT", "DENO_TLS_CA_STORE", "NPM_CONFIG_REGISTRY"]
    .concat("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy");
  return Object.fromEntries(
    names.flatMap((name) => Deno.env.has(name) ? [[name, Deno.env.get(name)!]] : []),
  );
}

/** Starts `archfx ARGS`. */
export function spawn(args: string[], options: RunOptions = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, MAIN, ...args],
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH")!,
      HOME: Deno.env.get("HOME")!,
      XDG_CONFIG_HOME: "/nonexistent",
      ...ofDeno(),
      ...options.env,
    },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: options.input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs `archfx ARGS` to its end. */
export async function archfx(args: string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(args, options);
  if (options.input !== undefined) {
    const input = typeof options.input === "string"
      ? new TextEncoder().encode(options.input)
      : options.input;
    const writer = child.stdin.getWriter();
    // The command may end without reading all of it.
    await writer.write(input).then(() => writer.close()).catch(() => {});
  }
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Runs a task with a new folder, removed afterwards. */
export async function withFolder(task: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await task(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
