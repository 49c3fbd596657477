/**
 * Files that are not text with readings are recognised by their first bytes: one line says what each is and what to do.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { DatabaseSync } from "node:sqlite";
import { readCsv, readNdjson } from "../../mod.ts";
import { runHere } from "./_command.ts";
import { withFolder } from "../_folder.ts";

const PLAIN = "timestamp,value\n2026-03-02T06:00:00Z,20.5\n";
const latin = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A zip archive that begins with an entry of a name; its directory is not needed to recognise it. */
function zip(name: string, content = ""): Uint8Array {
  const view = new DataView(new ArrayBuffer(30));
  view.setUint32(0, 0x04034b50, true);
  view.setUint32(18, content.length, true);
  view.setUint16(26, name.length, true);
  return Uint8Array.of(
    ...new Uint8Array(view.buffer),
    ...latin(name + content),
    ...new Uint8Array(40),
  );
}

const FILES: Record<string, { bytes: Uint8Array; says: string[] }> = {
  "book.xlsx": {
    bytes: zip("[Content_Types].xml"),
    says: ["Excel workbook (.xlsx)", "save it as CSV"],
  },
  "book.csv": { bytes: zip("xl/workbook.xml"), says: ["Excel workbook (.xlsx)", "save it as CSV"] },
  "table.ods": {
    bytes: zip("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
    says: ["OpenDocument spreadsheet", "save it as CSV"],
  },
  "readings.zip": { bytes: zip("readings.csv"), says: ["zip archive", "unpack it first"] },
  "old.xls": {
    bytes: Uint8Array.of(...latin("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ...new Uint8Array(504)),
    says: ["Excel workbook (.xls)", "save it as CSV"],
  },
  "html.xls": {
    bytes: latin("\r\n<html>\n<table><tr><td>timestamp</td><td>value</td></tr></table>"),
    says: ["an HTML page", "save it as CSV"],
  },
  "wide.xls": {
    bytes: Uint8Array.of(
      0xff,
      0xfe,
      ...[..."<!DOCTYPE html>"].flatMap((it) => [it.charCodeAt(0), 0]),
    ),
    says: ["an HTML page"],
  },
  "xml.xls": {
    bytes: latin(
      '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
    ),
    says: ["Excel workbook as XML", "save it as CSV"],
  },
  "chart.png": { bytes: latin("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), says: ["PNG picture"] },
  "report.pdf": { bytes: latin("%PDF-1.7\n%\xe2\xe3"), says: ["PDF document", "as CSV"] },
  "trend.tdms": { bytes: latin("TDSm\x0e\0\0\0"), says: ["TDMS", "as CSV"] },
  "a.h5": { bytes: latin("\x89HDF\r\n\x1a\n\0\0"), says: ["HDF5"] },
  "a.csv.bz2": { bytes: latin("BZh91AY&SY\x01\x02"), says: ["bzip2", "decompress it"] },
  "a.csv.xz": { bytes: latin("\xfd7zXZ\0\0\x04"), says: ["xz", "decompress it"] },
  "packed.csv.gz": { bytes: gzipSync(zip("xl/workbook.xml")), says: ["Excel workbook"] },
  "twice.csv.gz": { bytes: gzipSync(gzipSync(PLAIN)), says: ["compressed twice"] },
  "json.csv": {
    bytes: latin('[{"timestamp":"2026-03-02T06:00:00Z","value":1}]'),
    says: ["it is JSON", "--format ndjson"],
  },
  "lines.csv": {
    bytes: latin('\n{"timestamp":"2026-03-02T06:00:00Z","value":1}\n'),
    says: ["it is JSON", "--format ndjson"],
  },
  "csv.json": { bytes: latin(PLAIN), says: ["line 1", "is not JSON", "--format csv"] },
  "csv.ndjson": { bytes: latin(PLAIN), says: ["line 1", "is not JSON", "--format csv"] },
  "pretty.json": {
    bytes: latin('{\n  "timestamp": "2026-03-02T06:00:00Z",\n  "value": 1\n}\n'),
    says: ["line 1", "not a complete JSON object"],
  },
};

const FIXED = ["--device", "d--1", "--stream", "0001-5090"];

for (const [name, { bytes, says }] of Object.entries(FILES)) {
  Deno.test(`report encode says what ${name} is, in one line`, () =>
    withFolder(async (folder) => {
      await Deno.writeFile(`${folder}/${name}`, bytes);
      const commands = [[
        "report",
        "encode",
        `${folder}/${name}`,
        ...FIXED,
        "-o",
        `${folder}/OUT.mp`,
      ]];
      // Text files may get a proposal.
      if (!/json/i.test(name) && name !== "lines.csv") {
        commands.push(["profile", `${folder}/${name}`]);
      }
      for (const command of commands) {
        const { code, err } = await runHere(command);
        assertEquals([code, err.trim().split("\n").length], [1, 1], err);
        for (const text of [name, ...says]) {
          assertStringIncludes(err, text);
        }
      }
      assertEquals([...Deno.readDirSync(folder)].map((it) => it.name), [name]);
    }));
}

Deno.test("report encode recognises a database that SQLite wrote, and a report", () =>
  withFolder(async (folder) => {
    const database = new DatabaseSync(`${folder}/readings.db`);
    database.exec("CREATE TABLE readings (timestamp TEXT, value REAL)");
    database.close();
    await Deno.writeTextFile(`${folder}/plain.csv`, PLAIN);
    await runHere(["report", "encode", `${folder}/plain.csv`, ...FIXED]);
    for (
      const [name, text] of [["readings.db", "SQLite database"], [
        "plain.mp",
        "archfx report upload",
      ]]
    ) {
      const { code, err } = await runHere([
        "report",
        "encode",
        `${folder}/${name}`,
        ...FIXED,
        "-o",
        `${folder}/OUT.mp`,
      ]);
      assertEquals(code, 1, err);
      assertStringIncludes(err, text!);
    }
  }));

Deno.test("report encode names the spreadsheet of a folder that has no other file", () =>
  withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/March.xlsx`, zip("xl/workbook.xml"));
    const { code, err } = await runHere(["report", "encode", folder, ...FIXED]);
    assertEquals(code, 1);
    assertStringIncludes(err, '"March.xlsx" is a spreadsheet');
  }));

Deno.test("files whose name does not show the format are recognised by their beginning", () =>
  withFolder(async (folder) => {
    const files = {
      "a.txt": '{"timestamp":"2026-03-02T06:00:00Z","value":1}\n',
      "b.log": PLAIN,
      "c.xls": PLAIN,
      "d.dat": ' [ {"timestamp":"2026-03-02T06:00:00Z","value":1}]\n',
    };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
      const { code, err } = await runHere(["report", "encode", `${folder}/${name}`, ...FIXED]);
      assertEquals(code, 0, `${name}: ${err}`);
    }
    await Deno.writeTextFile(
      `${folder}/e.log`,
      "[Header]\ntimestamp,value\n2026-03-02T06:00:00Z,1\n",
    );
    const args = ["report", "encode", `${folder}/e.log`, ...FIXED];
    assertStringIncludes((await runHere(args)).err, "--skip-lines");
    assertEquals((await runHere([...args, "--skip-lines", "1"])).code, 0);
  }));

Deno.test("readCsv and readNdjson name the right reader for a text", async () => {
  const message = async (readings: AsyncIterable<unknown>) => {
    try {
      for await (const _ of readings);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const json = new TextEncoder().encode(' {"timestamp":1,"value":1}');
  assertStringIncludes(await message(readCsv(json)), "it is JSON, not CSV: try readNdjson");
  assertStringIncludes(await message(readNdjson(new TextEncoder().encode(PLAIN))), "try readCsv");
});
