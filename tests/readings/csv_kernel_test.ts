/** WebAssembly reads plain rows like JavaScript, in every dialect. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { CsvKernel } from "../../src/codec/csv_kernel.ts";
import { readCsv } from "../../src/readings/csv.ts";
import type { CsvOptions } from "../../src/readings/csv_options.ts";
import { readAll } from "./_read_all.ts";

const SEED = 20210120;
const encoder = new TextEncoder();

/** All results of a reader for a text. */
function read(text: string, options: CsvOptions) {
  return readAll((onBadRow) => readCsv(encoder.encode(text), { ...options, onBadRow }));
}

const times = fc.oneof(
  fc.date({ min: new Date(0), max: new Date("2040-01-01"), noInvalidDate: true }).map((date) =>
    date.toISOString()
  ),
  fc.constantFrom(
    ...["2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-10-25T02:30:00,5", "2026-03-02 06:00"],
    ...["2026-03-02T06:00:00+01", "2026-03-02T06:00:00.1234567-0130", "02.03.2026 06:00:00"],
    ...["2.3.2026 6:0:9", "31.04.2026 06:00:00", "29.02.2024 23:59:59", "03/02/26 12:30:01 AM"],
    ...["1/2/26 12:00:00 pm", "1772431200", "1772431200123", "1772431200.5", "46083.25", "60.5"],
    ...["1.5", "", "Total", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+01:00"],
    ...["05-Mar-26 1:02:03.5", "2026-02-30T00:00:00Z", "20260302T060000Z", "1999-01-01T00:00:00Z"],
  ),
);
const values = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.constantFrom(
    ...["1,5", "1.234,5", "1,234.5", "12 345", "1 234,5", "1'234", "1_000", "NaN", "-Infinity"],
    ...[
      "TRUE",
      "OFF",
      "",
      "1.",
      ".5",
      "+3",
      "1e3",
      "1e400",
      "0x1F",
      "1,23",
      "1234,567",
      "-0",
      "n/a",
    ],
    ...["123456789012345678901234567890", "1.23.456", " 7 ", "1\u00a0234", "\u2019"],
  ),
);
const streams = fc.constantFrom(
  ...[
    "5090",
    "0001-5090",
    "10",
    "abcd",
    "00015090",
    "Temp",
    "Tank.Level",
    "1-51",
    "0",
    "4294967295",
  ],
  ...["sl--0000-0001--0000-0000-0000-1234--0001-5090", "ABCD", "5091"],
);
const devices = fc.constantFrom(
  "d--0001",
  "d--0000-0000-0000-0002",
  "m--1-0000-0001",
  "16",
  "1234",
  "x",
);
const quality = fc.constantFrom("Good", "Bad", "192", "");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const options = fc.record({
  delimiter: fc.constantFrom(",", ";", "tab", "||", "::;", "§"),
  quote: fc.constantFrom('"', "'", "none"),
  escape: maybe(fc.constantFrom("\\", '"')),
  comment: maybe(fc.constantFrom("#", "//")),
  decimal: maybe(fc.constantFrom(".", ",") as fc.Arbitrary<"." | ",">),
  thousands: maybe(fc.constantFrom(",", ".", " ", "'", "_") as fc.Arbitrary<"_">),
  timeFormat: maybe(fc.constantFrom(
    ...["iso", "epoch-s", "epoch-ms", "excel", "%d.%m.%Y %H:%M:%S", "%m/%d/%y %I:%M:%S %p"],
    ...["%d-%b-%y %H:%M:%S.%f", "%Y%m%dT%H%M%S%z"],
  )),
  timeZone: maybe(fc.constantFrom("Europe/Berlin", "America/New_York", "+01:00")),
  ambiguousTime: maybe(
    fc.constantFrom("reject", "earlier", "later", "in-order") as fc.Arbitrary<"later">,
  ),
  ids: maybe(fc.constantFrom("slug", "hex", "decimal") as fc.Arbitrary<"hex">),
  blank: maybe(fc.constantFrom("bad", "skip") as fc.Arbitrary<"skip">),
  nan: maybe(fc.constantFrom("bad", "skip", "keep") as fc.Arbitrary<"keep">),
  words: maybe(fc.constantFrom({ TRUE: 1, OFF: 0 }, { "-0": 5 })),
  tags: maybe(fc.constant({
    Temp: { stream: "0001-5090", scale: 0.1, offset: -40 },
    "Tank.Level": "0001-5091",
    unused: 5,
  })),
  good: maybe(fc.constant(["Good", "192"])),
  keepBad: maybe(fc.boolean()),
  wide: fc.boolean(),
  withDevice: fc.boolean(),
  dateAndTime: fc.boolean(),
  firstReadingId: maybe(fc.constant(7)),
}, { noNullPrototype: true });

