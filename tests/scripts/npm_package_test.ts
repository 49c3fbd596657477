/** How the npm package's options and package.json are made, without building one. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { buildWithDnt, type Dnt, type DntOptions, dntOptions } from "../../scripts/npm_dnt.ts";
import { packageOf, rewrite, specifiers } from "../../scripts/npm_imports.ts";
import {
  type DenoConfig,
  dependencies,
  dntPackageJson,
  OPTIONAL_PEERS,
  packPackageJson,
} from "../../scripts/npm_package.ts";

const config: DenoConfig = JSON.parse(
  await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
);
const parts = {
  folders: ["src"],
  packages: ["hono"],
  runtime: { "#src/a/_node_x": "src/a/_node_x.js" },
  stub: "src/_browser.js",
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

Deno.test("packPackageJson() replaces modules that need a runtime in bundles for browsers only", () => {
  assertEquals(packPackageJson(config, parts).imports, {
    "#src/a/_node_x": { browser: "./src/_browser.js", default: "./src/a/_node_x.js" },
  });
});

Deno.test("packPackageJson() and dntPackageJson() agree on all that no engine decides", () => {
  const shared = (json: object) => {
    const own = "exports files dependencies devDependencies main types type imports browser".split(
      " ",
    );
    return Object.fromEntries(Object.entries(json).filter(([key]) => !own.includes(key)));
  };
  const packed = shared(packPackageJson(config, parts));
  assertEquals(shared(dntPackageJson(config, [])), packed);
  assertEquals([packed.version, packed.sideEffects], [config.version, false]);
});

Deno.test("dependencies() takes the version that deno.json pins", () => {
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

Deno.test("rewrite() changes statements and import types of declarations, and no example", () => {
  const source = `/** A module. */ import type {
  A,
} from "a";
/**
 * import { f } from "a";
 */
export declare function f(): import("a").B;
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
  const { scriptModule, declarationMap, skipSourceOutput, test, outDir } = options;
  assertEquals([scriptModule, declarationMap, skipSourceOutput, test, outDir], [
    "cjs",
    false,
    true,
    true,
    "/package/",
  ]);
  assertEquals(options.compilerOptions.sourceMap, false);
});

Deno.test("dntOptions() hides missing declarations and no other diagnostic", () => {
  const { filterDiagnostic } = dntOptions(config, new URL("file:///package/"));
  assertEquals([7016, 2339].map((code) => filterDiagnostic({ code })), [false, true]);
});

Deno.test("buildWithDnt() empties the folder, builds, and puts the command beside the modules", async () => {
  const out = await Deno.makeTempDir();
  const calls: string[] = [];
  let browser: DntOptions["package"]["browser"];
  const dnt: Dnt = {
    emptyDir: (path) => Promise.resolve(void calls.push(`empty ${path}`)),
    build: async (options: DntOptions) => {
      calls.push(`build ${options.outDir}`);
      browser = options.package.browser;
      await options.postBuild();
    },
  };
  try {
    await buildWithDnt(dnt, config, new URL(`file://${out}/`));
    assertEquals(calls, [`empty ${out}/`, `build ${out}/`]);
    assertEquals(browser?.["./esm/src/api/_node_file.js"], false);
    assertEquals(
      (await Deno.readTextFile(`${out}/bin/archfx.js`)).includes(`"../esm/src/cli/mod.js"`),
      true,
    );
    await WebAssembly.compile(await Deno.readFile(`${out}/codec.wasm`));
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
  for (const folder of ["src/arrow"]) {
    for await (const { name } of Deno.readDir(new URL(`../../${folder}`, import.meta.url))) {
      const text = await Deno.readTextFile(new URL(`../../${folder}/${name}`, import.meta.url));
      for (const [, peer, version] of text.matchAll(/"npm:((?:@[^/@"]+\/)?[^/@"]+)@([^"/]+)"/g)) {
        found.set(peer, version);
      }
    }
  }
  assertEquals(Object.fromEntries([...found].sort()), OPTIONAL_PEERS);
});
