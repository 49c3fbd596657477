/** The gaps between readings. */
import { assert, assertEquals } from "@std/assert";
import { longestStep } from "../../src/_gaps.ts";

function limit(steps: readonly number[]): number {
  const times = [0];
  for (const step of steps) times.push(times.at(-1)! + step);
  return longestStep(times.length, (at) => times[at]);
}

Deno.test("longestStep() of regular readings allows one missing reading, not two", () => {
  const step = limit([...Array(50).fill(10), 10_800, ...Array(50).fill(10)]);
  assert(step > 20 && step < 30, String(step));
  const jitter = limit(Array.from({ length: 100 }, (_, at) => 10 + (at % 5) / 5));
  assert(jitter > 20 && jitter < 30, String(jitter));
});

Deno.test("longestStep() of readings at random times leaves few gaps", () => {
  let state = 7;
  const random = () => (state = state * 48271 % 0x7fffffff) / 0x7fffffff;
  const steps = Array.from({ length: 10_000 }, () => -Math.log(random()));
  const step = limit(steps);
  const gaps = steps.filter((one) => one > step).length;
  assert(gaps < 40, `${gaps} of 10,000`);
});

Deno.test("longestStep() finds a gap in very few readings, and no gap if there are too few", () => {
  assert(limit([1, 10_800]) < 10_800);
  assertEquals(limit([10_800]), Infinity);
  assertEquals(limit([]), Infinity);
  assertEquals(limit([0, 0, 0]), Infinity);
});

Deno.test("longestStep() treats readings of the same time as one", () => {
  const step = limit(Array.from({ length: 100 }, (_, at) => at % 2 === 0 ? 0 : 5));
  assert(step > 10 && step < 15, String(step));
});
