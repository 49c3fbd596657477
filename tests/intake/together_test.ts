/** Options that contradict each other or have no effect, and misspelt names: each is rejected by name. */
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { DataError, profileFaults, readCsv, readNdjson } from "../../mod.ts";
import { runHere } from "./_command.ts";

/** Flags, and the texts in the error. The files do not exist, because none is read. */
const PAIRS: [args: string, names: string[]][] = [
  ["--ambiguous-time later", ["--ambiguous-time", "--time-zone"]],
  ["--ambiguous-time reject", ["--ambiguous-time", "--time-zone"]],
  ["--ambiguous-time later --time-zone +01:00", ["--ambiguous-time", "+01:00"]],
  ["--ambiguous-time later --time-zone UTC", ["--ambiguous-time", "UTC"]],
  ["--time-zone Europe/Berlin --time-format epoch-ms", ["--time-zone", "epoch-ms"]],
  ["--time-zone Europe/Berlin --time-format %Y-%m-%dT%H:%M:%S%z", ["--time-zone", "%z"]],
  ["--time-column a --time-column b --time-format epoch-s", ["--time-format", "--time-column"]],
  ["--time-column a --time-column b --time-format excel", ["--time-format", "--time-column"]],
  ["--time-column a --value-column a", ["--value-column", "--time-column"]],
  ["--time-column a --time-column a", ["--time-column", "does not use"]],
  ["--time-column a --map a=5090", ["--map", "--time-column"]],
  ["--value-column a --map b=5090", ["--value-column", "--map"]],
  ["--stream-column a --map b=5090", ["--stream-column", "--map"]],
  ["--id-column a --map b=5090", ["--id-column", "--map"]],
  ["--stream 5090 --map b=5090", ["--stream", "--map"]],
  ["--tags TAGS --map b=5090", ["--tags", "--map"]],
  ["--tags TAGS --stream 5090", ["--tags", "--stream"]],
  ["--stream sl--0000-0001--0000-0000-0000-0002--0000-5090 --device d--1", [
    "--stream",
    "--device",
  ]],
  ["--map a=sl--0000-0001--0000-0000-0000-0002--0000-5090 --device d--1", ["--map", "--device"]],
  ["--good Good", ["--good", "--quality-column"]],
  ["--quality-column q", ["--quality-column", "--good"]],
  ["--keep-bad", ["--keep-bad", "--good"]],
  ["--blank skip --words =0", ["--blank", "--words"]],
  ["--nan skip --words NaN=0", ["--nan", "--words"]],
  ["--override", ["--override", "--device"]],
  ["--headerless --header-rows 2", ["--header-rows"]],
  ["--headerless --unit-row", ["--unit-row"]],
  ["--headerless --time-column Time", ["--time-column"]],
  ["--decimal , --thousands ,", ["--thousands", "--decimal"]],
  ["--delimiter ' --quote '", ["--delimiter", "--quote"]],
  ["--comment ; --delimiter ;", ["--comment", "--delimiter"]],
  ['--comment "', ["--comment", "--quote"]],
  ["--escape ; --delimiter ;", ["--escape", "--delimiter"]],
  ["--escape .", ["--escape", "numbers"]],
  ["--quote 1", ["--quote", "numbers"]],
  ["--number-texts --delimiter ;", ["--number-texts", "--delimiter"]],
  ["--number-texts --format csv", ["--number-texts", "JSON"]],
  ["--delimiter ; --format ndjson", ["--delimiter", "CSV"]],
  ["--unit-row --format parquet", ["--unit-row", "text"]],
  ["--decimal , --format ndjson", ["--decimal", "--number-texts"]],
  ["--thousands , --format ndjson", ["--thousands", "--number-texts"]],
  ["--first-id 5 --state ids.json", ["--first-id", "--state"]],
  ["--first-id cloud", ["--first-id", "--state"]],
  ["--domain https://x.archfx.io", ["--domain", "--first-id cloud"]],
  ["--preview --bad-rows bad.csv", ["--bad-rows", "--preview"]],
  ["-o {devcie}.mp", ["{devcie}", "{device}"]],
  ["--max-readings 5 -o OUT.mp", ["--max-readings", "{part}"]],
  ["--time-format %d.%m.%Y --time-format %d.%m.%Y", ["--time-format"]],
  ["--time-format %Y-%m-%d %H:%M:%S.%f %L", ["%f or %L"]],
];

