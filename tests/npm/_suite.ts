/**
 * Bundles the conformance suite and the golden tests into one module that imports the installed package by its
 * name, like the code of a consumer.
 *
 * @module
 */
import { esbuild, tool, TOOLS } from "./_tools.ts";

const root = new URL("../../", import.meta.url);

/** Tests of other folders that only need the package and the vectors. */
const GOLDEN_TESTS = [
  "tests/slugs/golden_test.ts",
  "tests/reports/golden_encode_test.ts",
  "tests/reports/golden_decode_test.ts",
];
/** Modules that no entry point exports. They are bundled into the suite with all their imports. */
const BUNDLED = new Set(
  ["src/_start_worker.ts", "src/codec/wasm_bytes.ts"].map((path) => new URL(path, root).pathname),
);
const VECTORS = ["slugs", "convert", "reports", "decode", "exceptions"];

/** Replaces node:crypto: browsers have no synchronous hash. */
const HASH = `import { sha256 } from "@noble/hashes/sha2.js";
export function createHash() {
  const hash = sha256.create();
  return {
    update(bytes) {
      hash.update(bytes);
      return this;
    },
    digest: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}
`;

/** The entry point of the package that a source module is, or undefined for any other module. */
function packageEntry(path: string): string | undefined {
  const entryPoints: Record<string, string> = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", root)),
  ).exports;
  for (const [name, source] of Object.entries(entryPoints)) {
    if (new URL(source, root).pathname === path) return "archfx-cloud" + name.slice(1);
  }
  return undefined;
}

/**
 * Bundles the suite.
 *
 * @param format "esm", or "cjs" for a consumer that has only `require`.
 * @returns The text of a module that exports `runSuite(environment)`.
 */
export async function bundleSuite(format: "esm" | "cjs"): Promise<string> {
  const { build } = esbuild();
  const entry = [
    `import { setGolden } from "./suite/harness.ts";`,
    ...VECTORS.map((name) => `import ${name} from "../golden/${name}.json";`),
    `setGolden({ ${VECTORS.map((name) => `"${name}.json": ${name}`).join(", ")} });`,
    ...GOLDEN_TESTS.map((path) => `import "../../${path}";`),
    `import "./suite/worker.ts";`,
    `export { runSuite } from "./suite/conformance.ts";`,
  ].join("\n");
  const result = await build({
    stdin: { contents: entry, resolveDir: new URL(".", import.meta.url).pathname, loader: "ts" },
    bundle: true,
    write: false,
    format,
    platform: "neutral",
    target: "es2022",
    logLevel: "silent",
    inject: [new URL("suite/deno.ts", import.meta.url).pathname],
    // The vectors cannot be read from files here: the harness has them.
    define: { "import.meta.url": '"file:///golden/"' },
    loader: { ".json": "text" },
    plugins: [{
      name: "package",
      // deno-lint-ignore no-explicit-any
      setup(build: any) {
        build.onResolve({ filter: /^@archfx\/cloud/ }, ({ path }: { path: string }) => ({
          path: path.replace("@archfx/cloud", "archfx-cloud"),
          external: true,
        }));
        build.onResolve({ filter: /^@std\/assert$/ }, () => ({
          path: tool("deno-std/assert/mod.js"),
        }));
        build.onResolve(
          { filter: /^node:crypto$/ },
          () => ({ path: "hash", namespace: "hash" }),
        );
        build.onLoad({ filter: /.*/, namespace: "hash" }, () => ({
          contents: HASH,
          resolveDir: TOOLS.pathname,
        }));
        build.onResolve(
          { filter: /^\.\.?\/.*\.ts$/ },
          ({ path, importer, resolveDir }: Record<"path" | "importer" | "resolveDir", string>) => {
            const file = new URL(path, `file://${resolveDir}/`).pathname;
            const name = packageEntry(file);
            if (name !== undefined) return { path: name, external: true };
            if (BUNDLED.has(importer)) BUNDLED.add(file);
            if (BUNDLED.has(file)) return { path: file };
            if (file.startsWith(new URL("src/", root).pathname)) {
              throw new Error(`Cannot bundle ${file} as consumers do not see it`);
            }
            return { path: file };
          },
        );
      },
    }],
  });
  return result.outputFiles[0].text;
}
