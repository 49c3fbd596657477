/** Files like those of factories: what `archfx report encode` makes of each, by tests/intake/cases.json. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { ArchFxDeviceSlug, ArchFxVariableID } from "../../src/slugs/mod.ts";
import { runHere } from "./_command.ts";

interface Case {
  file: string;
  args: string[];
  want?: [time: string, stream: string, value: number | "NaN"][];
  device?: string;
  extra?: unknown[];
  stderr?: string[];
  rejects?: string[];
  note?: string;
}

const folder = new URL(".", import.meta.url).pathname;
const { cases }: { cases: Case[] } = JSON.parse(await Deno.readTextFile(`${folder}cases.json`));

/** Data in the form of the cases: an integer beyond 2^53 is `{"bigint": text}`. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, plain(it)]));
  }
  return value;
}

async function check(test: Case): Promise<void> {
  const output = await Deno.makeTempDir();
  try {
    const args = test.args.map((it, i) => test.args[i - 1] === "--tags" ? folder + it : it);
    const ended = await runHere([
      ...["report", "encode", folder + test.file, ...args],
      ...["-o", `${output}/OUT.mp`],
    ]);
    const names = [...Deno.readDirSync(output)].map(({ name }) => name);
    if (test.rejects) {
      assertEquals([ended.code, names], [1, []], ended.err);
      assertEquals(ended.err.trim().split("\n").length, 1, ended.err);
      for (const text of test.rejects) assertStringIncludes(ended.err, text);
      return;
    }
    assertEquals([ended.code, names], [0, ["OUT.mp"]], ended.err);
    for (const text of test.stderr ?? []) assertStringIncludes(ended.err, text);
    const report = ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(`${output}/OUT.mp`));
    const columns = report.columns();
    const got = Array.from({ length: columns.length }, (_, row) => [
      columns.timestamps[row],
      String(new ArchFxVariableID(columns.streams[row])),
      Number.isNaN(columns.values[row]) ? "NaN" : columns.values[row],
    ]);
    const want = test.want!.map(([time, stream, value]) => [
      BigInt(Date.parse(time)) * 1000n,
      stream,
      value,
    ]);
    assertEquals(got, want);
    if (test.device) assertEquals(String(new ArchFxDeviceSlug(report.origin)), test.device);
    if (test.extra) assertEquals((columns.summaryData ?? []).map(plain), test.extra);
  } finally {
    await Deno.remove(output, { recursive: true });
  }
}

assert(cases.length >= 93);
for (const test of cases) {
  const what = test.rejects ? `rejected: ${test.rejects.join(", ")}` : "read";
  Deno.test(`report encode ${test.file} ${test.args.join(" ")} is ${what}`, () => check(test));
}
