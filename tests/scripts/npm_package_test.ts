/** The options and the package.json of the npm package, without building it. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { buildWithDnt, type Dnt, type DntOptions, dntOptions } from "../../scripts/npm_dnt.ts";
import { COMPILER_OPTIONS } from "../../scripts/npm_tsc.ts";
import { runtimeImports } from "../../scripts/npm_stub.ts";
import { packageOf, rewrite, specifiers, withDeferred } from "../../scripts/npm_imports.ts";
import {
  type DenoConfig,
  dependencies,
  dualPackageJson,
  OPTIONAL_PEERS,
  type PackageJson,
  packPackageJson,
} from "../../scripts/npm_package.ts";

const config: DenoConfig = JSON.parse(
  await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
);
const parts = {
  folders: ["src"],
  packages: ["hono"],
  imports: runtimeImports(["src/a/_node_x.js"]),
};

Deno.test("packPackageJson() exports every entry point of deno.json with its types first", () => {
  const { exports: entryPoints } = packPackageJson(config, parts);
  assertEquals(
    Object.keys(entryPoints),
    [...Object.keys(config.exports), "./codec.wasm", "./package.json"],
  );
  assertEquals(Object.entries(entryPoints["./slugs"] as Record<string, string>), [
    ["types", "./src/slugs/mod.d.ts"],
    ["default", "./src/slugs/mod.js"],
  ]);
});

Deno.test("packPackageJson() replaces modules that need a runtime only in browser bundles", () => {
  assertEquals(packPackageJson(config, parts).imports, {
    "#src/a/_node_x": { browser: "./src/_browser.js", default: "./src/a/_node_x.js" },
  });
});

const dual = ["hono", "apache-arrow"];

Deno.test("dualPackageJson() exports both halves of every entry point, types first", () => {
  const { exports: entryPoints } = dualPackageJson(config, dual, {});
  assertEquals(
    Object.keys(entryPoints),
    [...Object.keys(config.exports), "./codec.wasm", "./package.json"],
  );
  assertEquals(
    JSON.stringify(entryPoints["./slugs"]),
    JSON.stringify({
      import: { types: "./esm/src/slugs/mod.d.ts", default: "./esm/src/slugs/mod.js" },
      require: { types: "./script/src/slugs/mod.d.ts", default: "./script/src/slugs/mod.js" },
    }),
  );
});

Deno.test("dualPackageJson() has carets for dependencies, and peers only as peers", () => {
  const json = dualPackageJson(config, dual, {});
  assertEquals(Object.keys(json.dependencies!), ["hono"]);
  assert(json.dependencies!["hono"]!.startsWith("^"));
  assert(json.peerDependencies!["apache-arrow"]!.startsWith("^"));
});

Deno.test("packPackageJson() and dualPackageJson() agree on everything that is independent of the engine", () => {
  const shared = (json: object) => {
    const own = "exports files main module types type imports browser".split(" ");
    return Object.fromEntries(Object.entries(json).filter(([key]) => !own.includes(key)));
  };
  const packed = shared(packPackageJson(config, parts));
  assertEquals(shared(dualPackageJson(config, dual, {})), packed);
  assertEquals([packed.version, packed.sideEffects], [config.version, false]);
});

Deno.test("dependencies() uses the version that is pinned in deno.json", () => {
  assertEquals(
    dependencies({ ...config, imports: { "@x/y": "npm:@x/y@1.2.3/z.js", a: "npm:a@4.5.6" } }, [
      "a",
      "@x/y",
    ]),
    { "@x/y": "^1.2.3", a: "^4.5.6" },
  );
});

Deno.test("dependencies() throws for a package that deno.json does not name", () => {
  assertThrows(() => dependencies(config, ["left-pad"]), TypeError, `Cannot depend on "left-pad"`);
});

Deno.test("withDeferred() names the dependencies of the package, in sources, ES modules and CommonJS", () => {
  const source = `await import("npm:mqtt@5.16.0" as string);
await import("npm:@a/b@1.0.0");
await import("../arrow/mod.ts" as string) as unknown;
Promise.resolve().then(() => require("../arrow/mod.ts"));
Promise.resolve(\`\${"npm:mqtt@5.16.0"}\`);
const text = "npm:mqtt@5.16.0";
`;
  assertEquals(
    withDeferred(source),
    `await import("mqtt");
await import("@a/b");
await import("../arrow/mod.js") as unknown;
Promise.resolve().then(() => require("../arrow/mod.js"));
Promise.resolve(\`\${"mqtt"}\`);
const text = "npm:mqtt@5.16.0";
`,
  );
});

Deno.test("rewrite() changes static, re-exporting and dynamic imports and nothing in comments", () => {
  const source = `// import "a";
import x from "a";
export * from 'a';
const text = 'import "a"';
const y = await import("a");
const z = await import(text);
`;
  assertEquals(
    rewrite("m.js", source, () => "b"),
    `// import "a";
import x from "b";
export * from 'b';
const text = 'import "a"';
const y = await import("b");
const z = await import(text);
`,
  );
});

Deno.test("rewrite() changes statements and import types of declarations, but no examples", () => {
  const source = `/** A module. */ import type {
  A,
} from "a";
/**
 * import { f } from "a";
 */
