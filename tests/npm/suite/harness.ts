/**
 * Stands in for Deno's test runner inside a consumer, so that the golden tests of the other rooms run
 * unchanged on every runtime, against the installed package.
 *
 * The bundler (`_suite.ts`) puts {@linkcode Deno} in place of the global one.
 *
 * @module
 */

/** Files of vectors by name. */
let golden: Record<string, string> = {};

/** Hands over the files that {@linkcode Deno.readTextFileSync} finds. */
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

/** How the suite went on a runtime. */
export interface Outcome {
  passed: number;
  failed: { name: string; error: string }[];
  /** Cases of the files of vectors that were run here, each with its result compared. */
  cases: number;
}

/**
 * Runs every registered test, in order.
 *
 * @param cases Tells afterwards how many golden cases were run.
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
