/** Compares the sizes of the pages with `bench/size_budget.json`: the gzipped bytes that a browser loads. */
import { assert } from "@std/assert";
import { assets } from "../../src/emulator/console/assets.ts";
import { consoleAsset } from "../../src/emulator/console/mod.ts";

const root = new URL("../../", import.meta.url);

async function gzipped(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("the pages stay within their budgets", async () => {
  const budget: Record<string, number> = JSON.parse(
    await Deno.readTextFile(new URL("bench/size_budget.json", root)),
  );
  const console = await Promise.all(
    Object.keys(assets).map(async (name) => {
      const answer = await consoleAsset(name === "index.html" ? "/" : `/${name}`);
      return await gzipped(await answer!.text());
    }),
  );
  const sizes: Record<string, number> = {
    "page, inspector": await gzipped(await Deno.readTextFile(new URL("docs/inspector.html", root))),
    "page, console": console.reduce((sum, size) => sum + size, 0),
  };
  for (const [page, size] of Object.entries(sizes)) {
    assert(size <= budget[page], `${page}: ${size} bytes, budget ${budget[page]}`);
    // A budget far above the size would have no effect.
    assert(size > budget[page] * 0.8, `${page}: ${size} bytes, budget ${budget[page]}`);
  }
});
