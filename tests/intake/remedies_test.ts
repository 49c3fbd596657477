/**
 * Inputs that were read wrong, or whose error named no remedy, with the right result, computed without this package.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { type Ended, runHere } from "./_command.ts";

const FIXED = ["--device", "d--1234", "--stream", "0001-5090"];
const PLAIN = "timestamp,value\n2026-03-02T06:00:00Z,20.5\n";

/** Encodes one file in a new folder. */
async function encode(
  name: string,
  data: string | Uint8Array,
  args: readonly string[],
  check: (ended: Ended, output: string, written: boolean) => void | Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    await Deno.writeFile(`${folder}/${name}`, bytes);
    const output = `${folder}/OUT.mp`;
    const ended = await runHere(["report", "encode", `${folder}/${name}`, ...args, "-o", output]);
    const written = [...Deno.readDirSync(folder)].some((it) => it.name === "OUT.mp");
    await check(ended, output, written);
  });
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
}

/** A file, options, exit code, and texts in the one line. */
const REJECTED: [
  name: string,
  data: string | Uint8Array,
  args: string[],
  code: number,
  says: string[],
][] = [
  ["title.csv", "Report A\n\ntimestamp,value\n2026-03-02T06:00:00Z,20.5\n", [...FIXED], 1, [
    "line 1",
    "--skip-lines",
  ]],
  ["unknown.csv", "Zeit;Wert\n02.03.2026;1\n", [...FIXED], 1, ["line 1", "archfx profile"]],
  ["space.csv", "timestamp value\n2026-03-02T06:00:00Z 20.5\n", [...FIXED], 1, ["--delimiter ' '"]],
  ["restart.csv", "timestamp,value\n2026-03-02T06:00:00Z,20.5\n# restart\n", [...FIXED], 1, [
    "line 3",
    "--comment",
  ]],
  ["total.csv", "timestamp,value\n2026-03-02T06:00:00Z,20.5\nTotal,20.5\n", [...FIXED], 1, [
    "line 3",
    "Total",
    "--skip-bad-rows",
  ]],
  ["na.csv", "timestamp,value\n2026-03-02T06:00:00Z,#N/A\n", [...FIXED], 1, [
    "#N/A",
    "--words",
    "--skip-bad-rows",
  ]],
  [
    "comma.csv",
    'timestamp,value\n2026-03-02T06:00:00Z,"1,23"\n',
    [...FIXED, "--thousands", ","],
    1,
    ["1,23", "--decimal"],
  ],
  ["iso.csv", PLAIN, [...FIXED, "--time-format", "epoch-s"], 1, ["--time-format iso"]],
  ["lines.csv", PLAIN, [...FIXED, "--skip-lines", "9"], 1, ["--skip-lines"]],
  ["footer.csv", PLAIN, [...FIXED, "--skip-footer", "9"], 1, ["--skip-footer"]],
  ["tables.csv", PLAIN, [...FIXED, "--table", "4"], 1, ["--table"]],
  [
    "twice.csv",
    "timestamp,a,a\n2026-03-02T06:00:00Z,1,2\n",
    ["--device", "d--1234", "--map", "a=0001-5090"],
    1,
    ["2 columns", "--map 2=ID"],
  ],
  [
    "quality.csv",
    "timestamp,value,q\n2026-03-02T06:00:00Z,1,Good\n",
    [...FIXED, "--quality-column", "q", "--good", "192"],
    1,
    ["1 row", "--good"],
  ],
  [
    "blank.ndjson",
    '{"timestamp":"2026-03-02T06:00:00Z"}\n',
    ["--device", "d--1234", "--map", "t=0001-5090", "--blank", "bad"],
    1,
    ["line 1", '\\"timestamp\\"', "--blank skip"],
  ],
  ["plain.csv", PLAIN, [...FIXED, "--escape", ","], 2, ["--escape", "--delimiter"]],
  ["plain.csv", PLAIN, [...FIXED, "--number-texts", "--delimiter", ";"], 2, [
    "--number-texts",
    "--delimiter",
  ]],
  ["plain.csv", PLAIN, [...FIXED, "--headerless", "--unit-row"], 2, [
    "Cannot use --unit-row: --headerless",
  ]],
  ["plain.csv", PLAIN, [...FIXED, "--keep-bad"], 2, ["Cannot use --keep-bad: it needs --good"]],
  ["plain.csv", PLAIN, [...FIXED, "--map", "value=0001-5090"], 2, ["Cannot use --stream: --map"]],
  ["plain.csv", PLAIN, [...FIXED, "--decimal", ";"], 2, ['one of ".", ","']],
  ["le.csv", utf16(PLAIN, true), FIXED, 1, ["--encoding utf-16le"]],
  ["be.csv", utf16(PLAIN, false), FIXED, 1, ["--encoding utf-16be"]],
];

