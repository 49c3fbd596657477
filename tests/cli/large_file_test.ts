/**
 * Files that are longer than one read: their bytes go through one buffer.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { archfx } from "./_archfx.ts";

const ROWS = 60_000;
const time = (row: number) => new Date(1_772_431_200_000 + row * 171).toISOString();

async function packed(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test("report encode writes the same bytes from a large file and from standard input", async () => {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const csv = "timestamp,device,stream,value\n" +
    rows.map((row) => `${time(row)},d--1,509${row % 8},${row % 977}.25\n`).join("");
  const ndjson = rows.map((row) =>
    `{"timestamp":"${time(row)}","device":"d--1","stream":${row % 8},"value":${row % 977}.25}\n`
  ).join("");
  assert(csv.length > 2 << 20);
  const cases: [name: string, text: string | Uint8Array, options: string[]][] = [
    ["line.csv", csv, []],
    ["line.csv.gz", await packed(csv), []],
    ["footer.csv", csv + "END\n", ["--skip-footer", "1"]],
    ["line.ndjson", ndjson, ["--format", "ndjson"]],
  ];
  await withFolder(async (folder) => {
    for (const [name, text, options] of cases) {
      await (typeof text === "string"
        ? Deno.writeTextFile(`${folder}/${name}`, text)
        : Deno.writeFile(`${folder}/${name}`, text));
      const run = (file: string, output: string, input?: string | Uint8Array) =>
        archfx(["report", "encode", file, "--force", "-o", output, ...options], {
          cwd: folder,
          ...(input !== undefined && { input }),
        });
      const file = await run(name, "file.mp");
      assertEquals(file.code, 0, file.err);
      const stream = await run("-", "stream.mp", text);
      assertEquals(stream.code, 0, stream.err);
      const [one, other] = await Promise.all(
        ["file.mp", "stream.mp"].map((report) => Deno.readFile(`${folder}/${report}`)),
      );
      assert(one.length > ROWS * 90 && one.every((byte, i) => byte === other[i]), name);
    }
  });
});

Deno.test("report decode writes the same lines to a large file and to standard output, and nothing else", async () => {
  await withFolder(async (folder) => {
    const columns = {
      length: ROWS,
      streams: new Uint32Array(ROWS).fill(0x5090),
      readingIds: Uint32Array.from({ length: ROWS }, (_, row) => row + 1),
      timestamps: BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(row) * 171_000n),
      values: Float64Array.from({ length: ROWS }, (_, row) => row / 8),
    };
    const report = ArchFXFlexibleDictionaryReport.fromColumns({ device: 1, columns });
    await Deno.writeFile(`${folder}/a.mp`, report.encode());
    const printed = await archfx(["report", "decode", "a.mp"], { cwd: folder });
    assertEquals([printed.code, printed.err], [0, ""]);
    const written = await archfx(["report", "decode", "a.mp", "-o", "a.csv"], { cwd: folder });
    assertEquals(written, { code: 0, out: "", err: "" });
    assert(printed.out.length > 3 << 20);
    assert(await Deno.readTextFile(`${folder}/a.csv`) === printed.out);
    const lines = printed.out.split("\n");
    assertEquals(
      lines.at(-2),
      `d--0000-0000-0000-0001,1970-01-01T02:50:59.829Z,0000-5090,60000,7499.875`,
    );
  });
});

Deno.test("report encode keeps the order of each device: in turn, in long runs, with and without raw data", async () => {
  // Rows of devices in turn are gathered; long runs of one device, and rows with raw data, must not overtake them.
  const deviceOf = (row: number) => row % 30_000 < 20_000 ? 1 + row % 3 : 2;
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const data = row > 50_000 && row % 7 === 0 ? `,"rawData":${row}` : "";
    return `{"timestamp":"${time(row)}","device":"d--${
      deviceOf(row)
    }","stream":5,"value":${row}${data}}\n`;
  });
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/line.ndjson`, lines.join(""));
    const args = ["report", "encode", "line.ndjson", "-o", "{device}.mp"];
    const ended = await archfx(args, { cwd: folder });
    assertEquals(ended.code, 0, ended.err);
    for (const device of [1, 2, 3]) {
      const path = `${folder}/d--0000-0000-0000-000${device}.mp`;
      const report = ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(path));
      const rows = lines.map((_, row) => row).filter((row) => deviceOf(row) === device);
      const { values, readingIds, rawData } = report.columns();
      assertEquals([...values], rows);
      assertEquals(Array.from(readingIds, Number), rows.map((_, i) => i + 1));
      const withData = rows.filter((row) => row > 50_000 && row % 7 === 0);
      assertEquals(rawData?.filter((data) => data !== undefined && data !== null) ?? [], withData);
    }
  });
});

Deno.test("report encode of many devices writes long reports in pieces, as the bytes of the library", async () => {
  // With 200 devices, a report gathers 168 kB at most: that of the last one has more.
  const DEVICES = 200, EACH = 20, LONG = 3000;
  const rows: [device: number, row: number][] = [];
  for (let row = 0; row < LONG; row++) {
    for (let device = row < EACH ? 1 : DEVICES; device <= DEVICES; device++) {
      rows.push([device, row]);
    }
  }
  // Two devices to the end, so that no chunk has a single one.
  rows.push([2, EACH]);
  const folder = await Deno.makeTempDir();
  try {
    const lines = rows.map(([device, row]) =>
      `${time(row)},d--${device.toString(16)},0000-5001,${row}\n`
    );
    await Deno.writeTextFile(
      `${folder}/line.csv`,
      "timestamp,device,stream,value\n" + lines.join(""),
    );
    const args = ["report", "encode", "line.csv", "-o", "{device}.mp", "--json"];
    const ended = await archfx(args, { cwd: folder });
    assertEquals(ended.code, 0, ended.err);
    assertEquals(JSON.parse(ended.out).reports.length, DEVICES);
    for (const [device, length] of [[1, EACH], [2, EACH + 1], [DEVICES, LONG]]) {
      const name = `d--0000-0000-0000-${device.toString(16).padStart(4, "0")}.mp`;
      const written = await Deno.readFile(`${folder}/${name}`);
      const { sentTimestamp } = ArchFXFlexibleDictionaryReport.decode(written);
      const expected = ArchFXFlexibleDictionaryReport.fromColumns({
        device,
        sentTimestamp,
        columns: {
          length,
          streams: new Uint32Array(length).fill(0x5001),
          readingIds: Uint32Array.from({ length }, (_, row) => row + 1),
          timestamps: BigInt64Array.from(
            { length },
            (_, row) => BigInt(Date.parse(time(row))) * 1000n,
          ),
          values: Float64Array.from({ length }, (_, row) => row),
        },
      }).encode();
      if (device === DEVICES) assert(expected.length > 200_000, `${expected.length} bytes`);
      assertEquals(written.length, expected.length);
      assert(written.every((byte, i) => byte === expected[i]), name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
