/** The charts of `archfx data --follow`: they fit the terminal, and the last ones stay on it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { followLines } from "../../src/cli/_follow_view.ts";
import { MovingScreen } from "../../src/cli/_moving_screen.ts";
import type { Io } from "../../src/cli/_io.ts";

const NOW = BigInt(Date.UTC(2026, 2, 2, 6)) * 1000n;
const FIVE_MINUTES = 300_000_000n;

/** A stream with a reading each second of the last two minutes. */
function chart(title: string, count = 120) {
  return {
    title,
    series: {
      timestamps: BigInt64Array.from(
        { length: count },
        (_, at) => NOW - BigInt(120 - at) * 1_000_000n,
      ),
      values: Float64Array.from({ length: count }, (_, at) => 240 + Math.sin(at / 9)),
    },
  };
}

function view(columns: number, rows: number) {
  const shown = { from: NOW - FIVE_MINUTES, to: NOW };
  return { columns, rows, shown, now: NOW, color: false };
}

Deno.test("followLines() never returns more or wider lines than the terminal has", () => {
  const slug = "sl--0000-0001--0000-0000-0000-0001--0001-5090";
  const all = Array.from({ length: 9 }, (_, at) => chart(`Temperature in °C, ${slug}`, at * 15));
  for (const columns of [24, 40, 80, 200]) {
    for (let rows = 3; rows < 90; rows += 3) {
      for (let count = 1; count < all.length; count++) {
        const lines = followLines(all.slice(0, count), view(columns, rows));
        assert(lines.length <= rows, `${lines.length} lines for ${rows} rows`);
        const widest = Math.max(...lines.map((line) => line.length));
        assert(widest <= columns, `${widest} characters for ${columns} columns`);
      }
    }
  }
});

Deno.test("followLines() shows the whole range of time, the last value, and what does not fit", () => {
  const lines = followLines([chart("one"), chart("two")], view(80, 24));
  assertEquals(lines[0], "one, 120 readings, last ≈240.61");
  assertEquals(lines.filter((line) => line.startsWith("two")).length, 1);
  // The readings take the second half of five minutes; nothing is drawn in the first three of them.
  for (const line of lines.filter((it) => /[│┤]/.test(it))) {
    assertEquals(line.slice(line.search(/[│┤]/) + 1).slice(0, 44).trim(), "", line);
  }
  const times = "2026-03-02 05:55:00";
  assertStringIncludes(lines.at(-2)!, times);
  assertEquals(lines.at(-1), "2026-03-02 06:00:00 UTC, Ctrl-C ends");
  const low = followLines([chart("one"), chart("two"), chart("three")], view(80, 8));
  assertEquals(
    low.at(-1),
    "2026-03-02 06:00:00 UTC, 2 streams more: make the window taller, Ctrl-C ends",
  );
  // The name of a stream from the server cannot control the terminal.
  assertEquals(followLines([chart("a\u001b[2Jb", 0)], view(80, 24))[0], "a\\u001b[2Jb");
});

Deno.test("MovingScreen clears each line before it writes it, and restores the first screen", async () => {
  let out = "";
  const write = (text: string) => Promise.resolve(void (out += text));
  const screen = new MovingScreen({ write } as unknown as Io);
  await screen.close("never shown");
  assertEquals(out, "");
  await screen.show(["a", "b"]);
  await screen.show(["c"]);
  await screen.close("left\n");
  await screen.close("twice");
  assertEquals(
    out,
    "\u001b[?1049h\u001b[?25l\u001b[H\u001b[2Ka\n\r\u001b[Jb" +
      "\u001b[H\r\u001b[Jc" + "\u001b[?25h\u001b[?1049lleft\n",
  );
});
