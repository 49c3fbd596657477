import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { sameTable, type Seen, supportTable, withTable } from "../npm/_support_table.ts";

const good: Seen = {
  runtime: "Bun 1",
  name: "Bun 1",
  result: { passed: 3, failed: [], cases: 5074, command: true, emulator: true },
};
const readme = "# A\n\n<!-- support:begin -->\n<!-- support:end -->\n\nEnd\n";

function rowOf(table: string, runtime: string): string {
  return table.split("\n").find((line) => line.replaceAll(/ +/g, " ").startsWith(`| ${runtime}`))!
    .replaceAll(/ +/g, " ");
}

Deno.test("supportTable() says what a run saw, and what it did not try", () => {
  const table = supportTable([good]);
  assertEquals(rowOf(table, "Bun 1"), "| Bun 1 | `import` | 5,074 | yes | yes | yes |");
  assertStringIncludes(rowOf(table, "Node 22"), "not tried: not here");
  assertStringIncludes(rowOf(table, "Node | CommonJS"), "not tried: no JSR");
});

Deno.test("supportTable() does not say yes to a runtime where one of its consumers failed", () => {
  const bad = { ...good, result: { ...good.result, failed: [{ name: "slugs", error: "no" }] } };
  assertEquals(
    rowOf(supportTable([good, bad]), "Bun 1"),
    "| Bun 1 | `import` | no | no | yes | yes |",
  );
});

Deno.test("withTable() replaces what stands between the markers only", () => {
  const once = withTable(readme, "| a |");
  assertEquals(
    once,
    "# A\n\n<!-- support:begin -->\n\n| a |\n\n<!-- support:end -->\n\nEnd\n",
  );
  assertEquals(withTable(once, "| a |"), once);
  assertThrows(() => withTable("# A\n", "| a |"), Error, "support:begin");
});

Deno.test("sameTable() compares the rows of runtimes that were tried", () => {
  const written = withTable(readme, supportTable([good, { ...good, runtime: "Node 22" }]));
  assert(sameTable(written, supportTable([good])));
  const without = { ...good, result: { ...good.result, emulator: "no node:sqlite" } };
  assertFalse(sameTable(written, supportTable([without])));
});
