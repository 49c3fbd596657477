/** How modules of the npm package are joined into files and converted to CommonJS. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { toCommonJs } from "../../scripts/npm_cjs.ts";
import { groupModules, readModule } from "../../scripts/npm_groups.ts";
import { joinModules } from "../../scripts/npm_join.ts";

/**
 * A package of two lists: `a` and `b` are exports with separate helpers, both use `both`, and `a` loads `_node_x`
 * and `late` at run time.
 */
const PACKAGE: Record<string, string> = {
  "mod.js": `export * from "./src/part/mod.js";\nexport { own } from "./src/own.js";\n`,
  "src/own.js": `export const own = "own";\n`,
  "src/part/mod.js": `export { A } from "./a.js";\nexport * from "./b.js";\n`,
  "src/part/a.js": `import { help } from "./_help_a.js";
import { name } from "./_both.js";
import process from "node:process";
class A {
  late = async () => (await import("./late.js")).late(help(name) + typeof process.pid);
  node = async () => (await import("../_node_x.js")).read();
}
export { A };
`,
  "src/part/_help_a.js": `const text = "a:";\nexport const help = (name) => text + name;\n`,
  "src/part/b.js":
    `import { name } from "./_both.js";\nimport { text } from "./_help_b.js";\nexport const b = text + name;\n`,
  "src/part/_help_b.js": `export const text = "b:";\n`,
  "src/part/_both.js": `export const name = "both";\n`,
  "src/part/late.js":
    `import { name } from "./_both.js";\nexport const late = (text) => text + name;\n`,
  "src/_node_x.js":
    `import { readFileSync as read_ } from "node:fs";\nexport const read = () => typeof read_;\n`,
};
/** Small files are joined for another reason. */
const LONG = `const unused = "${"x".repeat(4000)}";\n`;

/** Modules by path; all except lists are too long to be joined as small files. */
function padded(modules: Record<string, string>): Map<string, string> {
  const isList = (path: string) => path.endsWith("mod.js");
  return new Map(
    Object.entries(modules).map(([path, code]) => [path, isList(path) ? code : code + LONG]),
  );
}

function grouped(codes: ReadonlyMap<string, string>, ...entries: string[]): Record<string, string> {
  const modules = new Map(Array.from(codes, ([path, code]) => [path, readModule(path, code)]));
  return Object.fromEntries(groupModules(modules, entries, () => false));
}

const codes = padded(PACKAGE);
const ENTRIES = ["./mod.ts", "./src/part/mod.ts"];

Deno.test("groupModules() joins modules of one folder that the same exports and dynamic imports use", () => {
  assertEquals(grouped(codes, "mod.js", "src/part/mod.js"), {
    "src/_node_x.js": "src/_node_x.js",
    "src/own.js": "src/own.js",
    "src/part/_both.js": "src/part/_both.js",
    "src/part/_help_a.js": "src/part/a.js",
    "src/part/a.js": "src/part/a.js",
    "src/part/_help_b.js": "src/part/b.js",
    "src/part/b.js": "src/part/b.js",
    "src/part/late.js": "src/part/late.js",
  });
});

Deno.test("groupModules() starts a new file before one is too long for gzip to find its copy", () => {
  const long = `export const long = "${"x".repeat(20_000)}";\n`;
  const chain = {
    "mod.js": `export { a } from "./src/a.js";\n`,
    "src/a.js": `import { b } from "./b.js";\nexport const a = b;\n${long}`,
    "src/b.js": `import { c } from "./c.js";\nexport const b = c;\n${long}`,
    "src/c.js": `export const c = 1;\n`,
  };
  assertEquals(grouped(padded(chain), "mod.js"), {
    "src/c.js": "src/b.js",
    "src/b.js": "src/b.js",
    "src/a.js": "src/a.js",
  });
});

Deno.test("groupModules() joins small modules, if no program loads much more for it, or a package", () => {
  const modules = {
    "mod.js": `export { a } from "./src/a.js";\nexport { b } from "./src/b.js";\n` +
      `export { c } from "./src/c.js";\nexport { d } from "./src/d.js";\n`,
    "src/a.js": `export const a = 1;\n`,
    "src/b.js": `export const b = 1;\n`,
    "src/c.js": `import "a-package";\nexport const c = 1;\n`,
    "src/d.js": `export const d = 1;\n`,
  };
  const codes = new Map(Object.entries(modules));
  codes.set("src/d.js", modules["src/d.js"] + LONG);
  assertEquals(grouped(codes, "mod.js"), {
    "src/a.js": "src/b.js",
    "src/b.js": "src/b.js",
    "src/c.js": "src/c.js",
    "src/d.js": "src/d.js",
  });
});