const cells = fc.tuple(
  times,
  values,
  values,
  streams,
  devices,
  quality,
  fc.constantFrom("", "x", "a b"),
);

Deno.test("readCsv() reads in WebAssembly what it reads in JavaScript", async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(
      options,
      fc.array(fc.tuple(cells, fc.nat(9), fc.constantFrom("\n", "\r\n", "\r", "\r\r\n", "\n\n")), {
        minLength: 3,
        maxLength: 25,
      }),
      async ({ wide, withDevice, dateAndTime, tags, good, keepBad, ...dialect }, lines) => {
        const { decimal = "." } = dialect;
        if (String(dialect.thousands) === decimal) dialect.thousands = undefined;
        const delimiter = dialect.delimiter === "tab" ? "\t" : dialect.delimiter;
        const quote = dialect.quote === "none" ? "" : dialect.quote;
        const row = (fields: string[], kind: number) =>
          fields.map((it) =>
            kind === 0 || (quote && it.includes(delimiter)) ? `${quote}${it}${quote}` : it
          ).join(delimiter) + (kind === 1 ? delimiter : kind === 2 ? `${delimiter}more` : "");
        const names = ["timestamp", "value", "other", "stream", "device", "quality", "note"];
        const text = `${row(names, 3)}\n` +
          lines.map(([fields, kind, end]) => {
            const bare = dateAndTime && kind > 4 ? fields.with(6, "10:00") : fields;
            return (kind === 9 && dialect.comment ? dialect.comment : "") + row([...bare], kind) +
              end;
          }).join("");
        const all: CsvOptions = {
          ...Object.fromEntries(Object.entries(dialect).filter(([, it]) => it !== undefined)),
          ...(wide ? { map: { other: "0001", value: "0002" } } : tags ? { tags } : {}),
          ...(good ? { good, keepBad: keepBad ?? false } : {}),
          columns: {
            ...(withDevice ? { device: "device" } : {}),
            ...(good ? { quality: "quality" } : {}),
            ...(dateAndTime ? { timestamp: ["timestamp", "note"] } : {}),
          },
        };
        const fast = await read(text, all);
        CsvKernel.enabled = false;
        try {
          assertEquals(fast, await read(text, all), JSON.stringify([all, text]));
        } finally {
          CsvKernel.enabled = true;
        }
        plain += fast.rows.length;
      },
    ),
    { seed: SEED, numRuns: 1000 },
  );
  assert(plain > 900, `only ${plain} readings were compared`);
});

Deno.test("readCsv() reads plain rows in WebAssembly with all options set", async () => {
  const names = "Zeit;Wert;Marke;Gerät;Güte\n";
  const line = (i: number) =>
    `${String(i % 28 + 1).padStart(2, "0")}.${String(i % 12 + 1).padStart(2, "0")}.2026 06:00:00;` +
    `1.0${String(i % 100).padStart(2, "0")},5;Temp;d--0000-0000-0000-0001;${
      i % 3 ? "Good" : "Bad"
    }\n`;
  const text = names + Array.from({ length: 5000 }, (_, i) => line(i)).join("");
  const options: CsvOptions = {
    delimiter: ";",
    decimal: ",",
    thousands: ".",
    timeFormat: "%d.%m.%Y %H:%M:%S",
    timeZone: "Europe/Berlin",
    tags: { Temp: { stream: "0001-5090", scale: 2, offset: 1 } },
    good: ["Good"],
    columns: {
      timestamp: "Zeit",
      value: "Wert",
      stream: "Marke",
      device: "Gerät",
      quality: "Güte",
    },
  };
  const fast = await read(text, options);
  CsvKernel.enabled = false;
  try {
    assertEquals(fast, await read(text, options));
  } finally {
    CsvKernel.enabled = true;
  }
  assertEquals([fast.rows.length, fast.left.quality, fast.bad.length], [3333, 1667, 0]);
});

