/** Imports each module that a line of standard input names; ends with an error after the first one that fails. */
import { createInterface } from "node:readline";
import process from "node:process";

/** The last output of a module that has run. */
export const DONE = "\u0000done\n";

if (import.meta.main) {
  for await (const path of createInterface({ input: process.stdin })) {
    await import(`file://${path}`);
    process.stdout.write(DONE);
  }
}
