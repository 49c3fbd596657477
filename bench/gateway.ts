/**
 * Measures how a gateway stores, holds and sends readings. If possible, each figure is compared with a copy of
 * the same bytes with the same number of fsyncs, in the same run.
 *
 * `deno task bench:gateway [PART…]` measures all parts or the named ones, and writes each into its section of
 * bench/results/gateway.md.
 *
 * @module
 */
import type { Row } from "./_gateway_rows.ts";
import { input, output, size } from "./_gateway_rates.ts";
import { mqtt } from "./_gateway_mqtt.ts";
import { waiting } from "./_gateway_waiting.ts";

const PARTS: Record<string, (folder: string) => Promise<Row[]>> = {
  input,
  output,
  size,
  mqtt,
  waiting,
};
const RESULTS = new URL("results/gateway.md", import.meta.url);
const TITLE = "# The gateway\n";

/** The sections of the results, by part. */
async function readSections(): Promise<Map<string, string>> {
  const text = await Deno.readTextFile(RESULTS).catch(() => "");
  return new Map(
    text.split(/^## /m).slice(1).map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end + 1).trim()];
    }),
  );
}

const asked = Deno.args.length > 0 ? Deno.args : Object.keys(PARTS);
for (const name of asked) {
  const part = PARTS[name];
  if (!part) {
    throw new Error(`Cannot measure "${name}": there are ${Object.keys(PARTS).join(", ")}`);
  }
  const folder = await Deno.makeTempDir();
  let rows: Row[];
  try {
    rows = await part(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const lines = [
    "| what | measured | target | beside |",
    "| ---- | -------- | ------ | ------ |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");
  console.log(`## ${name}\n\n${lines}\n`);
  const sections = (await readSections()).set(name, lines);
  const known = Object.keys(PARTS).filter((part) => sections.has(part));
  const text = known.map((part) => `\n## ${part}\n\n${sections.get(part)}\n`).join("");
  await Deno.writeTextFile(RESULTS, TITLE + text);
}