export declare function f(): import("a").B;
export declare class A extends B {
}
/**
 * import { f } from "a";
 */
export * from "./c.js";
`;
  assertEquals(specifiers("m.d.ts", source).map(({ text }) => text), ["a", "a", "./c.js"]);
  assertEquals(
    rewrite("m.d.ts", source, (text) => text === "a" ? "b" : text),
    source.replace(`} from "a"`, `} from "b"`).replace(`import("a")`, `import("b")`),
  );
});

Deno.test("packageOf() names the package of a bare specifier only", () => {
  const cases = ["hono/tiny", "@a/b/c", "./x.js", "node:fs", "npm:a"];
  assertEquals(cases.map(packageOf), ["hono", "@a/b", undefined, undefined, undefined]);
});

Deno.test("dntOptions() builds both module formats of every entry point, without maps or sources", () => {
  const options = dntOptions(config, new URL("file:///package/"));
  assertEquals(
    options.entryPoints.map(({ name, path }) => [name, path]),
    Object.entries(config.exports),
  );
  const { scriptModule, declarationMap, skipSourceOutput, outDir } = options;
  assertEquals([scriptModule, declarationMap, skipSourceOutput, outDir], [
    "cjs",
    false,
    true,
    "/package/",
  ]);
  assertEquals(options.compilerOptions.sourceMap, false);
});

Deno.test("dntOptions() compiles like buildWithTsc()", () => {
  const { target, lib } = dntOptions(config, new URL("file:///package/")).compilerOptions;
  assertEquals([target, COMPILER_OPTIONS.target], ["Latest", "ESNext"]); // one target, two names
  assertEquals(lib, COMPILER_OPTIONS.lib);
});

Deno.test("dntOptions() hides only diagnostics about missing declarations", () => {
  const { filterDiagnostic } = dntOptions(config, new URL("file:///package/"));
  assertEquals([7016, 2339].map((code) => filterDiagnostic({ code })), [false, true]);
});

/** A project of three modules, emitted like by dnt. */
async function emitOne(out: string): Promise<void> {
  const halves = {
    esm: [
      "export const a = 1;",
      'export const x = () => import("./src/_node_x.js");\n' +
      'export const page = () => import("./src/emulator/console/assets.js");',
    ],
    script: ['"use strict";\nexports.a = 1;', '"use strict";\nrequire("./src/_node_x.js");'],
  };
  for (const [half, [code, main]] of Object.entries(halves)) {
    await Deno.mkdir(`${out}/${half}/src/emulator/console`, { recursive: true });
    for (const path of ["mod", "src/emulator/console/assets", "src/_node_x"]) {
      const text = path === "mod" ? main : code;
      await Deno.writeTextFile(`${out}/${half}/${path}.js`, `${text}\n/** Docs. */\n`);
      await Deno.writeTextFile(`${out}/${half}/${path}.d.ts`, "export declare const a = 1;\n");
    }
  }
  await Deno.writeTextFile(`${out}/package.json`, '{ "dependencies": { "hono": "4.0.0" } }');
}

Deno.test("buildWithDnt() empties the folder, builds, and completes the package", async () => {
  const out = await Deno.makeTempDir();
  const calls: string[] = [];
  const dnt: Dnt = {
    emptyDir: (path) => Promise.resolve(void calls.push(`empty ${path}`)),
    build: async (options: DntOptions) => {
      calls.push(`build ${options.outDir}`);
      // The copy of the standard library exists while dnt builds.
      const { imports } = JSON.parse(await Deno.readTextFile(new URL(options.configFile)));
      await Deno.stat(new URL(imports["@std/cli/parse-args"], options.configFile));
      assertEquals(imports.hono, config.imports.hono);
      await emitOne(out);
      await options.postBuild();
    },
  };
  try {
    const one = { ...config, exports: { ".": "./mod.ts" } };
    await buildWithDnt(dnt, one, new URL(`file://${out}/`));
    assertEquals(calls, [`empty ${out}/`, `build ${out}/`]);
    const json: PackageJson = JSON.parse(await Deno.readTextFile(`${out}/package.json`));
    assertEquals(Object.keys(json.dependencies!), ["hono"]);
    const read = (path: string) => Deno.readTextFile(`${out}/${path}`);
    assertEquals(
      await read("esm/mod.js"),
      `const x = () => import('#src/_node_x');
const page = () => import('./src/emulator/console/assets.js');

export { page, x };
`,
    );
    assertEquals(
      await read("script/mod.js"),
      `"use strict";
const x = () => Promise.resolve().then(() => require('./src/_node_x.js'));
const page = () => Promise.resolve().then(() => require('./src/emulator/console/assets.js'));

module.exports = { page, x };
`,
    );
    assertEquals(
      await read("script/src/_node_x.js"),
      '"use strict";\nconst a = 1;\n\nmodule.exports = { a };\n',
    );
    assertEquals(json.type, "module");
    assertEquals(json.imports, {
      "#src/_node_x": { browser: "./esm/src/_browser.js", default: "./esm/src/_node_x.js" },
    });
    assertEquals(JSON.parse(await read("script/package.json")), {
      type: "commonjs",
      sideEffects: false,
    });
    assertEquals(
      await read("esm/src/emulator/console/assets.js"),
      'export { a } from "../../../../script/src/emulator/console/assets.js";\n',
    );
    await assertRejects(() => read("esm/src/_node_x.d.ts"), Deno.errors.NotFound);
    assert((await read("bin/archfx.mjs")).includes(`"../esm/src/cli/mod.js"`));
    await WebAssembly.compile(await Deno.readFile(`${out}/codec.wasm`));
    for (const left of ["std/", "dnt.deno.json"]) {
      const url = new URL(`../../${left}`, import.meta.url);
      await assertRejects(() => Deno.stat(url), Deno.errors.NotFound);
    }
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("buildWithDnt() fails when dnt does", async () => {
  const dnt: Dnt = {
    emptyDir: () => Promise.resolve(),
    build: () => Promise.reject(new Error("Had 3 emit diagnostics")),
  };
  await assertRejects(
    () => buildWithDnt(dnt, config, new URL("file:///package/")),
    Error,
    "3 emit",
  );
});

Deno.test("OPTIONAL_PEERS has the versions that the sources name", async () => {
  const found = new Map<string, string>();
  const walk = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) {
        await walk(new URL(`${name}/`, folder));
        continue;
      }
      if (!name.endsWith(".ts")) continue;
      const text = await Deno.readTextFile(new URL(name, folder));
      for (const [, peer, version] of text.matchAll(/"npm:((?:@[^/@"]+\/)?[^/@"]+)@([^"/]+)"/g)) {
        found.set(peer!, version!);
      }
    }
  };
  await walk(new URL("../../src/", import.meta.url));
  assertEquals(Object.fromEntries([...found].sort()), OPTIONAL_PEERS);
});
