/** Files with random damage: the gateway starts, reports its losses, and sends the rest. */
import { assertEquals } from "@std/assert";
import { cutOff, damageOnce, overwrite } from "./_damage.ts";
import { withFolder } from "./_gateway.ts";

// The same in each run, so that a change makes it fail and not chance; `deno task soak gateway` takes others.
const seed = Number(Deno.env.get("SEED") ?? 5000);

Deno.test(`Gateway starts after 1 kB of its file was overwritten, 12 times (seed ${seed})`, () =>
  withFolder(async (folder) => {
    for (let trial = 0; trial < 12; trial++) {
      const { repeated } = await damageOnce(folder, seed + trial, overwrite);
      assertEquals(repeated, 0, `seed ${seed + trial}`);
    }
  }));

Deno.test(`Gateway starts after the last pages of its file were truncated (seed ${seed})`, () =>
  withFolder(async (folder) => {
    for (let trial = 0; trial < 4; trial++) {
      const { repeated } = await damageOnce(folder, seed + trial, cutOff);
      assertEquals(repeated, 0, `seed ${seed + trial}`);
    }
  }));

Deno.test(`Gateway starts after its log was damaged or truncated, 12 times (seed ${seed})`, () =>
  withFolder(async (folder) => {
    for (let trial = 0; trial < 12; trial++) {
      const damage = trial % 4 === 3 ? cutOff : overwrite;
      const { repeated } = await damageOnce(folder, seed + trial, damage, "-wal");
      assertEquals(repeated, 0, `seed ${seed + trial}`);
    }
  }));
