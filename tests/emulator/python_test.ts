/** The Python package archfx_cloud 0.17, unchanged, against the emulator. */
import { assertEquals } from "@std/assert";
import { serving } from "./_client.ts";

const PROMISES = 18;

/** A Python that has the package: ARCHFX_PYTHON, or that of the folder `.venv`. */
async function findPython(): Promise<string | undefined> {
  const own = new URL("../../.venv/bin/python", import.meta.url).pathname;
  for (const path of [Deno.env.get("ARCHFX_PYTHON"), own]) {
    if (path === undefined) continue;
    try {
      const check = "import archfx_cloud.api.connection";
      const { success } = await new Deno.Command(path, { args: ["-c", check], stderr: "null" })
        .output();
      if (success) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

Deno.test("archfx_cloud 0.17 works with the emulator as its README promises", async () => {
  const python = await findPython();
  if (python === undefined) {
    console.log(
      "skipped: no Python with archfx_cloud (set ARCHFX_PYTHON, or let .ci/run make .venv)",
    );
    return;
  }
  await serving(async ({ url }) => {
    const script = new URL("python_client.py", import.meta.url).pathname;
    const { success, stdout, stderr } = await new Deno.Command(python, { args: [script, url] })
      .output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(success, true, text + new TextDecoder().decode(stderr));
    assertEquals(text.match(/^ok /gm)?.length, PROMISES, text);
  });
});
