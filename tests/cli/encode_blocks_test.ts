/**
 * CSV that workers read and encode, beside the same text in one reader: the same events, counts and warnings.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodeBlocks } from "../../src/cli/_encode_blocks.ts";
import { EventColumns } from "../../src/codec/event_columns.ts";
import { type EncodedEvents, encodeRows, mostEventBytes } from "../../src/codec/encoded_events.ts";
import { canReadBlocks, CsvBlocks, NotPlain } from "../../src/readings/csv_blocks.ts";
import type { CsvOptions } from "../../src/readings/csv_options.ts";
import { readCsv, type ReadingColumns, splitByDevice } from "../../src/readings/mod.ts";
import { archfx, spawn } from "./_archfx.ts";

/** Events by device, with the ids that they got. */
class Events {
  readonly bytes = new Map<bigint | undefined, Uint8Array[]>();
  readonly #next = new Map<bigint | undefined, number>();
  readonly #hasIds: boolean;
  encoded = 0;

  constructor(hasIds: boolean) {
    this.#hasIds = hasIds;
  }

  reserve(device: bigint | undefined, readings: number): Promise<number | undefined> {
    const first = this.#next.get(device) ?? 65_000;
    this.#next.set(device, first + readings);
    return Promise.resolve(this.#hasIds ? undefined : first);
  }

  async add(device: bigint | undefined, columns: ReadingColumns): Promise<void> {
    const { length, streams, readingIds, timestamps, values } = columns;
    const first = await this.reserve(device, length);
    const ids = first === undefined ? readingIds : Float64Array.from(
      { length },
      (_, row) => first + row,
    );
    const target = new Uint8Array(mostEventBytes(length));
    const rows = new EventColumns(length, streams, ids, timestamps, values);
    const { size } = encodeRows([rows], target);
    this.#put(device, target.subarray(0, size));
  }

  addEncoded(device: bigint | undefined, events: EncodedEvents): Promise<void> {
    this.encoded += events.length;
    this.#put(device, events.bytes.slice());
    events.release();
    return Promise.resolve();
  }

  #put(device: bigint | undefined, bytes: Uint8Array): void {
    const known = this.bytes.get(device);
    if (known) known.push(bytes);
    else this.bytes.set(device, [bytes]);
  }

  /** All of them, in order of the devices. */
  async whole(): Promise<[bigint | undefined, Uint8Array][]> {
    const all: [bigint | undefined, Uint8Array][] = [];
    for (const [device, parts] of this.bytes) {
      const bytes = await new Blob(parts as BlobPart[]).arrayBuffer();
      all.push([device, new Uint8Array(bytes)]);
    }
    return all;
  }
}

const BLOCK = 2000;
const signal = new AbortController().signal;

async function inBlocks(text: Uint8Array, options: CsvOptions, hasIds: boolean) {
  const events = new Events(hasIds);
  const reader = new CsvBlocks(text, options, BLOCK);
  await encodeBlocks(reader, options, events, { workers: 2, signal });
  return { reader, events };
}

async function inOne(text: Uint8Array, options: CsvOptions, hasIds: boolean) {
  const events = new Events(hasIds);
  const reader = readCsv(text, options);
  for await (const chunk of reader) {
    if (!chunk.devices) await events.add(undefined, chunk);
    else for (const [device, theirs] of splitByDevice(chunk)) await events.add(device, theirs);
  }
  return { reader, events };
}

const ROWS = 1000;
const time = (row: number) => new Date(1_772_431_200_000 + row * 171).toISOString();
const textOf = (header: string, line: (row: number) => string) =>
  header + Array.from({ length: ROWS }, (_, row) => line(row)).join("");

interface Case {
  readonly text: string;
  readonly options?: CsvOptions;
  readonly hasIds?: true;
}

const CASES: Record<string, Case> = {
  "plain rows": {
    text: textOf("timestamp,stream,value\n", (row) => `${time(row)},509${row % 8},${row / 8}\n`),
  },
  "CR LF, no line end at the end, empty lines": {
    text: textOf(
      "timestamp,stream,value\r\n",
      (row) => `${time(row)},5090,${row}\r\n${row % 9 === 0 ? "\r\n" : ""}`,
    ).trimEnd(),
  },
  "quoted fields with line feeds and quotes": {
    text: textOf(
      "timestamp,stream,remark,value\n",
      (row) => `${time(row)},5090,"said ""${"a\n".repeat(row % 60)}""\n,5",${row}\n`,
    ),
  },
  "quotes within comments": {
    text: textOf(
      "timestamp,stream,value\n",
      (row) => `${row % 7 === 0 ? '# a 5" pipe\n' : ""}${time(row)},5090,${row}\n`,
    ),
    options: { comment: "#" },
  },
  "an escape, another quote, no header": {
    text: textOf("", (row) => `${time(row)};${row};0001-5090;'it\\'s\nhere'\n`),
    options: { header: false, delimiter: ";", quote: "'", escape: "\\" },
  },
  "devices and ids": {
    text: textOf(
      "timestamp,device,stream,value,id\n",
      (row) => `${time(row)},d--${row * 7 % 13 + 1},5090,${row},${row % 10 === 0 ? 0 : row}\n`,
    ),
    options: { findColumns: true },
    hasIds: true,
  },
  "wide rows, some of them blank": {
    text: textOf(
      "timestamp,a,b\n",
      (row) => `${time(row)},${row % 3 ? row : ""},${row % 4 ? row : ""}\n`,
    ),
    options: { map: { a: "0001-5090", b: 0x5091 } },
  },
  "tags, qualities and words, in a zone": {
    text: textOf("sep=;\nZeit;Name;Wert;Güte\n", (row) => {
      const [day, clock] = [time(row).slice(0, 10), time(row).slice(11, 19)];
      const tag = row > 900 ? "late" : "early";
      return `${day} ${clock};${tag};${row % 5 ? row : "AN"};${row % 6 ? "Good" : "Bad"}\n`;
    }),
    options: {
      columns: { timestamp: "Zeit", stream: "Name", value: "Wert", quality: "Güte" },
      tags: { early: 0x5090, late: { stream: 0x5091, scale: 2 }, never: 0x5092 },
      words: { AN: 1 },
      good: ["Good"],
      timeZone: "Europe/Berlin",
      timeFormat: "%Y-%m-%d %H:%M:%S",
    },
  },
  "times before 2000 and far ahead, behind the first block": {
    text: textOf(
      "timestamp,stream,value\n",
      (row) => `${row > 300 ? row > 600 ? "1999" : "2222" : "2021"}-01-01T00:00,5090,${row}\n`,
    ),
  },
  "a footer that is left out": {
    text: textOf("timestamp,stream,value\n", (row) => `${time(row)},5090,${row}\n`) + "end\nEND\n",
    options: { skipFooter: 2 },
  },
};

