/** Profiles: proposals, checks, and the included profiles. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { profileFaults, proposeProfile } from "../../src/readings/mod.ts";
import {
  COLUMN_RULES,
  CSV_RULES,
  DATA_RULES,
  KEY_RULES,
  NDJSON_RULES,
} from "../../src/readings/_rules.ts";
import { INCLUDED_PROFILES } from "../../src/cli/_included_profiles.ts";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { runHere } from "./_command.ts";
import { generate } from "./_generate.ts";
import { checkProposal } from "./_proposed.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("proposeProfile() proposes profiles that read generated files correctly", async () => {
  for (let seed = 1000; seed < 1060; seed++) {
    const file = generate(seed);
    assertEquals(await checkProposal(file), undefined, `seed ${seed}: ${file.kind}`);
  }
});

Deno.test("proposeProfile() asks which number is the day if the times do not show it", async () => {
  const text = "Date,value\n02/03/2026 06:00:00,1\n02/03/2026 06:00:01,2\n";
  const { questions } = await proposeProfile(bytes(text));
  const question = questions.find(({ option }) => option === "timeFormat")!;
  assertEquals(new Set(question.choices), new Set(["%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S"]));
  assertStringIncludes(question.question, "2026-02-03");
  assertStringIncludes(question.question, "2026-03-02");
});

Deno.test("proposeProfile() recognises encodings, JSON and tag names", async () => {
  const german = new Uint8Array([
    ...bytes("Zeit;Temperatur ["),
    0xb0,
    ...bytes("C]\n13.03.2026 06:00:00;20,5\n"),
  ]);
  assertEquals((await proposeProfile(german)).profile.encoding, "windows-1252");
  const json = await proposeProfile(bytes('{"ts":1772431200,"temp":"20.5"}\n'));
  assertEquals(json.profile, {
    format: "ndjson",
    columns: { timestamp: "ts", value: "temp" },
    timeFormat: "epoch-s",
    numberTexts: true,
  });
  const tags =
    "timestamp,Tag,Value,Quality\n2026-03-02T06:00:00Z,Oven.T,1,Good\n2026-03-02T06:00:01Z,Oven.T,2,Bad\n";
  const found = await proposeProfile(bytes(tags));
  assertEquals(found.profile.columns, { stream: "Tag", quality: "Quality" });
  assertEquals([found.profile.good, found.questions.map(({ option }) => option)], [["Good"], [
    "tags",
    "device",
  ]]);
});

Deno.test("archfx profile writes a profile that report encode accepts", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.csv`, "Zeit;Wert\n13.03.2026 06:00:00;20,5\n");
    const proposed = await runHere(["profile", `${folder}/a.csv`, "-o", `${folder}/p.json`]);
    assertEquals(proposed.code, 0, proposed.err);
    assertStringIncludes(proposed.out, "--time-zone: The times have no zone");
    const args = ["--time-zone", "Europe/Berlin", "--device", "d--1", "--stream", "0001-5090"];
    const encoded = await runHere([
      ...["report", "encode", `${folder}/a.csv`, "--profile", `${folder}/p.json`, ...args],
      ...["-o", `${folder}/a.mp`],
    ]);
    assertEquals(encoded.code, 0, encoded.err);
    const report = ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(`${folder}/a.mp`));
    assertEquals([...report.columns().timestamps], [BigInt(Date.UTC(2026, 2, 13, 5)) * 1000n]);
    await Deno.writeTextFile(
      `${folder}/bad.json`,
      '{"decimal":";","colums":{},"columns":{"time":1}}',
    );
    const wrong = await runHere([
      "report",
      "encode",
      `${folder}/a.csv`,
      "--profile",
      `${folder}/bad.json`,
    ]);
    assertEquals([wrong.code, wrong.err.match(/as a profile/g)?.length], [1, 3], wrong.err);
  });
});

Deno.test("the included profiles read imitations of their exports", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Modelled on the data log of WinCC (TIA Portal) and the trend of Studio 5000: the profiles name the sources.
    await Deno.writeTextFile(
      `${folder}/wincc.csv`,
      '"VarName";"TimeString";"VarValue";"Validity";"Time_ms"\r\n' +
        '"Oven_Temp";"02.03.2026 06:00:00";"20,5";"1";"46083250000,000000"\r\n' +
        '"Oven_Temp";"02.03.2026 06:00:01";"0";"0";"46083250011,574074"\r\n' +
        '"$RT_OFF$";"02.03.2026 06:00:02";"0";"2";"46083250023,148148"\r\n' +
        '"Oven_Temp";"02.03.2026 06:00:03";"1013,25";"1";"46083250034,722222"\r\n' +
        '"Oven_Temp";"03.03.2026";"20,75";"1";"46084000000,000000"\r\n',
    );
    await Deno.writeTextFile(`${folder}/tags.csv`, "name,stream\nOven_Temp,0001-5090\n");
    await Deno.writeTextFile(
      `${folder}/rockwell.csv`,
      'Controller Name:,"Line_1"\r\nTrend Name:,"Oven"\r\nTrend Tags:,"2"\r\nSample Period:,"10 ms"\r\n' +
        'Description:,""\r\nStart Time:,"3/2/2026;6:00:00 AM"\r\nStop Time:,"3/2/2026;6:00:01 AM"\r\n' +
        'Header:,"Date","Time","Oven.Temp","Oven.Door"\r\n' +
        "Data:,3/2/2026,06:00:00;7,20.5,0\r\nData:,3/2/2026,06:00:00;020,20.6,1\r\n",
    );
    const encode = async (...args: string[]) => {
      const ended = await runHere([
        "report",
        "encode",
        ...args,
        "--device",
        "d--1",
        "-o",
        `${folder}/out.mp`,
        "--force",
      ]);
      assertEquals(ended.code, 0, ended.err);
      const { timestamps, values, streams } = ArchFXFlexibleDictionaryReport
        .decode(await Deno.readFile(`${folder}/out.mp`)).columns();
      return [...values].map((value, i) => [Number(timestamps[i] / 1000n), streams[i], value]);
    };
    const start = Date.UTC(2026, 2, 2, 5);
    assertEquals(
      await encode(
        `${folder}/wincc.csv`,
        "--profile",
        "wincc-trend",
        "--tags",
        `${folder}/tags.csv`,
        "--time-zone",
        "Europe/Berlin",
      ),
      [
        [start, 0x15090, 20.5],
        [start + 3000, 0x15090, 1013.25],
        [start + 18 * 3_600_000, 0x15090, 20.75],
      ],
    );
    assertEquals(
      await encode(
        `${folder}/rockwell.csv`,
        "--profile",
        "rockwell-trend",
        "--map",
        "Oven.Temp=0001-5090",
        "--map",
        "Oven.Door=0001-5091",
        "--time-zone",
        "+01:00",
      ),
      [[start + 7, 0x15090, 20.5], [start + 7, 0x15091, 0], [start + 20, 0x15090, 20.6], [
        start + 20,
        0x15091,
        1,
      ]],
    );
    for (const [name, profile] of Object.entries(INCLUDED_PROFILES)) {
      assertEquals(profileFaults(profile), [], name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docs/profile.schema.json has the fields that a profile may have", async () => {
  const schema = JSON.parse(
    await Deno.readTextFile(new URL("../../docs/profile.schema.json", import.meta.url)),
  );
  const names = { ...DATA_RULES, ...CSV_RULES, ...NDJSON_RULES };
  assertEquals(
    Object.keys(schema.properties).sort(),
    [...Object.keys(names), "columns", "keys", "$schema", "description", "format"].sort(),
  );
  assertEquals(Object.keys(schema.properties.columns.properties), Object.keys(COLUMN_RULES));
  assertEquals(Object.keys(schema.properties.keys.properties), Object.keys(KEY_RULES));
});

Deno.test("report encode --preview shows readings, ranges and warnings, and writes nothing", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/a.csv`,
      "timestamp,value\n" + [0, 1, 2, 3, 3, 2, 900].map((s) =>
        `${new Date(1772431200000 + s * 1000).toISOString()},5\n`
      ).join("") + "yesterday,5\n",
    );
    const args = [
      "report",
      "encode",
      `${folder}/a.csv`,
      "--device",
      "d--1",
      "--stream",
      "0001-5090",
      "--preview",
    ];
    const shown = await runHere(args);
    assertEquals([shown.code, [...Deno.readDirSync(folder)].length], [0, 1], shown.err);
    for (
      const text of [
        "2026-03-02T06:00:01Z",
        "7 readings from 5 to 5",
        "1 reading out of order",
        "constant",
        "a gap of",
        '"yesterday"',
      ]
    ) {
      assertStringIncludes(shown.out, text);
    }
    const [{ streams, skippedRows }] = JSON.parse((await runHere([...args, "--json"])).out);
    assertEquals([streams[0].readings, streams[0].warnings.length, skippedRows], [7, 4, 1]);
  });
});
