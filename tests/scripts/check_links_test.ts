import { assertEquals } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { anchors, checkLinks, links } from "../../scripts/check_links.ts";

Deno.test("links() finds links, images and definitions, except in code", () => {
  const text = [
    'See [a](./a.md "A") and ![b](b.svg).',
    "`[c](c.md)` is code.",
    "```md",
    "[d](d.md)",
    "```",
    "[e]: docs/e.md",
    '<img src="f.png">',
  ].join("\n");
  assertEquals(links(text), [
    { line: 1, target: "./a.md" },
    { line: 1, target: "b.svg" },
    { line: 6, target: "docs/e.md" },
    { line: 7, target: "f.png" },
  ]);
});

Deno.test("anchors() are made like on GitHub", () => {
  const text =
    "# The `archfx` command\n## Why?\n## Why?\n```sh\n# no heading\n```\n### [Link](x.md) it\n";
  assertEquals([...anchors(text)], ["the-archfx-command", "why", "why-1", "link-it"]);
});

Deno.test("checkLinks() names a missing file, heading or place in the repository", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/a.md`,
      "[1](b.md) [2](b.md#there)\n[3](b.md#gone) [4](c.md)\n[5](../d.md) [6](https://example.com) [7](#top)\n# Top\n",
    );
    await Deno.writeTextFile(`${folder}/b.md`, "# There\n");
    const result = await checkLinks(new URL(`file://${folder}/`), ["a.md"]);
    assertEquals(result.broken.map(({ line, target, why }) => [line, target, why]), [
      [2, "b.md#gone", "has no heading for #gone"],
      [2, "c.md", "does not exist"],
      [3, "../d.md", "leads out of the repository"],
    ]);
    assertEquals([result.checked, result.web], [6, 1]);
  });
});
