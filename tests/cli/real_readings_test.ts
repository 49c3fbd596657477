/**
 * Real readings through archfx as processes: encoded, read back completely with an independent msgpack library,
 * uploaded twice and read back from the cloud. The long file is not part of the project: it is expected in
 * `$ARCHFX_SHARED/data`, or `../shared/data` beside the project.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decode } from "@msgpack/msgpack";
import { archfx, withFolder } from "./_archfx.ts";
import { withCloud } from "./_emulator.ts";

const ROOT = new URL("../../", import.meta.url);
const SHARED = Deno.env.get("ARCHFX_SHARED") ?? new URL("../shared", ROOT).pathname;
const TEMPERATURE = `${SHARED}/data/machine_temperature_system_failure.csv`;
const LINE = new URL("examples/line-1.csv", ROOT).pathname;

/** An event of a v200 report. */
interface Event {
  stream: number;
  dev_seqid: number;
  timestamp: string;
  value: number;
}

interface Report {
  format: string;
  device: number;
  events: Event[];
}

/** Cells of a CSV without quotes, read without any of the package's code. */
function cells(text: string): string[][] {
  return text.trim().split("\n").slice(1).map((line) => line.split(","));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const present = isFile(TEMPERATURE);
if (!present) console.log(`not here, so its test is ignored: ${TEMPERATURE}`);

Deno.test({
  name: "archfx report encode, upload and data keep each of 22,695 real readings, counted once",
  ignore: !present,
  fn: () =>
    withFolder((cwd) =>
      withCloud(async ({ env }) => {
        const rows = cells(await Deno.readTextFile(TEMPERATURE));
        assertEquals(rows.length, 22_695);
        const fixed = ["--device", "d--1", "--stream", "5090", "-o", "real.mp"];
        const encoded = await archfx(["report", "encode", TEMPERATURE, ...fixed], { cwd });
        assertEquals(encoded.code, 0, encoded.err);
        assertStringIncludes(encoded.out, "22695 readings");
        const report = decode(await Deno.readFile(`${cwd}/real.mp`)) as Report;
        assertEquals([report.format, report.device, report.events.length], ["v200", 1, 22_695]);
        for (const [at, [time, value]] of rows.entries()) {
          const event = report.events[at];
          const same = event.dev_seqid === at + 1 && event.stream === 0x5090 &&
            event.value === Number(value) &&
            Date.parse(event.timestamp) === Date.parse(`${time!.replace(" ", "T")}Z`);
          assert(same, `row ${at + 1} is ${time},${value}, the event ${JSON.stringify(event)}`);
        }
        const upload = () => archfx(["report", "upload", "real.mp", "--json", "-q"], { cwd, env });
        const first = await upload();
        assertEquals([first.code, JSON.parse(first.out).new], [0, 22_695], first.err);
        const second = await upload();
        assertEquals([second.code, JSON.parse(second.out).countedBefore], [0, 1], second.err);
        const stream = "sl--0000-0001--0000-0000-0000-0001--5090";
        const read = await archfx(["data", stream, "--json", "-q"], { cwd, env });
        assertEquals(read.code, 0, read.err);
        const { readings } = JSON.parse(read.out);
        // The cloud returns them by time, and by id if times are equal.
        const wanted = rows.map(([time, value], at) => ({
          at: Date.parse(`${time!.replace(" ", "T")}Z`),
          id: at + 1,
          value: Number(value),
        })).sort((a, b) => a.at - b.at || a.id - b.id);
        assertEquals(readings.length, wanted.length);
        for (const [at, { timestamp, reading_id, value }] of readings.entries()) {
          const row = wanted[at]!;
          const same = Date.parse(timestamp) === row.at && reading_id === row.id &&
            value === row.value;
          assert(same, `reading ${at} is ${timestamp},${reading_id},${value}, not row ${row.id}`);
        }
      })
    ),
});

Deno.test("archfx report encode: msgpack reads the values of the CSV in each report of examples/line-1.csv", () =>
  withFolder(async (cwd) => {
    const byDevice = Map.groupBy(
      cells(await Deno.readTextFile(LINE)).map(([time, device, stream, value]) => ({
        timestamp: Date.parse(time!),
        device: device!,
        stream: parseInt(stream!.replaceAll("-", ""), 16),
        value: Number(value),
      })),
      (row) => row.device,
    );
    assert(byDevice.size > 1);
    const encoded = await archfx(["report", "encode", LINE, "-o", "{device}.mp"], { cwd });
    assertEquals(encoded.code, 0, encoded.err);
    for (const [device, rows] of byDevice) {
      const report = decode(await Deno.readFile(`${cwd}/${device}.mp`)) as Report;
      const number = parseInt(device.slice("d--".length).replaceAll("-", ""), 16);
      assertEquals([report.device, report.events.length], [number, rows.length]);
      for (const [at, row] of rows.entries()) {
        const { dev_seqid, stream, timestamp, value } = report.events[at];
        assertEquals([dev_seqid, stream, Date.parse(timestamp), value], [
          at + 1,
          row.stream,
          row.timestamp,
          row.value,
        ]);
      }
    }
  }));