for (const [name, { text, options = {}, hasIds = false }] of Object.entries(CASES)) {
  Deno.test(`encodeBlocks() gives what one reader gives: ${name}`, async () => {
    const bytes = new TextEncoder().encode(text);
    assert(canReadBlocks(options));
    const one = await inOne(bytes, options, hasIds);
    const blocks = await inBlocks(bytes, options, hasIds);
    assert(blocks.events.encoded > 0, "the workers encoded nothing");
    assertEquals(await blocks.events.whole(), await one.events.whole());
    for (const what of ["readings", "leftOut", "found", "bytes"] as const) {
      assertEquals(blocks.reader[what], one.reader[what], what);
    }
    assertEquals(blocks.reader.warnings, one.reader.warnings);
  });
}

Deno.test("encodeBlocks() leaves a text with a bad row, or a quote that no block ends, to one reader", async () => {
  const bad = CASES["plain rows"].text.replace(",20.125\n", ",twenty\n");
  const open = CASES["plain rows"].text.replace(",20.125\n", ',"20.125\n');
  const noEnd = "timestamp,stream,value\n" + `${time(0)},5090,1\n`.repeat(200) +
    `${time(0)},5090,"${"\n".repeat(400_000)}1"\n`;
  for (const text of [bad, open, noEnd]) {
    assert(text !== CASES["plain rows"].text);
    await assertRejects(() => inBlocks(new TextEncoder().encode(text), {}, false), NotPlain);
  }
});

Deno.test("encodeBlocks() throws the reason of a signal", async () => {
  const text = new TextEncoder().encode(CASES["plain rows"].text);
  const aborted = AbortSignal.abort(new Error("stop"));
  const reader = new CsvBlocks(text, {}, BLOCK);
  const run = { workers: 1, signal: aborted };
  await assertRejects(() => encodeBlocks(reader, {}, new Events(false), run), Error, "stop");
});

Deno.test("canReadBlocks() is false where a row changes how others are read", () => {
  const others: CsvOptions[] = [
    { skipBadRows: true },
    { maxBadRows: 3 },
    { onBadRow() {} },
    { ambiguousTime: "in-order", timeZone: "Europe/Berlin" },
    { firstReadingId: 1 },
  ];
  for (const options of others) assertEquals(canReadBlocks(options), false);
});

Deno.test("report encode writes the same bytes from a large file, with workers, and from standard input", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const rows = 420_000;
    const line = (row: number) => `${time(row)},d--${row % 3 + 1},509${row % 8},${row % 977}.25\n`;
    const parts = ["timestamp,device,stream,value\n"];
    for (let row = 0; row < rows; row++) parts.push(line(row));
    const text = new TextEncoder().encode(parts.join(""));
    assert(text.length > 16 << 20);
    await Deno.writeFile(`${folder}/line.csv`, text);
    const file = await archfx(["report", "encode", "line.csv", "-o", "f{device}.mp"], {
      cwd: folder,
    });
    assertEquals(file.code, 0, file.err);
    const options = ["report", "encode", "-", "-o", "s{device}.mp"];
    const stream = await archfx(options, { cwd: folder, input: text });
    assertEquals(stream.code, 0, stream.err);
    assertEquals(file.out.replaceAll("fd--", "sd--"), stream.out);
    assertEquals(file.err.replaceAll('"line.csv"', '"-"'), stream.err);
    for (const device of [1, 2, 3]) {
      const name = `d--0000-0000-0000-000${device}.mp`;
      const same = (await Deno.readFile(`${folder}/f${name}`)).toHex() ===
        (await Deno.readFile(`${folder}/s${name}`)).toHex();
      assert(same, name);
    }
    // A bad row far behind: the same error as from one reader, and nothing is left behind.
    await Deno.writeTextFile(`${folder}/line.csv`, "oops\n", { append: true });
    const bad = await spawn(["report", "encode", "line.csv", "-o", "x{device}.mp"], {
      cwd: folder,
    }).output();
    assertEquals(bad.code, 1);
    const said = new TextDecoder().decode(bad.stderr);
    assert(said.includes(`"line.csv", line ${rows + 2}: "oops" has too few columns`), said);
    const left = [...Deno.readDirSync(folder)].filter(({ name }) => /^x|part/.test(name));
    assertEquals(left, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
