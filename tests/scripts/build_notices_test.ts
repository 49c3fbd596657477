import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { notices, packagesIn } from "../../scripts/build_notices.ts";

const input = (name: string) => `../../cache/npm/registry.example.com/${name}/dist/a.js`;

Deno.test("packagesIn() finds npm packages among the inputs of a bundle, and nothing else", () => {
  const inputs = ["src/a.ts", input("uplot/1.6.32"), input("@a/b/2.0.0-rc.1"), "npm/src/b/mod.ts"];
  assertEquals([...packagesIn(inputs).keys()], ["uplot 1.6.32", "@a/b 2.0.0-rc.1"]);
});

Deno.test("notices() has the licence of each bundled package, and rejects one without", async () => {
  const cache = await Deno.makeTempDir();
  const folder = `${cache}/npm/registry.example.com/left/1.0.0`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    const inputs = [`file://${folder}/index.js`];
    await assertRejects(() => notices(inputs), Error, "Cannot find a licence in ");
    await Deno.writeTextFile(`${folder}/LICENSE`, "Do what you like.\n");
    const text = await notices(inputs);
    assertStringIncludes(text, "## left 1.0.0\n");
    assertStringIncludes(text, "Do what you like.");
    assertStringIncludes(text, "the Deno authors");
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
