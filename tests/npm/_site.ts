/**
 * The emulator on loopback, and on the same origin the files of browser consumers.
 *
 * @module
 */
import { createEmulator } from "../../src/emulator/mod.ts";

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  wasm: "application/wasm",
};

/** After the address of a page: its policy forbids compiling WebAssembly. */
export const STRICT = "?strict";

/** A running site. */
export interface Site extends AsyncDisposable {
  /** Its address, without a slash at the end. */
  readonly url: string;
}

/**
 * Serves `/api/` from an emulator with the demo seed and `/site/` from a folder.
 *
 * @param folder What `/site/` shows.
 */
export async function serveSite(folder: URL): Promise<Site> {
  const emulator = await createEmulator({ seed: "demo" });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      // A new request: the signal of the one from Deno.serve aborts after its response.
      const { method, headers, body } = request;
      if (!pathname.startsWith("/site/")) {
        return await emulator.fetch(new Request(request.url, { method, headers, body }));
      }
      try {
        const file = await Deno.readFile(new URL(`.${pathname.slice("/site".length)}`, folder));
        const type = TYPES[pathname.split(".").pop()!] ?? "application/octet-stream";
        const headers: Record<string, string> = { "content-type": type };
        if (search === STRICT) headers["content-security-policy"] = "script-src 'self'";
        return new Response(file, { headers });
      } catch {
        return new Response("not found", { status: 404 });
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await emulator.close();
    },
  };
}
