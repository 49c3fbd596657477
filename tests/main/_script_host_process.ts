/** A process that runs `_script.ts` again and again, each time as Deno runs it: the module is evaluated from the start. */
import process from "node:process";
import { format } from "node:util";
import { reset } from "@logtape/logtape";
import { servePrograms } from "../_serve_programs.ts";

// Deno's own writes to the real standard output.
console.log = (...values: unknown[]) => void process.stdout.write(`${format(...values)}\n`);

let runs = 0;
const script = new URL("./_script.ts", import.meta.url).pathname;

await servePrograms(async (args) => {
  process.argv = [process.execPath, script, ...args];
  process.exitCode = 0;
  await import(`./_script.ts?run=${runs++}`);
  await reset(); // It configures the log of the process.
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return code;
});