Deno.test("joinModules() keeps the nesting of lists, and names the modules that browsers replace", async () => {
  const { esm, flat, runtime } = await joinModules(codes, ENTRIES);
  assertEquals(
    esm.get("mod.js"),
    "export * from './src/part/mod.js';\nexport { own } from './src/own.js';\n",
  );
  assertEquals(
    esm.get("src/part/mod.js"),
    "export { A } from './a.js';\nexport { b } from './b.js';\n",
  );
  assert(!flat.get("mod.js")!.includes("*"));
  assertEquals(runtime, ["src/_node_x.js"]);
  assert(esm.get("src/part/a.js")!.includes(`import('#src/_node_x')`), esm.get("src/part/a.js"));
  assert(flat.get("src/part/a.js")!.includes(`import('../_node_x.js')`));
  assert(esm.get("src/_browser.js")!.includes("function read()"));
});

/** The output of a program that uses the package, in a module format. */
async function runs(files: ReadonlyMap<string, string>, type: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const use = type === "module"
      ? 'import { A, b, own } from "./mod.js";'
      : 'const { A, b, own } = require("./mod.js");';
    const program = `${use}
const a = new A();
Promise.all([a.late(), a.node()]).then((all) => console.log(b, own, A.name, ...all));
`;
    const names = { "#src/_node_x": "./src/_node_x.js" };
    for (
      const [path, text] of [
        ...files,
        ["package.json", JSON.stringify({ type, imports: names })],
        ["main.js", program],
      ]
    ) {
      await Deno.mkdir(new URL(".", `file://${folder}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const { stdout, stderr } = await new Deno.Command("node", { args: ["main.js"], cwd: folder })
      .output();
    return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("joinModules() and toCommonJs() make packages with the same behaviour", async () => {
  const { esm, flat } = await joinModules(codes, ENTRIES);
  const cjs = new Map(Array.from(flat, ([path, code]) => [path, toCommonJs(path, code)]));
  const expected = "b:both own A a:bothnumberboth function";
  assertEquals([await runs(esm, "module"), await runs(cjs, "commonjs")], [expected, expected]);
});

Deno.test("joinModules() keeps the names of two classes in one file", async () => {
  const twice = new Map([
    ["mod.js", `export { names } from "./src/a.js";\n`],
    [
      "src/a.js",
      `import { other } from "./b.js";\nclass Same {}\nexport const names = [Same.name, other];\n`,
    ],
    ["src/b.js", `class Same {}\nexport const other = Same.name;\n`],
  ]);
  const code = (await joinModules(twice, ["./mod.ts"])).esm.get("src/a.js")!;
  const { names } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  assertEquals(names, ["Same", "Same"]);
});

Deno.test("joinModules() rejects files that would import each other in a cycle", async () => {
  const circle = new Map([
    ["mod.js", `export { a } from "./src/a/a.js";\n`],
    ["src/a/a.js", `import { b } from "../b/b.js";\nexport const a = b;\n`],
    ["src/b/b.js", `import { c } from "../a/c.js";\nexport const b = c;\n`],
    ["src/a/c.js", `export const c = 1;\n`],
  ]);
  await assertRejects(() => joinModules(circle, ["./mod.ts"]), Error, "in a cycle");
});

Deno.test("toCommonJs() changes only imports and exports", () => {
  const code = `import fs from 'node:fs';
import * as path from "node:path";
import { a, b as c } from './a.js';

const text = "import { a } from './a.js'";
const later = () => import('./later.js');
const builtin = () => import('node:zlib');
const library = () => import('mqtt');

export { c as d, later };
`;
  assertEquals(
    toCommonJs("m.js", code),
    `"use strict";
const fs = require('node:fs');
const path = require('node:path');
const { a, b: c } = require('./a.js');

const text = "import { a } from './a.js'";
const later = () => Promise.resolve().then(() => require('./later.js'));
const builtin = () => Promise.resolve().then(() => require('node:zlib'));
const library = () => import('mqtt');

module.exports = { d: c, later };
`,
  );
});

Deno.test("toCommonJs() writes export lists whose names Node finds without running the module", () => {
  assertEquals(
    toCommonJs("mod.js", "export { a, b as c } from './a.js';\n"),
    `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.a = require('./a.js').a;
exports.c = require('./a.js').b;
`,
  );
});

Deno.test("toCommonJs() keeps the re-exports of a module that also has its own exports", () => {
  assertEquals(
    toCommonJs("m.js", "export { a } from './a.js';\nconst b = 1;\n\nexport { b };\n"),
    `"use strict";
exports.a = require('./a.js').a;
const b = 1;

Object.assign(exports, { b });
`,
  );
});

Deno.test("toCommonJs() rejects code that behaves differently in CommonJS", () => {
  const cases: [string, string][] = [
    ["let count = 0;\n\nexport { count };\n", `"count" is exported and may change`],
    ["let a, count$1;\n\nexport { count$1 as b };\n", `"count$1" is exported and may change`],
    ["const exports = 1;\n", "a name that CommonJS needs"],
    ["import all from 'ini';\n", "import names instead"],
    ["import * as all from 'ini';\n", "import names instead"],
    ["const x = (path) => import(path);\n", "computed import"],
  ];
  for (const [code, message] of cases) {
    assertThrows(() => toCommonJs("m.js", code), Error, message);
  }
});
