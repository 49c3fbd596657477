/**
 * The package.json of the npm package, the same for every engine.
 *
 * @module
 */

/** The parts of `deno.json` that are used for the package. */
export interface DenoConfig {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** The fields of package.json that this package needs. */
export interface PackageJson {
  name: string;
  version: string;
  description: string;
  keywords: string[];
  author: string;
  license: string;
  homepage: string;
  repository?: { type: "git"; url: string };
  type?: "module";
  sideEffects: false;
  engines: { node: string };
  bin: Record<string, string>;
  main?: string;
  module?: string;
  types?: string;
  exports: Record<string, unknown>;
  imports?: Readonly<Record<string, { browser: string; default: string }>>;
  files: string[];
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional: boolean }>;
}

/** The name of the package on npm; on JSR, it is the name in `deno.json`. */
export const NPM_NAME = "archfx-cloud";

/** The path of the command in the package: a separate file, so that it is the same for every engine. */
export const BIN = "bin/archfx.mjs";

/** The codec as a file, for hosts that forbid compiling bytes, and its declaration for TypeScript. */
export const CODEC = "codec.wasm";
export const CODEC_TYPES = "codec.d.wasm.ts";

/** Set this with the first public commit. Only npm's provenance needs it. */
const REPOSITORY: string | undefined = undefined;

/** Everything except exports, dependencies and files, which depend on the engine. */
function common(config: DenoConfig): Omit<PackageJson, "exports" | "files"> {
  return {
    name: NPM_NAME,
    version: config.version,
    description:
      "ArchFX Cloud for TypeScript: slugs, readings, streamer reports (codec in WebAssembly), " +
      "the REST client, the archfx command and an emulator",
    keywords: ["archfx", "cloud", "factory", "iot", "msgpack", "report", "rest", "slug", "wasm"],
    author: "The ArchFX Cloud TypeScript maintainers",
    license: config.license,
    homepage: "https://archfx.io",
    ...(REPOSITORY === undefined ? {} : { repository: { type: "git", url: REPOSITORY } }),
    sideEffects: false,
    // The first releases of each line whose require() loads ES modules without a flag.
    engines: { node: "^20.19.0 || >=22.12.0" },
    bin: { archfx: `./${BIN}` },
  };
}

/** Exports that are files, not modules. The declaration of the codec needs `allowArbitraryExtensions`. */
export const FILE_EXPORTS: Readonly<Record<string, unknown>> = {
  [`./${CODEC}`]: { types: `./${CODEC_TYPES}`, default: `./${CODEC}` },
  "./package.json": "./package.json",
};

/**
 * Packages that only some entry points load, and only when they are used; a consumer installs those that it
 * needs. The sources import them with their version, because Deno downloads everything in an import map with
 * every program.
 */
export const OPTIONAL_PEERS: Readonly<Record<string, string>> = {
  "@nats-io/transport-node": "3.4.0",
  "apache-arrow": "21.2.0",
  "lz4js": "0.2.0",
  "mqtt": "5.16.0",
  "parquet-wasm": "0.8.0",
};

/** The optional peers in the form of package.json. */
const OPTIONAL: Pick<PackageJson, "peerDependencies" | "peerDependenciesMeta"> = {
  peerDependencies: Object.fromEntries(
    Object.entries(OPTIONAL_PEERS).map(([name, version]) => [name, `^${version}`]),
  ),
  peerDependenciesMeta: Object.fromEntries(
    Object.keys(OPTIONAL_PEERS).map((name) => [name, { optional: true }]),
  ),
};

/** Files beside the modules, for every engine. */
const FILES = [BIN, CODEC, CODEC_TYPES, "CHANGELOG.md", "THIRD_PARTY_NOTICES.md"];

/**
 * The package.json for `deno pack`: only ES modules, with the same layout as the sources.
 *
 * @param config `deno.json`.
 * @param parts.folders Top-level folders of the package that contain modules.
 * @param parts.packages npm packages that the modules import.
 * @param parts.imports Modules that browser bundles replace.
 */
export function packPackageJson(
  config: DenoConfig,
  parts: {
    folders: readonly string[];
    packages: readonly string[];
    imports: Readonly<Record<string, { browser: string; default: string }>>;
  },
): PackageJson {
  const entryPoints: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(config.exports)) {
    const path = source.replace(/\.ts$/, "");
    entryPoints[name] = { types: `${path}.d.ts`, default: `${path}.js` };
  }
  const { types, default: main } = entryPoints["."] as { types: string; default: string };
  return {
    ...common(config),
    type: "module",
    main,
    types,
    exports: { ...entryPoints, ...FILE_EXPORTS },
    imports: parts.imports,
    files: [...FILES, "mod.js", "mod.d.ts", ...parts.folders],
    dependencies: dependencies(
      config,
      parts.packages.filter((name) => OPTIONAL_PEERS[name] === undefined),
    ),
    ...OPTIONAL,
  };
}

/** The folder of each half of a package with both module formats, named like in dnt. */
export const HALVES = { esm: "esm", cjs: "script" } as const;

/**
 * The package.json of a package with ES modules and CommonJS, from dnt or from `tsc`.
 *
 * @param config `deno.json`.
 * @param packages npm packages that the modules import.
 * @param imports ES modules that browser bundles replace.
 */
export function dualPackageJson(
  config: DenoConfig,
  packages: readonly string[],
  imports: NonNullable<PackageJson["imports"]>,
): PackageJson {
  const entryPoints: Record<string, unknown> = {};
  const half = (folder: string, source: string) => {
    const path = `./${folder}/${source.replace(/^\.\//, "").replace(/\.ts$/, "")}`;
    return { types: `${path}.d.ts`, default: `${path}.js` };
  };
  for (const [name, source] of Object.entries(config.exports)) {
    entryPoints[name] = { import: half(HALVES.esm, source), require: half(HALVES.cjs, source) };
  }
  const { types, default: main } = half(HALVES.cjs, config.exports["."]!);
  return {
    ...common(config),
    main,
    module: half(HALVES.esm, config.exports["."]!).default,
    types,
    type: "module", // `script/` has its own package.json
    exports: { ...entryPoints, ...FILE_EXPORTS },
    imports,
    files: [...FILES, ...Object.values(HALVES)],
    dependencies: dependencies(
      config,
      packages.filter((name) => OPTIONAL_PEERS[name] === undefined),
    ),
    ...OPTIONAL,
  };
}

/**
 * Versions for npm packages, from the exact ones in `deno.json`. They get a caret, so that an application gets a
 * fixed release of hono without waiting for a release of ours; our lock file stays exact.
 *
 * @throws {TypeError} If a package has no version in `deno.json`.
 */
export function dependencies(
  config: DenoConfig,
  packages: readonly string[],
): Record<string, string> {
  const versions = new Map<string, string>();
  for (const target of Object.values(config.imports)) {
    const match = /^npm:((?:@[^/@]+\/)?[^/@]+)@([^/]+)/.exec(target);
    if (match) versions.set(match[1], match[2]);
  }
  const result: Record<string, string> = {};
  for (const name of [...packages].sort()) {
    const version = versions.get(name);
    if (version === undefined) {
      throw new TypeError(`Cannot depend on "${name}": deno.json has no version for it`);
    }
    result[name] = `^${version}`;
  }
  return result;
}
