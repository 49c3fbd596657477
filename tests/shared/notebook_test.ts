/** The display of reports, columns and factory maps in a Jupyter notebook. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  ArchFXDataPoint,
  ArchFXFlexibleDictionaryReport,
  FactoryMap,
  readCsv,
  readNdjson,
  resample,
  splitByDevice,
} from "@archfx/cloud";
import { fromArrow, toArrow } from "@archfx/cloud/arrow";
import { tableDisplay } from "../../src/_deno_notebook.ts";

const SHOW = Symbol.for("Jupyter.display");

/** Displays an object like the kernel. */
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
    assertEquals(Object.keys(forms).sort(), ["image/svg+xml", "text/html", "text/plain"]);
    // The image has the same charts as the page.
    const picture = forms["image/svg+xml"];
    assertEquals(picture.match(/<svg /g)!.length, 5);
    assertEquals(picture.match(/<path d="M[^>]+>/g), forms["text/html"].match(/<path d="M[^>]+>/g));
    const html = forms["text/html"];
    assertEquals(html.match(/<svg /g)!.length, 4);
    assertStringIncludes(html, "and 2 streams more");
    assertStringIncludes(html, "<td>1000000000019</td>");
    assertStringIncludes(html, "and 40 rows more");
    assertStringIncludes(forms["text/plain"], "2026-03-02T06:00:00Z  0000-5001  1");
  }
  // For all other purposes, columns do not change.
  assert(!Object.keys(one.columns()).some((key) => key.includes("isplay")));
  assertEquals(JSON.stringify(Object.getOwnPropertySymbols({ ...one.columns() })), "[]");
});

Deno.test("columns of readCsv, readNdjson, resample, splitByDevice and fromArrow display themselves", async () => {
  const csv = "timestamp,device,stream,value\n2026-03-02T06:00:00Z,d--0001,0001-5090,20.5\n" +
    "2026-03-02T06:00:00Z,d--0002,0001-5090,70\n2026-03-02T06:00:10Z,d--0001,0001-5090,21\n";
  const json = '{"timestamp":"2026-03-02T06:00:00Z","stream":"0001-5090","value":20.5}';
  const bytes = (text: string) => new TextEncoder().encode(text);
  const [chunk] = await Array.fromAsync(readCsv(bytes(csv), { findColumns: true }));
  const [lines] = await Array.fromAsync(readNdjson(bytes(json)));
  const shown = await display(chunk);
  // The readings of two devices are not joined by one line, and an id of 0 is not shown.
  assertEquals(shown["text/html"].match(/<svg /g)!.length, 2);
  assertEquals(
    shown["text/plain"].split("\n")[1].trim().split(/ +/),
    ["timestamp", "device", "stream", "value"],
  );
  assertStringIncludes(shown["text/plain"], "d--0000-0000-0000-0002  0001-5090  70");
  const [one] = splitByDevice(chunk).values();
  const derived = [lines, one, resample(one, { everyMs: 60_000, by: "mean" })];
  for (const it of [...derived, fromArrow(toArrow(chunk))]) {
    assertStringIncludes((await display(it))["image/svg+xml"], "0001-5090");
  }
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
