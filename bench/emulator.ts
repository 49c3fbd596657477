/**
 * Measures the emulator and writes bench/results/emulator.md: uploads compared with raw inserts, resets, and
 * pages of `data` in a growing store.
 *
 * `deno task bench:emulator [MILLIONS]`: 30 million readings by default, which need 4 GB of disk and some
 * minutes.
 *
 * @module
 */
import os from "node:os";

const millions = Deno.args[0] ?? "30";
const parts: [string, string[]][] = [
  ["Uploads beside raw inserts", ["emulator_upload.ts"]],
  ["Resets", ["emulator_reset.ts"]],
  ["Pages of data", ["emulator_pages.ts", millions]],
];

let text = "# The emulator\n\nWritten by `deno task bench:emulator`.\n\n" +
  `Deno ${Deno.version.deno}, ${os.cpus().length} x ${os.cpus()[0].model}, ` +
  `load ${os.loadavg()[0].toFixed(1)} before the run.\n`;
for (const [title, [script, ...args]] of parts) {
  console.log(title);
  const output = await run(script, args);
  console.log(output);
  text += `\n## ${title}\n\n\`\`\`text\n${output}\`\`\`\n`;
}
await Deno.writeTextFile(new URL("results/emulator.md", import.meta.url), text);

async function run(script: string, args: string[]): Promise<string> {
  const config = new URL("../deno.json", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--no-lock", "-c", config],
      new URL(script, import.meta.url).pathname,
      ...args,
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${script} failed`);
  return new TextDecoder().decode(stdout);
}