for (const [name, data, args, code, says] of REJECTED) {
  Deno.test(`report encode ${name} ${args.join(" ")} names what helps: ${says.join(", ")}`, () =>
    encode(name, data, args, (ended, _, written) => {
      assertEquals([ended.code, written], [code, false], ended.err);
      assertEquals(ended.err.trim().split("\n").length, 1, ended.err);
      for (const text of says) assertStringIncludes(ended.err, text);
    }));
}

Deno.test("report encode reads nested objects and lists of JSON by pointers, with / and ~ in names", () =>
  encode(
    "nested.ndjson",
    '{"meta":{"at":"2026-03-02T06:00:00Z"},"d":{"temp":{"v":20.5},"a/b":1,"m~n":2},"l":[7,8]}\n' +
      '{"meta":{"at":"2026-03-02T06:00:01Z"},"d":{"temp":null},"l":[9],"/l/1":5}\n',
    [
      ...["--device", "d--1234", "--time-column", "/meta/at"],
      ...["--map", "/d/temp/v=1000", "--map", "/d/a~1b=1001", "--map", "/d/m~0n=1002"],
      ...["--map", "/l/1=1003"],
    ],
    async (ended, output) => {
      assertEquals(ended.code, 0, ended.err);
      const { timestamps, streams, values } = ArchFXFlexibleDictionaryReport
        .decode(await Deno.readFile(output)).columns();
      const start = BigInt(Date.parse("2026-03-02T06:00:00Z")) * 1000n;
      assertEquals([...timestamps].map((it) => it - start), [0n, 0n, 0n, 0n, 1_000_000n]);
      assertEquals([...streams], [0x1000, 0x1001, 0x1002, 0x1003, 0x1003]);
      assertEquals([...values], [20.5, 1, 2, 8, 5]);
    },
  ));

Deno.test("report encode finds a column whose name ends with a no-break space", () =>
  encode("nbsp.csv", PLAIN.replace("value", "value\u00a0"), FIXED, (ended) => {
    assertEquals(ended.code, 0, ended.err);
  }));

Deno.test("report encode reads the example in the manual of WinCC with the profile and flags", () =>
  encode(
    "wincc.csv",
    '"VarName";"TimeString";"VarValue";"Validity";"Time_ms"\r\n' +
      '"Var_107";"01.04.98 11:02:52";66,00;1;35886460322,81\r\n' +
      '"Var_107";"01.04.98 11:02:55";60,00;0;35886460358,73\r\n' +
      '"$RT_DIS$";"01.04.98 11:02:56";0;2;35886460370,00\r\n' +
      '"$RT_COUNT$";41;;;;\r\n',
    [
      ...["--profile", "wincc-trend", "--device", "d--1234", "--stream", "0001-5090", "--override"],
      ...["--time-format", "%d.%m.%y %H:%M:%S"],
    ],
    async (ended, output) => {
      assertEquals(ended.code, 0, ended.err);
      const { timestamps, values } = ArchFXFlexibleDictionaryReport
        .decode(await Deno.readFile(output)).columns();
      assertEquals([...timestamps], [BigInt(Date.UTC(1998, 3, 1, 11, 2, 52)) * 1000n]);
      assertEquals([...values], [66]);
    },
  ));
