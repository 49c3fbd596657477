/**
 * How tests start a program of the project. With the lock file, Deno reads no version lists, which would take as
 * long as everything else in a small program.
 */

/** The arguments of Deno before the program. */
export const DENO_RUN: readonly string[] = [
  "run",
  "-A",
  "--no-check",
  "--quiet",
  `--lock=${new URL("../deno.lock", import.meta.url).pathname}`,
  "--frozen",
];
