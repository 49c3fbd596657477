/**
 * The console's page: what the emulator serves at `/`.
 *
 * The page's sources are in `page/`, the inspector's in `src/inspector`; `deno task build:pages` bundles both
 * into `assets.ts`, so that they are part of every package. Opening the console needs no build and no other host.
 *
 * @module
 */
import { WASM_BASE64 } from "../../codec/wasm_bytes.ts";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/**
 * What the page may do: run its own scripts and style sheets, compile WebAssembly, and call its own emulator. If
 * text of a report or a cloud became markup, it still could not run anything.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A placeholder for the codec in `worker.js`, so that its text is not in every package twice. */
export const CODEC_MARK = "{{codec}}";

/**
 * A file of the console.
 *
 * @param path the path of a request: `/`, `/console.js`
 * @returns the response, or undefined if the console has no file with this path
 */
export async function consoleAsset(path: string): Promise<Response | undefined> {
  const name = path === "/" ? "index.html" : path.slice(1);
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
  if (type === undefined || name.includes("/")) return undefined;
  // About 200 kB, which only a visitor of the console needs.
  const { assets } = await import("./assets.ts");
  if (!Object.hasOwn(assets, name)) return undefined;
  return new Response(assets[name].replace(CODEC_MARK, WASM_BASE64), {
    headers: {
      "Content-Type": type,
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-cache",
    },
  });
}
