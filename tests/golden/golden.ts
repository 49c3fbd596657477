/**
 * The golden vectors and the list of exceptions to them: README.md here explains the tags.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";

/** A value as the vectors write it. */
// deno-lint-ignore no-explicit-any
export type Tagged = any;

/** One case: what was called, and what came of it. */
export interface GoldenCase {
  fn: string;
  args: Tagged[];
  kwargs?: Record<string, Tagged>;
  /** Name of a case that has one. */
  name?: string;
  ok?: boolean;
  quirk?: boolean;
  why?: string;
  [field: string]: Tagged;
}

/** A difference from the Python package, on purpose. */
interface Exception {
  /** Which cases: by index, by a pattern of the name, or by the function and words of the case's `why`. */
  cases?: number[];
  name?: string;
  fn?: string;
  why?: string;
  /** Why the Python behaviour is not kept. */
  reason: string;
  /** What happens here instead: "throws", or "differs" with the result by index. */
  here: "throws" | "differs";
  results?: Record<string, unknown>;
}

/** Reads the cases of a file of vectors. */
export function goldenCases(name: string, list = "cases"): GoldenCase[] {
  const url = new URL(`./${name}.json`, import.meta.url);
  return JSON.parse(Deno.readTextFileSync(url))[list];
}

const judged = new Set<string>();

/** How many different cases of the files were run so far, each with its result compared. */
export function casesJudged(): number {
  return judged.size;
}

/** Runs every case of a file; exceptions.json says which may differ, and each of its entries must be needed. */
export function checkGolden(
  name: string,
  run: (golden: GoldenCase) => unknown,
  matches: (golden: GoldenCase, result: unknown) => boolean,
  cases?: GoldenCase[],
): void {
  const url = new URL("./exceptions.json", import.meta.url);
  const exceptions: Exception[] = JSON.parse(Deno.readTextFileSync(url))[name];
  const needed = new Set<string>();
  const wrong: string[] = [];
  (cases ?? goldenCases(name)).forEach((golden, index) => {
    const ok = golden.ok ?? golden.error === undefined;
    let result: unknown;
    let error: unknown;
    try {
      result = run(golden);
    } catch (caught) {
      error = caught;
    }
    const same = error === undefined ? ok && matches(golden, result) : !ok;
    if (error !== undefined) assert(error instanceof Error && error.message !== "", `case ${index}`);
    if (!cases) judged.add(`${name} ${index}`);
    if (same) return;
    const covered = exceptions.some((exception, position) => {
      const { cases, name, fn, why, here, results } = exception;
      if (cases && !cases.includes(index)) return false;
      if (name && !new RegExp(`^(?:${name})$`).test(golden.name ?? "")) return false;
      if (fn && fn !== golden.fn) return false;
      if (why && !golden.why?.includes(why)) return false;
      if (here === "throws" ? error === undefined : error !== undefined) return false;
      if (results) assertEquals(shown(result), results[index], `case ${index}`);
      needed.add(cases ? `${position}/${index}` : `${position}`);
      return true;
    });
    if (!covered) {
      const outcome = error === undefined ? JSON.stringify(shown(result)) : String(error);
      wrong.push(`${index}: ${JSON.stringify(golden).slice(0, 300)}\n    here: ${outcome}`);
    }
  });
  exceptions.forEach(({ cases, reason }, position) => {
    for (const key of cases?.map((index) => `${position}/${index}`) ?? [`${position}`]) {
      if (!needed.has(key)) wrong.push(`exception ${key} is not needed any more: ${reason}`);
    }
  });
  assertEquals(wrong, [], `${wrong.length} cases of ${name}.json`);
}

/** A result as exceptions.json writes it: bigints as text. */
function shown(result: unknown): unknown {
  return JSON.parse(
    JSON.stringify(result, (_, value) => typeof value === "bigint" ? String(value) : value),
  );
}
