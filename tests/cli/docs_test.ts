/** docs/cli.md has the same text as the help of the commands. */
import { assertEquals } from "@std/assert";
import { cliPage } from "../../scripts/build_cli_docs.ts";

Deno.test("docs/cli.md matches the output of scripts/build_cli_docs.ts", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/cli.md", import.meta.url));
  assertEquals(page, await cliPage(), "stale: run deno run -A scripts/build_cli_docs.ts");
});
