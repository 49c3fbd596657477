/**
 * archfx as a process with a file that it may not read. Root reads everything, so root's test gives up
 * that capability with `setpriv`.
 */
import { assertEquals } from "@std/assert";
import { MAIN, withFolder } from "./_archfx.ts";
import { writeReportFile } from "./_reports.ts";
import { DENO_RUN } from "../_deno_run.ts";

const WITHOUT_OVERRIDE = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"];

/** A prefix for a command so that file modes apply to it, or undefined. */
async function prefix(): Promise<string[] | undefined> {
  if (Deno.build.os === "windows") return undefined;
  if (Deno.uid() !== 0) return [];
  try {
    const [program, ...args] = WITHOUT_OVERRIDE;
    const { success } = await new Deno.Command(program!, { args: [...args, "true"] }).output();
    return success ? WITHOUT_OVERRIDE : undefined;
  } catch {
    return undefined;
  }
}

const before = await prefix();
if (before === undefined) console.log("no setpriv here: root cannot try files it may not read");

const DENIED = "permission is denied\n";

for (
  const [name, args, file, out, err] of [
    [
      "report encode",
      ["--device", "d--1", "--stream", "5090"],
      "in.csv",
      "",
      `archfx report encode: Cannot read "in.csv": ${DENIED}`,
    ],
    ["report inspect", [], "in.mp", "", `archfx report inspect: Cannot read "in.mp": ${DENIED}`],
    // Its findings are its output.
    ["report verify", [], "in.mp", `in.mp\terror\tunreadable\tcannot be read: ${DENIED}`, ""],
  ] as const
) {
  Deno.test({
    name: `archfx ${name} of a file without read permission fails with 1 and one line`,
    ignore: before === undefined,
    fn: () =>
      withFolder(async (cwd) => {
        await writeReportFile(`${cwd}/in.mp`);
        await Deno.writeTextFile(`${cwd}/in.csv`, "timestamp,value\n2026-03-02T06:00:00Z,1\n");
        await Deno.chmod(`${cwd}/${file}`, 0o000);
        const [program, ...rest] = [
          ...before!,
          ...[Deno.execPath(), ...DENO_RUN, MAIN],
          ...[...name.split(" "), file, ...args],
        ];
        const { code, stdout, stderr } = await new Deno.Command(program!, { args: rest, cwd })
          .output();
        const text = new TextDecoder();
        assertEquals([code, text.decode(stdout), text.decode(stderr)], [
          1,
          out,
          err,
        ]);
        const names = [...Deno.readDirSync(cwd)].map((entry) => entry.name).sort();
        assertEquals(names, ["in.csv", "in.mp"]);
      }),
  });
}
