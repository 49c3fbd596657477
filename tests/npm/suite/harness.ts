/**
 * Replaces Deno's test runner in a consumer, so that the golden tests of other folders run unchanged on every
 * runtime, with the installed package.
 *
 * The bundler (`_suite.ts`) replaces the global `Deno` by {@linkcode Deno}.
 *
 * @module
 */

/** Files of vectors by name. */
let golden: Record<string, string> = {};

/** Sets the files that {@linkcode Deno.readTextFileSync} finds. */
export function setGolden(files: Record<string, string>): void {
  golden = files;
}

type Body = () => void | Promise<void>;

const tests: { name: string; body: Body }[] = [];

/** Registers a test; it is used as `Deno.test` in the bundle. */
export function test(name: string, body: Body): void {
  tests.push({ name, body });
}

/** The part of the `Deno` namespace that the golden tests use. */
export const Deno = {
  test,
  readTextFileSync(url: string | URL): string {
    const name = String(url).split("/").pop()!;
    const text = golden[name];
    if (text === undefined) throw new Error(`Cannot read ${name} as the bundle does not have it`);
    return text;
  },
};

/** The result of the suite on a runtime. */
export interface Outcome {
  passed: number;
  failed: { name: string; error: string }[];
  /** The number of golden cases that were run here and compared. */
  cases: number;
}

/**
 * Runs every registered test, in order.
 *
 * @param cases Returns the number of golden cases that were run.
 */
export async function runTests(cases: () => number): Promise<Outcome> {
  let passed = 0;
  const failed: Outcome["failed"] = [];
  for (const { name, body } of tests) {
    try {
      await body();
      passed++;
    } catch (error) {
      failed.push({
        name,
        error: error instanceof Error ? error.stack ?? String(error) : String(error),
      });
    }
  }
  return { passed, failed, cases: cases() };
}
