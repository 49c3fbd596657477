import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { sameTable, type Seen, supportTable, withTable } from "../npm/_support_table.ts";

const good: Seen = {
  engine: "pack",
  runtime: "Bun 1",
  name: "Bun 1",
  result: { passed: 3, failed: [], cases: 5074, command: true, emulator: true },
};
const readme = "# A\n\n<!-- support:begin -->\n<!-- support:end -->\n\nEnd\n";

function rowOf(table: string, start: string): string {
  return table.split("\n").map((line) => line.replaceAll(/ +/g, " "))
    .find((line) => line.startsWith(`| ${start}`))!;
}

Deno.test("supportTable() lists the results of a run by engine, and what was not tried", () => {
  const table = supportTable([good]);
  assertEquals(
    rowOf(table, "Bun 1 | `deno pack`"),
    "| Bun 1 | `deno pack` (ES modules) | `import` | 5,074 | yes | yes | yes |",
  );
  assert(rowOf(table, "Bun 1 | dnt").includes("not tried"));
  assert(rowOf(table, "Deno 2 | the sources").includes("not tried: no JSR"));
});

Deno.test("supportTable() does not mark a runtime as supported if one of its consumers failed", () => {
  const bad = { ...good, result: { ...good.result, failed: [{ name: "slugs", error: "no" }] } };
  assertEquals(
    rowOf(supportTable([good, bad]), "Bun 1 | `deno pack`"),
    "| Bun 1 | `deno pack` (ES modules) | `import` | no | no | yes | yes |",
  );
});

Deno.test("supportTable() keeps the rows of a README that this run did not test", () => {
  const dnt: Seen = { ...good, engine: "dnt", result: { ...good.result, cases: 12 } };
  const written = withTable(readme, supportTable([dnt]));
  const table = supportTable([good], written);
  assert(rowOf(table, "Bun 1 | dnt").includes("| 12 |"));
  assert(rowOf(table, "Bun 1 | `deno pack`").includes("| 5,074 |"));
});

Deno.test("withTable() replaces only the text between the markers", () => {
  const once = withTable(readme, "| a |");
  assertEquals(
    once,
    "# A\n\n<!-- support:begin -->\n\n| a |\n\n<!-- support:end -->\n\nEnd\n",
  );
  assertEquals(withTable(once, "| a |"), once);
  assertThrows(() => withTable("# A\n", "| a |"), Error, "support:begin");
});

Deno.test("sameTable() compares the tested rows", () => {
  const written = withTable(readme, supportTable([good, { ...good, runtime: "Node 22" }]));
  assert(sameTable(written, [good]));
  const without = { ...good, result: { ...good.result, emulator: "no node:sqlite" } };
  assertFalse(sameTable(written, [without]));
});
