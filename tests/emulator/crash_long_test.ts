/** kill -9 during uploads; a hundred times in `scripts/soak_emulator.ts`. */
import { assert, assertEquals } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { killWhileUploading } from "./_crash.ts";

Deno.test("kill -9 in the middle of uploads, 5 times: acknowledged reports are complete, and no report is stored in part", async () => {
  await withFolder(async (dir) => {
    const seed = Date.now() >>> 0;
    console.log(`seed ${seed}`);
    const { rounds, reports } = await killWhileUploading(dir, 5, seed);
    assertEquals(rounds, 5);
    assert(reports > 0, "no report was acknowledged before the kills");
  });
});