Deno.test("report encode rejects flags that contradict each other with exit code 2 and their names", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/tags.csv`, "name,stream\nOven,0001-5090\n");
    for (const [text, names] of PAIRS) {
      // A pattern with a space is one argument.
      const args = text.split(/ (?!%H|%L)/).map((it) => it === "TAGS" ? `${folder}/tags.csv` : it);
      const { code, err } = await runHere(["report", "encode", `${folder}/none.csv`, ...args]);
      // A placeholder is checked when the files are known.
      if (!args.includes("-o")) assertEquals(code, 2, `${text}: ${err}`);
      else assertEquals(code === 1 || code === 2, true);
      if (code === 2) { for (const name of names) assertStringIncludes(err, name, text); }
    }
  });
});

const bytes = (text: string) => new TextEncoder().encode(text);

async function all(readings: AsyncIterable<{ length: number }>): Promise<number> {
  let count = 0;
  for await (const { length } of readings) count += length;
  return count;
}

Deno.test("readNdjson rejects a key of map or columns that no object has, and lists the existing keys", async () => {
  const text = bytes(
    '{"timestamp":"2026-03-02T06:00:00Z","temp":1,"press":2}\n{"timestamp":"2026-03-02T06:00:01Z","temp":1}\n',
  );
  assertEquals(await all(readNdjson(text, { map: { temp: 1, press: 2 } })), 3);
  const error = await assertRejects(
    () => all(readNdjson(text, { map: { temp: 1, pres: 2 } })),
    DataError,
  );
  assertStringIncludes(error.message, '"pres"; the keys are "timestamp", "temp", "press"');
  for (
    const options of [{ keys: { device: "dev" }, device: 1 }, { keys: { summaryData: "more" } }, {
      columns: { readingId: "no" },
    }]
  ) {
    const wrong = await assertRejects(
      () =>
        all(
          readNdjson(text, {
            stream: 1,
            columns: { value: "temp", ...(options as { columns?: object }).columns },
            ...("keys" in options ? options : {}),
          }),
        ),
      DataError,
    );
    assertStringIncludes(wrong.message, "no object has the key");
  }
});

Deno.test("a key that only WebAssembly has read, or that is written with escapes, is not missing", async () => {
  const plain = Array.from(
    { length: 500 },
    (_, i) => `{"timestamp":"2026-03-02T06:00:00Z","value":${i}${i > 400 ? `,"seq":${i}` : ""}}\n`,
  ).join("");
  assertEquals(
    await all(readNdjson(bytes(plain), { stream: 1, columns: { readingId: "seq" } })),
    500,
  );
  const escaped = '{"timestamp":"2026-03-02T06:00:00Z","value":1,"\\u00e9tat":7}\n';
  assertEquals(
    await all(readNdjson(bytes(escaped), { stream: 1, columns: { readingId: "état" } })),
    1,
  );
  const pointed =
    '{"meta":{"t":"2026-03-02T06:00:00Z"},"a":{"b":null}}\n{"meta":{"t":"2026-03-02T06:00:00Z"},"a":{"b":1}}\n';
  assertEquals(
    await all(
      readNdjson(bytes(pointed), { columns: { timestamp: "/meta/t" }, map: { "/a/b": 1 } }),
    ),
    1,
  );
});

Deno.test("every object within the options rejects unknown names", () => {
  for (
    const [options, name] of [
      [{ columns: { tiemstamp: "a" } }, "tiemstamp"],
      [{ tags: { Oven: { stream: 1, scal: 2 } } }, "scal"],
      [{ tags: { Oven: { steam: 1 } } }, "steam"],
      [{ map: { Oven: { id: 1, scale: 2 } } }, "scale"],
      [{ stream: { id: 1, scale: 2 } }, "scale"],
      [{ maps: {} }, "maps"],
    ] as const
  ) {
    for (const read of [readCsv, readNdjson]) {
      assertStringIncludes(
        assertThrows(() => read(bytes(""), options as object), TypeError).message,
        name,
      );
    }
  }
  assertThrows(() => readNdjson(bytes(""), { keys: { valeu: "a" } as object }), TypeError, "valeu");
});

Deno.test("profileFaults names wrong fields within tags and map", () => {
  const faults = (profile: object) => profileFaults(profile).join("\n");
  assertEquals(
    faults({
      tags: { Oven: { stream: "0001-5090", scale: 0.1 } },
      map: { a: 5 },
      timeFormat: ["iso", "excel"],
    }),
    "",
  );
  assertStringIncludes(
    faults({ tags: { Oven: { stream: "0001-5090", scal: 0.1 } } }),
    "tags.Oven.scal is not a field",
  );
  assertStringIncludes(faults({ tags: { Oven: { scale: "1" } } }), "tags.Oven.scale");
  assertStringIncludes(faults({ tags: { Oven: { scale: 1 } } }), "tags.Oven.stream");
  assertStringIncludes(faults({ map: { a: true } }), "map.a is true");
  assertStringIncludes(faults({ timeFormat: [] }), "timeFormat");
});

Deno.test("a file of tags rejects misspelt and repeated columns, and accepts a description", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/a.csv`,
      "timestamp,stream,value\n2026-03-02T06:00:00Z,Oven,205\n",
    );
    for (
      const [header, says] of [
        ["name,stream,scal", '"scal"'],
        ["name,stream,Scale factor", '"scale factor"'],
        ["name,stream,ofset", '"ofset"'],
        ["name,stream,name", '"name" twice'],
        ["name,stream,description", undefined],
      ] as const
    ) {
      await Deno.writeTextFile(`${folder}/tags.csv`, `${header}\nOven,0001-5090,0.1\n`);
      const { code, err } = await runHere([
        ...[
          "report",
          "encode",
          `${folder}/a.csv`,
          "--tags",
          `${folder}/tags.csv`,
          "--device",
          "d--1",
        ],
        ...["-o", `${folder}/OUT.mp`],
      ]);
      assertEquals(code, says === undefined ? 0 : 1, `${header}: ${err}`);
      if (says !== undefined) assertStringIncludes(err, says);
    }
  });
});

Deno.test("a flag may make an option of the profile ineffective, but not another flag", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.csv`, "timestamp,value\n1772431200,20.5\n");
    const profile = { timeZone: "Europe/Berlin", ambiguousTime: "later" };
    await Deno.writeTextFile(`${folder}/p.json`, JSON.stringify(profile));
    const encode = (...args: string[]) =>
      runHere([
        ...["report", "encode", `${folder}/a.csv`, "--device", "d--1", "--stream", "5090"],
        ...["--profile", `${folder}/p.json`, "-o", `${folder}/OUT.mp`, "--force", ...args],
      ]);
    assertEquals((await encode("--time-format", "epoch-s")).code, 0);
    const wrong = await encode("--time-format", "epoch-s", "--time-zone", "UTC");
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.err, "--time-zone");
    await Deno.writeTextFile(
      `${folder}/p.json`,
      JSON.stringify({ ...profile, timeFormat: "epoch-s" }),
    );
    assertEquals((await encode("--blank", "skip")).code, 2);
    await Deno.writeTextFile(`${folder}/p.json`, '{"timeFormat":"epoch-s"}');
    assertEquals((await encode("--ambiguous-time", "later")).code, 2);
  });
});
