/** docs/cli.md has the same text as the help of the commands. */
import { assertEquals } from "@std/assert";
import { cliPage } from "../../scripts/build_cli_docs.ts";

Deno.test("docs/cli.md is what scripts/build_cli_docs.ts writes", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/cli.md", import.meta.url));
  assertEquals(page, await cliPage(), "stale: run deno run -A scripts/build_cli_docs.ts");
});
