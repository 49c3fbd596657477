/**
 * Imitations of exports of other programs: the proposed profile, with answers to its questions only, reads each of them
 * correctly. They were made without the generator of the other tests; `n` is absent if cells that are not numbers are
 * left out.
 */
import { assertEquals } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { runHere } from "./_command.ts";

interface Export {
  name: string;
  /** The file as text, or in base64 if it is not UTF-8. */
  text?: string;
  base64?: string;
  /** The number of its readings, and the first one. */
  n?: number;
  first: string;
  value: number;
  /** The columns of values, or the names of variables, if the profile asks for them. */
  map?: string[];
  tags?: string[];
}

const exported: Export[] = JSON.parse(
  await Deno.readTextFile(new URL("exports.json", import.meta.url)),
);

for (const { name, text, base64, n, first, value, map, tags } of exported) {
  Deno.test(`archfx profile proposes a profile that reads ${name}`, async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/${name}`;
      const bytes = base64 === undefined
        ? new TextEncoder().encode(text)
        : Uint8Array.from(atob(base64), (it) => it.charCodeAt(0));
      await Deno.writeFile(path, bytes);
      const profile = `${folder}/profile.json`;
      const proposed = await runHere(["profile", path, "-o", profile, "--json"]);
      assertEquals(proposed.code, 0, proposed.err);
      const answers = map
        ? map.flatMap((column, i) => ["--map", `${column}=0001-500${i}`])
        : tags
        ? ["--tags", `${folder}/tags.csv`]
        : ["--stream", "0001-5000"];
      await Deno.writeTextFile(
        `${folder}/tags.csv`,
        `name,stream\n${(tags ?? []).map((tag, i) => `${tag},0001-500${i}\n`).join("")}`,
      );
      const { code, out, err } = await runHere([
        ...[
          "report",
          "encode",
          path,
          "--profile",
          profile,
          "--preview",
          "--json",
          "--device",
          "d--1",
        ],
        ...answers,
      ]);
      assertEquals(code, 0, `${err}\n${proposed.out}`);
      const [{ readings: [reading], streams, skippedRows }] = JSON.parse(out);
      const count = streams.reduce((sum: number, it: { readings: number }) => sum + it.readings, 0);
      assertEquals([reading.timestamp, reading.value], [first, value], proposed.out);
      if (n !== undefined) assertEquals([count, skippedRows], [n, 0], proposed.out);
    });
  });
}
