/**
 * The console's page: what the emulator serves at `/`.
 *
 * The page's sources are in `page/`, the inspector's in `src/inspector`; `deno task build:pages`
 * bundles both into `assets.ts`, so that they travel as code in every package and nothing is built, and
 * no other host is asked, when the console is opened.
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
 * What the page may do: run its own scripts and style sheets, compile WebAssembly, and talk to the
 * emulator it came from. If text of a report or a cloud became markup, it could run nothing.
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

/** Stands for the codec in `worker.js`, whose text would be in every package twice. */
export const CODEC_MARK = "{{codec}}";

/**
 * A file of the console.
 *
 * @param path the path of a request: `/`, `/console.js`
 * @returns the answer, or undefined where the console has no such file
 */
export async function consoleAsset(path: string): Promise<Response | undefined> {
  const name = path === "/" ? "index.html" : path.slice(1);
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
  if (type === undefined || name.includes("/")) return undefined;
  // Some 200 kB that only a visitor of the console needs.
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
