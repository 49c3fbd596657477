/**
 * parquet-wasm, loaded when the first file is read or written.
 *
 * @module
 */

type ParquetWasm = typeof import("npm:parquet-wasm@0.8.0");

let loaded: Promise<ParquetWasm> | undefined;

/**
 * The library.
 *
 * @throws {Error} If it is not installed.
 */
export function parquetWasm(): Promise<ParquetWasm> {
  return loaded ??= load();
}

async function load(): Promise<ParquetWasm> {
  try {
    // deno-lint-ignore no-import-prefix -- Deno downloads all of an import map with every program.
    const library = await import("npm:parquet-wasm@0.8.0");
    // The build for browsers must be initialised by a call of its default export; the build for Node must not.
    const instantiate: unknown = "default" in library ? library.default : undefined;
    if (typeof instantiate === "function") await instantiate();
    return library;
  } catch (cause) {
    loaded = undefined;
    throw new Error("Cannot load parquet-wasm: install it with `npm install parquet-wasm`", {
      cause,
    });
  }
}
