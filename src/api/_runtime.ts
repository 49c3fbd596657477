/**
 * What the runtime has.
 *
 * @module
 */

interface Globals {
  readonly Deno?: unknown;
  readonly process?: {
    readonly versions?: Record<string, string | undefined>;
    readonly env?: Record<string, string | undefined>;
  };
  readonly navigator?: { readonly userAgent?: string };
  readonly document?: unknown;
}

const globals = globalThis as Globals;

/** Whether this is Deno. */
export const isDeno: boolean = "Deno" in globals;

/** Whether node:http can send requests: Deno, Node and Bun, not Cloudflare's imitation of Node. */
export const hasNodeHttp: boolean = isDeno ||
  (globals.process?.versions?.node !== undefined && globals.document === undefined &&
    globals.navigator?.userAgent !== "Cloudflare-Workers");

/** Whether requests to an address go through a proxy that `fetch` knows and node:http does not. */
export function behindProxy(url: string): boolean {
  const names = url.startsWith("https:") ? ["https_proxy"] : ["http_proxy"];
  try {
    const env = globals.process?.env ?? {};
    return [...names, "all_proxy"].some((name) => env[name] || env[name.toUpperCase()]);
  } catch {
    return false; // Deno without --allow-env: fetch does not see a proxy there either.
  }
}
