/** streamUnit and streamTitle, for the fields of different servers. */
import { assertEquals } from "@std/assert";
import { streamTitle, streamUnit } from "../../src/_stream_unit.ts";

Deno.test("streamUnit() accepts an object or text, and nothing else", () => {
  assertEquals(streamUnit({ output_unit: { unit_short: "°C", unit_full: "Celsius" } }), "°C");
  assertEquals(streamUnit({ output_unit: { unit_short: "", unit_full: "Celsius" } }), "Celsius");
  assertEquals(streamUnit({ output_unit: null, units: " bar " }), "bar");
  for (
    const row of [{}, { units: "" }, { output_unit: 5 }, { output_unit: {} }, { output_unit: [] }]
  ) {
    assertEquals(streamUnit(row), undefined);
  }
});

Deno.test("streamTitle() has label and unit if the row has them", () => {
  const units = "bar";
  assertEquals(streamTitle("s", undefined), "s");
  assertEquals(streamTitle("s", { data_label: "" }), "s");
  assertEquals(streamTitle("s", { data_label: "s", units }), "s in bar");
  assertEquals(streamTitle("s", { data_label: "Oven" }), "Oven, s");
  assertEquals(streamTitle("s", { data_label: "Oven", units }), "Oven in bar, s");
});
