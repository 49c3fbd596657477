/** The counts that `deno task count` must find in the sources, and the casts and exports that its parser recognises. */
import { assertEquals } from "@std/assert";
import { syntaxOf, unusedExports } from "../../scripts/_count_syntax.ts";
import { countSources } from "../../scripts/count_sources.ts";

Deno.test("deno task count finds no copies, no unused exports, no places that touch the instance, few casts", async () => {
  const { numbers, found } = await countSources(".");
  const counts = new Map(numbers);
  const of = (kind: string) =>
    found.filter(({ what }) => what === kind).map(({ where, text }) => `${where}: ${text}`);
  assertEquals(of("export that nothing imports"), []);
  assertEquals(of("instance touched outside src/codec"), []);
  assertEquals(counts.get("import cycles, types included"), 0);
  assertEquals(counts.get("cast")! <= 110, true, of("cast").join("\n"));
});

Deno.test("syntaxOf() finds each cast of a chain and any, and nothing in texts, comments or names", () => {
  const { casts, any, nonNull, touches } = syntaxOf(
    "src/a.ts",
    `import { a as b } from "./b.ts"; // x as T
    export { b as c };
    const d = "e as any", f = /as any/, g = \`\${b as string} as any\`;
    const h = [1] as const, i = <const> [2], j = <number> b, k = b as unknown as any;
    type L = { [M in "n" as \`o\${M}\`]: 1 };
    wasm().kernel.exports.read(b!.p);`,
  );
  assertEquals(casts.map(({ text }) => text), [
    "b as string",
    "<number> b",
    "b as unknown as any",
    "b as unknown",
  ]);
  assertEquals([any.length, nonNull.length, touches.length], [1, 1, 2]);
});

Deno.test("unusedExports() follows names through modules, stars and dynamic imports", () => {
  const modules = Object.entries({
    "mod.ts": 'export * from "./src/a.ts";',
    "src/a.ts": 'export { b as c } from "./b.ts"; export * from "./d.ts";',
    "src/b.ts": "export const b = 1, unused = 2; export type Unused = 3;",
    "src/d.ts": "export class D {}",
    "src/e.ts": "export function e() {} export function f() {}",
    "src/g.ts": 'export default async () => { const { e } = await import("./e.ts"); e(); };',
  }).map(([path, source]) => syntaxOf(path, source));
  const unused = unusedExports(modules, new Set(["mod.ts"]));
  assertEquals(unused.map(({ where, text }) => `${where} ${text}`), [
    "src/b.ts:1 unused",
    "src/b.ts:1 Unused",
    "src/e.ts:1 f",
  ]);
});
