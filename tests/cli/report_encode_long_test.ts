/** `archfx report encode` of a million rows: its memory, and Ctrl-C in the middle. */
import { assert, assertEquals } from "@std/assert";
import { names, spawn, withFolder } from "./_archfx.ts";
import { FIXED } from "./_encoded.ts";

async function writeMillion(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter();
  await writer.write(new TextEncoder().encode("timestamp,value\n"));
  const rows: string[] = [];
  for (let row = 0; row < 1_000_000; row++) {
    const at = new Date(1772431200000 + row * 1000).toISOString();
    rows.push(`${at},${(row % 977) / 8}\n`);
    if (rows.length === 20_000) {
      await writer.write(new TextEncoder().encode(rows.splice(0).join("")));
    }
  }
  await writer.close();
}

Deno.test("archfx report encode of a million rows needs little memory, and Ctrl-C leaves no partial report", () =>
  withFolder(async (cwd) => {
    await writeMillion(`${cwd}/million.csv`);
    const args = ["report", "encode", "million.csv", ...FIXED, "--first-id", "1", "-o", "out.mp"];
    const child = spawn(args, { cwd });
    let peak = 0;
    const status = child.status;
    let ended = false;
    status.then(() => ended = true);
    while (!ended) {
      const text = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await child.output();
    assertEquals((await status).code, 0);
    const { size } = await Deno.stat(`${cwd}/out.mp`);
    assert(size > 80_000_000, `${size} bytes`);
    // The report is over 80 MB, the columns would be over 30 MB.
    if (peak > 0) assert(peak < 260_000, `${peak} kB at the peak`);
    await Deno.remove(`${cwd}/out.mp`);

    const interrupted = spawn(args, { cwd });
    while (names(cwd).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    interrupted.kill("SIGINT");
    const { code, stderr } = await interrupted.output();
    assertEquals([code, new TextDecoder().decode(stderr)], [
      130,
      "archfx report encode: interrupted: no report was written\n",
    ]);
    assertEquals(names(cwd), ["million.csv"]);
  }));
