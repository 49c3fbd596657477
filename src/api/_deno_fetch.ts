/**
 * fetch with further certificate authorities, on Deno.
 *
 * @module
 */

/** A `fetch` that trusts these authorities beside the system's. */
export function fetchWithAuthorities(caCerts: readonly string[]): typeof fetch {
  const client = Deno.createHttpClient({ caCerts: [...caCerts] });
  return (input: string | URL | Request, init?: RequestInit) =>
    fetch(input, { ...init, client } as RequestInit);
}
