/**
 * The features of the runtime, and its environment.
 *
 * @module
 */

interface Globals {
  readonly Deno?: {
    readonly permissions: {
      querySync(of: { name: "env"; variable: string }): { readonly state: string };
    };
  };
  readonly process?: {
    readonly versions?: Record<string, string | undefined>;
    readonly env?: Record<string, string | undefined>;
  };
  readonly navigator?: { readonly userAgent?: string };
  readonly document?: unknown;
}

const globals: Globals = globalThis;

/** Whether this is Deno. */
export const isDeno: boolean = "Deno" in globals;

/** Whether this is Node itself, not a runtime that imitates it. */
export const isNode: boolean = !isDeno && globals.process?.versions?.node !== undefined &&
  globals.process.versions.bun === undefined && globals.document === undefined &&
  globals.navigator?.userAgent !== "Cloudflare-Workers";

/** Whether node:http can send requests: on Deno, Node and Bun, but not in Cloudflare's imitation of Node. */
export const hasNodeHttp: boolean = isDeno || isNode ||
  globals.process?.versions?.bun !== undefined;

/**
 * A variable of the environment. Also undefined if Deno does not allow reading it: without this check, Deno would
 * stop the program with a question on the terminal.
 */
export function envOf(name: string): string | undefined {
  return mayRead(name) ? globals.process?.env?.[name] || undefined : undefined;
}

/** Whether a variable of the environment can be read. */
export function mayRead(name: string): boolean {
  return !globals.Deno ||
    globals.Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
}
