/** Which pushes go together to JetStream, and which have to wait for others. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Push, Pushes } from "../../src/gateway/jetstream/_pushes.ts";

/** A push to lanes, with a number that tells it from others. */
function push(lanes: readonly string[], number: number): Push & { readonly number: number } {
  return {
    frames: new Map(lanes.map((lane) => [lane, []])),
    readings: 1,
    bytes: 100,
    position: undefined,
    key: undefined,
    number,
    resolve() {},
    reject() {},
  };
}

Deno.test("take() distributes waiting pushes to two groups, and isFull shows when one is complete", () => {
  const pushes = new Pushes();
  const full: number[] = [];
  for (let i = 0; i < 64; i++) {
    pushes.add(push([`r.${i}`], i));
    if (pushes.isFull) full.push(i + 1);
  }
  assertEquals(full[0], 16);
  const [first, second] = [pushes.take()!, pushes.take()!];
  assertEquals([first.pushes.length, second.pushes.length, pushes.take()], [32, 32, undefined]);
  first.done();
  for (let i = 0; i < 32; i++) pushes.add(push([`r.${i}`], i));
  assertEquals([pushes.isFull, pushes.take()!.pushes.length, pushes.size], [true, 32, 0]);
  second.done();
});

Deno.test("take() keeps the order of each lane, and no lane is in two groups at a time", () => {
  const step = fc.oneof(
    fc.uniqueArray(fc.constantFrom("r.1", "r.2", "r.3", "r.4", "r.5"), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.constantFrom("take" as const, "done" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const pushes = new Pushes();
      const away: NonNullable<ReturnType<Pushes["take"]>>[] = [];
      const last = new Map<string, number>();
      let [added, taken] = [0, 0];
      const take = () => {
        const group = pushes.take();
        if (!group) return false;
        const busy = new Set(
          away.flatMap((it) => it.pushes.flatMap((one) => [...one.frames.keys()])),
        );
        for (const one of group.pushes) {
          const { number } = one as Push & { number: number };
          for (const lane of one.frames.keys()) {
            assert(!busy.has(lane), `${lane} is in two groups`);
            assert(number > (last.get(lane) ?? -1), `${lane} is out of order`);
            last.set(lane, number);
          }
        }
        taken += group.pushes.length;
        away.push(group);
        return true;
      };
      for (const it of steps) {
        if (it === "take") take();
        else if (it === "done") away.shift()?.done();
        else pushes.add(push(it, added++));
      }
      while (pushes.size > 0) {
        away.shift()?.done();
        while (take());
      }
      assertEquals(taken, added);
    }),
    { numRuns: 500 },
  );
});
