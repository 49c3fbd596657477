/**
 * How tests start a program of the project. With the lock file Deno reads no lists of versions, which
 * would take as long as everything else that a small program does.
 */

/** The arguments of Deno that go before the program. */
export const DENO_RUN: readonly string[] = [
  "run",
  "-A",
  "--no-check",
  "--quiet",
  `--lock=${new URL("../deno.lock", import.meta.url).pathname}`,
  "--frozen",
];
