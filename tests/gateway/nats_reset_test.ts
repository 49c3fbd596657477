/** Connections to NATS that are reset while the library has no listener. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { DENO_RUN } from "../_deno_run.ts";

const library = new URL("../../src/gateway/jetstream/_library.ts", import.meta.url).href;

const config = new URL("../../deno.json", import.meta.url).pathname;

/** A program with an error that nothing catches. */
async function ended(error: string): Promise<{ code: number; out: string; err: string }> {
  const program = `
    import { natsLibrary } from ${JSON.stringify(library)};
    await natsLibrary();
    setTimeout(() => { throw Object.assign(new Error("read failed"), ${error}); }, 1);
    setTimeout(() => console.log("goes on"), 100);
  `;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, program);
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...DENO_RUN, `--config=${config}`, path],
    }).output();
    const text = new TextDecoder();
    return { code, out: text.decode(stdout), err: text.decode(stderr) };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a reset connection to NATS that nothing catches does not end the process, any other error does", async () => {
  const reset = await ended(`{ code: "ECONNRESET", syscall: "read" }`);
  assertEquals([reset.code, reset.out], [0, "goes on\n"], reset.err);
  const other = await ended(`{ code: "ENOENT", syscall: "open" }`);
  assertEquals([other.code === 0, other.out], [false, ""]);
  assertStringIncludes(other.err, "read failed");
});
