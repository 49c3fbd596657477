/** A process that runs one archfx command after another. */
import { reset } from "@logtape/logtape";
import { run } from "../../src/cli/mod.ts";
import { servePrograms } from "../_serve_programs.ts";

await servePrograms(async (args) => {
  const code = await run(args);
  if (args.includes("--verbose")) await reset(); // It configures the log of the process.
  return code;
});
