/** The demo prints the text in the README, and rejects files without readings. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { DENO_RUN } from "../_deno_run.ts";

const root = new URL("../../", import.meta.url);

async function demo(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, "examples/demo.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

/** Replaces the port and the rate, which change each time. */
function steady(text: string): string {
  return text.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:PORT").replace(
    /[\d,]+ readings a second/,
    "N a second",
  );
}

Deno.test("demo prints what the README shows", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const shown = /<!-- demo:begin -->\s*```text\n(.*?)\n```\s*<!-- demo:end -->/s.exec(readme)?.[1];
  const { code, out } = await demo();
  assertEquals(code, 0);
  assertEquals(steady(out).trimEnd(), steady(shown ?? "").trimEnd());
});

Deno.test("demo reads a file that has only times and values", async () => {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  await Deno.writeTextFile(
    file,
    "timestamp,value\n2026-03-02 06:00:00,20.5\n2026-03-02 06:05:00,21\n",
  );
  const { code, out } = await demo(file);
  await Deno.remove(file);
  assertEquals(code, 0);
  assertStringIncludes(
    out,
    "counted     2 readings sent, 2 counted, 2 different ones",
  );
});

Deno.test("demo accepts a file with devices that its factory does not have", async () => {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  const row = "2026-03-02 06:00:00,d--9999,5090,20.5";
  await Deno.writeTextFile(file, `timestamp,device,stream,value\n${row}\n`);
  const { code, out, err } = await demo(file);
  await Deno.remove(file);
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "1 readings sent, 1 counted");
});

Deno.test("demo reports a problem of a file in one line", async () => {
  const { code, out, err } = await demo("no-such-file.csv");
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, 'demo: Cannot read "no-such-file.csv"');
  assertEquals(err.trim().split("\n").length, 1);
});
