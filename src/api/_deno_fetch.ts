/**
 * fetch with further certificate authorities, on Deno.
 *
 * @module
 */

/** The part of the global `Deno` that is used: npm's compilers do not know its types. */
interface DenoHttp {
  createHttpClient(options: { caCerts: string[] }): object;
}

/** A `fetch` that trusts these authorities beside the system's. */
export function fetchWithAuthorities(caCerts: readonly string[]): typeof fetch {
  const { Deno } = globalThis as unknown as { Deno: DenoHttp };
  const client = Deno.createHttpClient({ caCerts: [...caCerts] });
  return (input: string | URL | Request, init?: RequestInit) =>
    fetch(input, { ...init, client } as RequestInit);
}
