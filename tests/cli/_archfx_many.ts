/**
 * Runs archfx commands one after another in this process, on its own terminal: `_archfx_many.ts JSON`, where JSON is
 * an array of `{ args, env }`. After each command it writes END with the exit code.
 */
import process from "node:process";
import { run } from "../../src/cli/mod.ts";

/** A command. */
export interface ManyCommand {
  args: string[];
  /** More of the environment, for this command. */
  env?: Record<string, string>;
}

/** What ends the output of each command; the exit code follows, then a line feed. */
export const END = "\u0000ended with ";

if (import.meta.main) {
  for (const { args, env = {} } of JSON.parse(process.argv[2]!) as ManyCommand[]) {
    const before = { ...process.env };
    Object.assign(process.env, env);
    const code = await run(args);
    process.stdout.write(`${END}${code}\n`);
    for (const name of Object.keys(env)) {
      if (name in before) process.env[name] = before[name];
      else delete process.env[name];
    }
  }
}
