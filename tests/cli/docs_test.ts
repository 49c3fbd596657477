/** docs/cli.md says what the commands' own help says. */
import { assertEquals } from "@std/assert";
import { cliPage } from "../../scripts/build_cli_docs.ts";

Deno.test("docs/cli.md is what scripts/build_cli_docs.ts writes", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/cli.md", import.meta.url));
  assertEquals(page, await cliPage(), "stale: run deno run -A scripts/build_cli_docs.ts");
});
