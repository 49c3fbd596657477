/** A part of `deno task soak intake`: random files and zones against Python. */
import { assertEquals } from "@std/assert";
import { pythonHas } from "../_python.ts";
import { compareFiles, compareZones } from "../../scripts/soak_intake.ts";

const python = await pythonHas("zoneinfo");
if (!python) console.log("not compared with Python: there is no python3 with zoneinfo");

Deno.test({
  name: "readCsv() reads random files like Python's csv, strptime and zoneinfo",
  ignore: !python,
  fn: async () => assertEquals(await compareFiles(1000, 7), []),
});

Deno.test({
  name: "the zones of Temporal and Intl have the same times as zoneinfo",
  ignore: !python,
  fn: async () => assertEquals(await compareZones(25, 20, 7), []),
});
