/**
 * The rules of `scripts/import_rules.ts`, for every module in `src/`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  EXCEPTIONS,
  INSTANCE_NAMES,
  KNOWN_CIRCLES,
  KNOWN_VIOLATIONS,
  REGIONS,
  RULES,
} from "../../scripts/import_rules.ts";
import { allImports, cycles, type Import, importsOf } from "./_imports.ts";

const imports = await allImports();

/** The folder of a module, or "" for one in `src/` itself. */
function folderOf(path: string): string {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? "";
}

const isPrivate = (path: string) => /\/_[^/]*$/.test(path);
const isRuntime = (path: string) => /\/_(?:node|deno)_[^/]*$/.test(path);

/** The rule that an import violates, if any. */
function broken({ from, to, kind, names }: Import): string | undefined {
  const rule = RULES[folderOf(from)];
  const node = rule?.node || isRuntime(from) || kind !== "static";
  if (!to.startsWith("src/")) {
    return to.startsWith("node:") && !node
      ? "a module of Node is imported by _node_*.ts alone, which is imported dynamically"
      : undefined;
  }
  if (isRuntime(to) && !node) return "_node_*.ts and _deno_*.ts are imported dynamically";
  const [own, other] = [folderOf(from), folderOf(to)];
  if (own === other || other === "") return undefined;
  if (EXCEPTIONS.some((exception) => exception.from.test(from) && exception.to.test(to))) {
    return undefined;
  }
  if (rule === undefined) {
    return own === "" ? "src/ itself imports no folder" : `import_rules.ts has no folder ${own}`;
  }
  if (REGIONS.includes(to)) return "only codec reads linear memory";
  if (isPrivate(to)) return "it is private to another folder";
  if (to === "src/codec/instance.ts" && names.some((name) => !INSTANCE_NAMES.includes(name))) {
    return "only codec touches the instance";
  }
  if (rule.imports.includes(other)) return undefined;
  if (kind === "type" && rule.types?.includes(other)) return undefined;
  return `${own} may not import ${other}`;
}

Deno.test("import rules: every import is allowed, or in the list of known violations", () => {
  const found = imports.flatMap((one) => {
    const rule = broken(one);
    const text = `${one.from} imports ${one.to}`;
    return rule === undefined || KNOWN_VIOLATIONS.includes(text) ? [] : [`${text}: ${rule}`];
  });
  assertEquals(found, []);
});

Deno.test("import rules: there are no import cycles, not even through types", () => {
  const found = cycles(imports).filter((circle) =>
    !KNOWN_CIRCLES.some((known) => circle.every((module) => known.includes(module)))
  );
  assertEquals(found, []);
});

Deno.test("import rules: each folder is above the folders that it imports", () => {
  const order = Object.keys(RULES);
  for (const [name, rule] of Object.entries(RULES)) {
    const above = rule.imports.filter((other) => order.indexOf(other) <= order.indexOf(name));
    assertEquals(above, [], `${name} imports a folder above it`);
  }
});

Deno.test("import rules: each rule detects a violation", () => {
  const one = (from: string, source: string) => importsOf(from, source).map(broken);
  assertEquals(one("src/codec/a.ts", 'import { b } from "../api/b.ts";'), [
    "codec may not import api",
  ]);
  assertEquals(one("src/api/a.ts", 'export { b } from "../reports/_b.ts";'), [
    "it is private to another folder",
  ]);
  assertEquals(one("src/api/a.ts", 'import { wasm } from "../codec/instance.ts";'), [
    "only codec touches the instance",
  ]);
  assertEquals(one("src/reports/a.ts", 'import type { Arena } from "../codec/arena.ts";'), [
    "only codec reads linear memory",
  ]);
  assertEquals(one("src/slugs/a.ts", 'import {\n  b,\n} from "../readings/b.ts";'), [
    "slugs may not import readings",
  ]);
  assertEquals(one("src/slugs/a.ts", 'import type { B } from "../readings/b.ts";'), [undefined]);
  assertEquals(one("src/_a.ts", 'import { b } from "./api/b.ts";'), [
    "src/ itself imports no folder",
  ]);
  assertEquals(one("src/api/a.ts", 'import { b } from "./_node_b.ts";'), [
    "_node_*.ts and _deno_*.ts are imported dynamically",
  ]);
  assertEquals(one("src/api/a.ts", 'const b = await import("./_node_b.ts");'), [undefined]);
  assertEquals(one("src/api/a.ts", 'import fs from "node:fs";'), [
    "a module of Node is imported by _node_*.ts alone, which is imported dynamically",
  ]);
  assertEquals(one("src/new/a.ts", 'import { b } from "../api/b.ts";'), [
    "import_rules.ts has no folder new",
  ]);
});

Deno.test("import rules: the list of regions has every module that returns views over linear memory", async () => {
  const codec = new URL("../../src/codec/", import.meta.url);
  const regions: string[] = [];
  for await (const { name } of Deno.readDir(codec)) {
    if (name === "wasm_bytes.ts") continue;
    const text = await Deno.readTextFile(new URL(name, codec));
    if (/\bkernel\.memory\.buffer\b/.test(text)) regions.push(`src/codec/${name}`);
  }
  const known = [...REGIONS, "src/codec/instance.ts"];
  assertEquals(regions.filter((path) => !known.includes(path)), []);
  assertEquals(regions.length > 2, true);
});

Deno.test("cycles() finds cycles through types and re-exports", () => {
  const circle = [
    ...importsOf("src/a.ts", 'import type { B } from "./b.ts";'),
    ...importsOf("src/b.ts", 'export * from "./c.ts";'),
    ...importsOf("src/c.ts", 'type A = import("./a.ts").A;\nimport "./d.ts";'),
  ];
  assertEquals(cycles(circle), [["src/a.ts", "src/b.ts", "src/c.ts"]]);
});
