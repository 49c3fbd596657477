/**
 * The console: the files of `src/emulator/console/` at `/`. `index.html` is the page; whatever else
 * lies there is served under its own path. Where the folder is not installed, a short page says
 * where the API is.
 */
import { htmlPage } from "../http/refusal.ts";
import type { App } from "./_route.ts";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json",
  png: "image/png",
  wasm: "application/wasm",
};

/** The page loads nothing from anywhere else. */
const POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
  "script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'";

/** Serves the console. */
export function consoleRoutes(app: App): void {
  const root = new URL("../console/", import.meta.url);
  app.get("*", async (c, next) => {
    const path = c.req.path === "/" ? "/index.html" : c.req.path;
    // Plain names in folders only: nothing that could lead out of the console's own.
    if (!/^(?:\/[\w-][\w.-]*)+\.[a-z]+$/.test(path) || /^\/(?:api|__emulator__)\//.test(path)) {
      return await next();
    }
    const file = await read(new URL(`.${path}`, root));
    if (!file) {
      return path === "/index.html"
        ? new Response(FALLBACK, { headers: { "Content-Type": TYPES.html } })
        : await next();
    }
    return new Response(file, {
      headers: {
        "Content-Type": TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream",
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-cache",
      },
    });
  });
}

const FALLBACK = htmlPage(
  200,
  "ArchFX Cloud emulator",
  'The API is at <a href="/api/v1/server/">/api/v1/</a>.',
).html!;

async function read(url: URL): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (url.protocol !== "file:") {
    const response = await fetch(url);
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  }
  const { readFile } = await import("node:fs/promises");
  try {
    return new Uint8Array(await readFile(url));
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
