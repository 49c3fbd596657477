/** The lint rules of the project. */
import { assertEquals } from "@std/assert";
import plugin from "../../scripts/lint_plugin.ts";

/** Types that are missing in Deno's stable types. */
const { lint } = Deno as unknown as {
  lint: {
    runPlugin(rules: typeof plugin, file: string, source: string): { range: [number, number] }[];
  };
};

function linesWith(source: string): number[] {
  return lint.runPlugin(plugin, "a.ts", source)
    .map(({ range }) => source.slice(0, range[0]).split("\n").length);
}

Deno.test("no-local-exports finds every kind of declaration", () => {
  const source = `const exports = 1;
const { exports } = it;
const { a: exports = 2 } = it;
const [a, [...exports]] = it;
function f(exports) {}
const g = ({ x: { exports } }) => 1;
const h = function exports() {};
try { f(); } catch (exports) {}
class exports {}
import { y as exports } from "./y.ts";
import * as exports from "./y.ts";
let exports: number;
for (const exports of []) ;
class C { constructor(private exports: number) {} }`;
  assertEquals(linesWith(source), source.split("\n").map((_, i) => i + 1));
});

Deno.test("no-local-exports allows properties", () => {
  const source = `const { exports: entryPoints } = it;
const a = it.exports;
const b = { exports: 1 };
interface I { exports: number }
export { a as exports };`;
  assertEquals(linesWith(source), []);
});

Deno.test("no-new-target finds new.target and allows import.meta", () => {
  const source = `class A { constructor() { new.target; } }
const { url } = import.meta;
function f() { return new.target.prototype; }`;
  assertEquals(linesWith(source), [1, 3]);
});
