/** Numbers for people, in pages and in the command. */
import { assert, assertEquals } from "@std/assert";
import { axisLabels, distinctNumbers, numberText } from "../../src/_number_text.ts";

Deno.test("numberText() shows safe integers and short numbers in full", () => {
  const full = [0, 1, -1, 1_000_000_000_004, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.1];
  for (const value of [...full, -12.5, 1e21, 5e-324, 1e-7]) {
    assertEquals(numberText(value), String(value));
  }
  assertEquals(numberText(-0), "-0");
});

Deno.test("numberText() marks every rounded number, and no other", () => {
  assertEquals(numberText(1 / 3), "\u22480.3333333333");
  assertEquals(numberText(1 / 3, 3), "\u22480.333");
  assertEquals(numberText(2 ** 60), "\u22481.152921505e+18");
  assertEquals(numberText(1_000_000_000_000.5), "\u22481000000000001");
  assertEquals(numberText(Number.MAX_VALUE), "\u22481.797693135e+308");
  assertEquals(numberText(1.5e20), "1.5e+20");
  assertEquals(numberText(0.000001234567), "0.000001234567");
  let state = 1;
  for (let run = 0; run < 10_000; run++) {
    state = state * 48271 % 0x7fffffff;
    const value = (state / 0x7fffffff - 0.5) * 10 ** (state % 40 - 20);
    const text = numberText(value, 3 + state % 12);
    const marked = text.startsWith("\u2248");
    assertEquals(Number(text.replace("\u2248", "")) !== value, marked, `${value}: ${text}`);
  }
});

Deno.test("distinctNumbers() never shows different numbers as equal", () => {
  const values = [1_000_000.25, 1_000_000.5, 1_000_000.75];
  assertEquals(distinctNumbers(values, 6), ["\u22481000000", "1000000.5", "\u22481000001"]);
  const close = [0.1 + 0.2, 0.3, 0.3 - 2 ** -54];
  assertEquals(new Set(distinctNumbers(close, 6)).size, 3);
  assertEquals(distinctNumbers([5, 5], 6), ["5", "5"]);
  assertEquals(distinctNumbers([NaN, NaN, 1 / 3], 3), ["NaN", "NaN", "\u22480.333"]);
});

Deno.test("axisLabels() are short and unique", () => {
  assertEquals(axisLabels([0, 50, 100]), ["0", "50", "100"]);
  assertEquals(axisLabels([0.1, 0.2, 0.30000000000000004]), ["0.1", "0.2", "0.3"]);
  assertEquals(axisLabels([-0.5, 0, 0.5]), ["-0.5", "0.0", "0.5"]);
  assertEquals(axisLabels([1e12, 2e12]), ["1e12", "2e12"]);
  assertEquals(axisLabels([1e12 + 1, 1e12 + 2]), ["1000000000001", "1000000000002"]);
  assertEquals(axisLabels([7, 7]), ["7", ""]);
  for (const step of [1e-12, 1e-3, 1, 1e9, 1e300]) {
    for (const start of [0, 1, 1e9, 1e15, -1e20]) {
      const ticks = [0, 1, 2, 3].map((tick) => start + tick * step);
      const labels = axisLabels(ticks).filter((label) => label !== "");
      assertEquals(new Set(labels).size, labels.length);
      assertEquals(labels.length, new Set(ticks).size, `${start} + ${step}: ${labels}`);
      assert(labels.every((label) => label.length <= 22), labels.join(" "));
    }
  }
});