/** Rows that differ little from the row before: what WebAssembly keeps from row to row must not change the result. */
Deno.test("readCsv() reads rows that share text with the row before", async () => {
  const formats = [
    ["%d.%m.%Y %H:%M:%S", "02.03.2026 06:07:08"],
    ["%d.%m.%y %H:%M:%S", "02.03.26 06:07:08"],
    ["%d-%b-%Y %H:%M:%S.%f", "02-Mar-2026 06:07:08.123456"],
    ["%Y/%m/%d %p %I:%M:%S,%f", "2026/03/02 am 06:07:08,25"],
    ["%Y%m%dT%H:%M:%Sx%f", "20260302T06:07:08x5"],
    ["%y.%H:%M:%S", "26.06:07:08"],
    ["Tag %d Monat %m Jahr %Y %H:%M:%S", "Tag 02 Monat 03 Jahr 2026 06:07:08"],
    ["iso", "2026-03-02T06:07:08.123456+01:00"],
    ["iso", "2026-03-02 06:07:08,12345678"],
    ["epoch-s", "1772431200.123456789"],
  ] as const;
  /** Replaces, removes or doubles one character. */
  const change = fc.record({
    at: fc.nat(31),
    to: fc.constantFrom(..."0123456789.:, -TXxapAP"),
    kind: fc.constantFrom("none", "none", "none", "set", "cut", "double"),
  });
  const changed = (text: string, { at, to, kind }: { at: number; to: string; kind: string }) => {
    const place = at % text.length;
    const [before, after] = [text.slice(0, place), text.slice(place + 1)];
    if (kind === "none") return text;
    return before + (kind === "set" ? to : kind === "cut" ? "" : text[place] + to) + after;
  };
  const hex = (n: number) => n.toString(16).padStart(4, "0");
  const row = fc.tuple(
    change,
    fc.nat(59),
    fc.nat(400),
    fc.constantFrom("Good", "Good", "Good", "OK", "OK", "Good", "Goods", "Goo"),
  );
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...formats),
      fc.constantFrom("slug", "hex", "decimal") as fc.Arbitrary<"slug">,
      fc.array(row, { minLength: 4, maxLength: 40 }),
      async ([timeFormat, first], ids, rows) => {
        let time = first as string;
        const text = "timestamp;value;stream;quality\n" +
          rows.map(([difference, second, id, good], i) => {
            // Sometimes a change is kept, so that the next rows share it.
            const shown = changed(
              time.replace(/:\d\d(?=\D*\d*$)/, `:${String(second).padStart(2, "0")}`),
              difference,
            );
            if (i % 5 === 4) time = shown;
            return `${shown};${i}${"0".repeat(i % 4)},5;${hex(id * 17)};${good}\n`;
          }).join("");
        const options: CsvOptions = {
          delimiter: ";",
          decimal: ",",
          timeFormat,
          ids,
          good: ["Good", "OK"],
          columns: { quality: "quality" },
        };
        const fast = await read(text, options);
        CsvKernel.enabled = false;
        try {
          assertEquals(fast, await read(text, options), JSON.stringify([options, text]));
        } finally {
          CsvKernel.enabled = true;
        }
        plain += fast.rows.length;
      },
    ),
    { seed: SEED, numRuns: 1500 },
  );
  assert(plain > 4000, `only ${plain} readings were compared`);
});
