/** Every TypeScript snippet of the README and the pages runs, against an emulator with the demo factory. */
import { createEmulator } from "@archfx/cloud/emulator";
import { pages, SnippetRunner, snippets } from "./_snippets.ts";

const csv = new URL("../../examples/line-1.csv", import.meta.url);

for (const page of await pages()) {
  const found = await snippets(page);
  if (found.length === 0) continue;
  Deno.test(`${page} has snippets that run`, async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "archfx-snippets-" });
    await Deno.copyFile(csv, `${folder}/line-1.csv`);
    const emulator = await createEmulator({ seed: "demo" });
    const server = await emulator.listen({ port: 0 });
    try {
      await using runner = new SnippetRunner(folder, server.url);
      for (const snippet of found) {
        await t.step(`line ${snippet.line}`, () => runner.run(snippet));
      }
    } finally {
      await server.close();
      await emulator.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}
