/**
 * No file of sources, scripts and tests has more than 400 lines.
 *
 * @module
 */
import { assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);
const LIMIT = 400;
const GENERATED = /(?:_worker_code|wasm_bytes|wasm_constants|assets)\.ts$/;

Deno.test("files have at most 400 lines", async () => {
  const long: string[] = [];
  let files = 0;
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
      // The packages that `bench` installs are not ours.
      if (isDirectory && name !== "node_modules" && name !== ".venv") {
        await walk(`${folder}${name}/`);
      } else if (!isDirectory && /\.ts$/.test(name) && !GENERATED.test(name)) {
        files++;
        const text = await Deno.readTextFile(new URL(folder + name, root));
        const lines = text.split("\n").length - 1;
        if (lines > LIMIT) long.push(`${folder}${name}: ${lines}`);
      }
    }
  };
  for (const folder of ["src/", "wasm/", "scripts/", "bench/", "tests/"]) await walk(folder);
  assertEquals(files > 500, true);
  assertEquals(long, []);
});
