/**
 * Runs the example of every comment in the sources. `deno test --doc` does the same with a worker for each example, which
 * takes twelve times as long; here they share one, and each is still a separate module and test.
 */
import { assert } from "@std/assert";

const root = new URL("../../", import.meta.url);

interface Example {
  /** Path and first line, such as `src/slugs/mod.ts:9`. */
  place: string;
  code: string;
}

/** The blocks fenced as exactly `ts` in the comments of a module; those fenced as `ts ignore` cannot run alone. */
function examplesIn(path: string, source: string): Example[] {
  const found: Example[] = [];
  let open: Example | undefined;
  for (const [index, line] of source.split("\n").entries()) {
    const text = /^\s*\* ?(.*)$/.exec(line)?.[1];
    if (text === undefined) continue;
    if (open && text.trim() === "```") {
      found.push(open);
      open = undefined;
    } else if (open) {
      open.code += `${text}\n`;
    } else if (text.trim() === "```ts") {
      open = { place: `${path}:${index + 1}`, code: "" };
    }
  }
  return found;
}

async function modulesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) found.push(...await modulesBelow(`${folder}${name}/`));
    else if (name.endsWith(".ts")) found.push(`${folder}${name}`);
  }
  return found;
}

const examples: Example[] = [];
for (const path of ["mod.ts", ...await modulesBelow("src/")].sort()) {
  examples.push(...examplesIn(path, await Deno.readTextFile(new URL(path, root))));
}

Deno.test("examples are found in every folder with public names", () => {
  for (const folder of ["api", "arrow", "cli", "emulator", "gateway", "main", "reports", "slugs"]) {
    assert(examples.some(({ place }) => place.startsWith(`src/${folder}/`)), folder);
  }
});

for (const { place, code } of examples) {
  Deno.test(`the example of ${place} runs`, async () => {
    const folder = await Deno.makeTempDir();
    const file = `${folder}/${place.replaceAll(/[/:.]/g, "_")}.ts`;
    await Deno.writeTextFile(file, code);
    try {
      await import(`file://${file}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
