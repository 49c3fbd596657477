/** The example that the demo and the docs encode. */
import { assertEquals } from "@std/assert";
import { DENO_RUN } from "../_deno_run.ts";

const root = new URL("../../", import.meta.url).pathname;

Deno.test("examples/line-1.csv is what scripts/make_line_csv.ts writes", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, `${root}scripts/make_line_csv.ts`],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(text === await Deno.readTextFile(`${root}examples/line-1.csv`), true);
});
