/** The live view of a gateway, as it stands on terminals of several sizes. */
import { assert, assertEquals } from "@std/assert";
import { screenLines } from "../../src/cli/_gateway_screen.ts";
import type { GatewayStatus } from "../../src/gateway/mod.ts";

const REASON =
  "Cannot POST: the server answered 403: this device belongs to another organization, and the API key " +
  "has no right to write to it; it is tried again every 300 s";
const now = new Date("2026-03-02T06:00:00Z");

function status(sources: number, lanes: number): GatewayStatus {
  return {
    running: true,
    depth: {
      readings: 1_234_567,
      bytes: 9_876_543,
      oldest: new Date(+now - 7.5e6),
      dead: 2,
      held: 1,
    },
    sources: Array.from({ length: sources }, (_, i) => ({
      name: `source ${i}`,
      state: "running",
      readings: 1000 * i,
      bad: i,
      lastError: i === 1
        ? `"a\u001b[2Jb.csv" was moved to failed/: ${"because ".repeat(30)}`
        : null,
      lastPush: null,
    })),
    lanes: Array.from({ length: lanes }, (_, i) => ({
      device: "d--0000-0000-0000-0001",
      streamer: 256 + i,
      readings: 5,
      confirmed: i,
      lastId: i,
      sending: null,
      hold: i === lanes - 1 ? { kind: "rejected", reason: REASON, since: now.toISOString() } : null,
      lastError: null,
    })),
    counts: { attempts: 1, sent: 2, dead: 0, failures: 3 },
    events: Array.from({ length: 9 }, (_, i) => ({
      at: `2026-03-02T05:59:5${i}.000Z`,
      level: "warning",
      message: `event ${i} ${"of many words ".repeat(i)}`,
    })),
  };
}

const screen = (columns: number, rows: number, sources = 3, lanes = 4) =>
  screenLines(status(sources, lanes), new Map([["source 2", 99.6]]), { columns, rows, now });

Deno.test("screenLines() fits every terminal, and never controls it", () => {
  for (const columns of [20, 40, 79, 80, 120, 300]) {
    for (let rows = 1; rows < 40; rows++) {
      for (const [sources, lanes] of [[0, 0], [1, 1], [3, 4], [30, 40]] as const) {
        const lines = screen(columns, rows, sources, lanes);
        assert(lines.length <= rows, `${lines.length} lines of ${rows}`);
        for (const line of lines) {
          assert(line.length <= columns, `"${line}" on ${columns} columns`);
          assert(!line.includes("\u001b"));
        }
      }
    }
  }
});

Deno.test("screenLines() shows held streamers first, with the complete reason if there is space", () => {
  for (const columns of [80, 120]) {
    const lines = screen(columns, 30);
    const text = lines.map((line) => line.trim().replace(/^! /, "")).join(" ");
    assert(text.includes(REASON), text);
    const lane = lines.findIndex((line) => line.startsWith("lane "));
    assert(lines[lane]!.includes("streamer 259: HELD, 5 waiting"));
    assert(lines.some((line) => line.includes("source 2: running, 2,000 readings (100/s), 2 bad")));
    assert(lines.some((line) => line.includes("oldest 2 h")));
    assertEquals(lines.at(-1), "2026-03-02 06:00:00 UTC, Ctrl-C to stop");
  }
});

Deno.test("screenLines() reports what does not fit on a small terminal", () => {
  const lines = screen(80, 14, 30, 40);
  assert(lines.some((line) => /and \d+ sources more: make the window taller/.test(line)));
  assert(lines.some((line) => /and \d+ streamers more: make the window taller/.test(line)));
  assert(lines.some((line) => line.includes("HELD")));
});
