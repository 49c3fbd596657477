/** What a Jupyter notebook shows of reports, columns and factory maps. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport, FactoryMap } from "@archfx/cloud";
import { tableDisplay } from "../../src/_deno_notebook.ts";

const SHOW = Symbol.for("Jupyter.display");

/** What the kernel does with an object. */
function display(it: object): Promise<Record<string, string>> {
  return (it as Record<symbol, () => Promise<Record<string, string>>>)[SHOW]();
}

function report(streams: number) {
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: 0x1234,
    data: Array.from({ length: 60 }, (_, at) =>
      new ArchFXDataPoint({
        timestamp: Date.UTC(2026, 2, 2, 6) + at * 1000,
        stream: 0x5001 + at % streams,
        value: 1_000_000_000_000 + at,
        readingId: at + 1,
      })),
  });
}

Deno.test("a report and its columns display themselves as chart, table and text", async () => {
  const one = report(6);
  for (const it of [one, one.columns()]) {
    const forms = await display(it);
    assertEquals(Object.keys(forms).sort(), ["text/html", "text/plain"]);
    const html = forms["text/html"];
    assertEquals(html.match(/<svg /g)!.length, 4);
    assertStringIncludes(html, "and 2 streams more");
    assertStringIncludes(html, "<td>1000000000019</td>");
    assertStringIncludes(html, "and 40 rows more");
    assertStringIncludes(forms["text/plain"], "2026-03-02T06:00:00Z  0000-5001  1");
  }
  // Columns stay what they are for everything else.
  assert(!Object.keys(one.columns()).some((key) => key.includes("isplay")));
  assertEquals(JSON.stringify(Object.getOwnPropertySymbols({ ...one.columns() })), "[]");
});

Deno.test("a factory map displays itself as a table", async () => {
  const map = new FactoryMap({ version: 1, lists: {} } as never);
  const forms = await display(map);
  assertStringIncludes(forms["text/plain"], String(map));
  const { "text/html": html } = tableDisplay(
    [{ org: "acme", orgName: "<b>Acme</b>", site: null }],
    "map",
  );
  assertStringIncludes(html, "<th>orgName</th>");
  assertStringIncludes(html, "&lt;b&gt;Acme&lt;/b&gt;");
  assert(!html.includes("<th>site</th>"));
});
