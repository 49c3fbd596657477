/** Generates files like those of instruments and offices from a seed, together with their meaning. */
import { random as seeded } from "../_random.ts";

/** A file and its meaning. */
export interface Generated {
  readonly name: string;
  readonly text: string;
  /** Microseconds of the time in each row, without regard to a zone. */
  readonly times: readonly bigint[];
  /** The values of each row: one, or one for each column. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Whether times have an offset: `times` are then in UTC. */
  readonly zoned: boolean;
  readonly delimiter: string;
  /** The name of the columns of values. */
  readonly valueColumns: readonly string[];
  readonly timeColumns: readonly string[];
  /** Whether no row shows which number is the day and which is the month. */
  readonly ambiguous: boolean;
  /** The chosen variants, for messages. */
  readonly kind: string;
}

const two = (value: number) => String(value).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

interface TimeForm {
  readonly name: string;
  readonly write: (date: Date) => string;
  /** The precision in milliseconds: 1000 for whole seconds. */
  readonly unit: number;
  readonly zoned?: boolean;
  readonly ambiguous?: boolean;
}

const clock = (d: Date) =>
  `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
const twelve = (d: Date) =>
  `${d.getUTCHours() % 12 || 12}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} ${
    d.getUTCHours() < 12 ? "AM" : "PM"
  }`;
const ymd = (d: Date, sign: string) =>
  `${d.getUTCFullYear()}${sign}${two(d.getUTCMonth() + 1)}${sign}${two(d.getUTCDate())}`;
const dmy = (d: Date, sign: string) =>
  `${two(d.getUTCDate())}${sign}${two(d.getUTCMonth() + 1)}${sign}${d.getUTCFullYear()}`;
const mdy = (d: Date) => `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${d.getUTCFullYear()}`;

const TIMES: readonly TimeForm[] = [
  { name: "iso Z", write: (d) => d.toISOString(), unit: 1, zoned: true },
  { name: "iso", write: (d) => `${ymd(d, "-")} ${clock(d)}`, unit: 1000 },
  { name: "german", write: (d) => `${dmy(d, ".")} ${clock(d)}`, unit: 1000 },
  {
    name: "german ms",
    write: (d) => `${dmy(d, ".")} ${clock(d)}.${String(d.getUTCMilliseconds()).padStart(3, "0")}`,
    unit: 1,
  },
  { name: "us", write: (d) => `${mdy(d)} ${twelve(d)}`, unit: 1000, ambiguous: true },
  {
    name: "us 24",
    write: (d) =>
      `${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}/${d.getUTCFullYear()} ${clock(d)}`,
    unit: 1000,
    ambiguous: true,
  },
  { name: "british", write: (d) => `${dmy(d, "/")} ${clock(d)}`, unit: 1000, ambiguous: true },
  { name: "slashes", write: (d) => `${ymd(d, "/")} ${clock(d)}`, unit: 1000 },
  {
    name: "month name",
    write: (d) =>
      `${two(d.getUTCDate())}-${MONTHS[d.getUTCMonth()]}-${d.getUTCFullYear()} ${clock(d)}`,
    unit: 1000,
  },
  {
    name: "epoch s",
    write: (d) => String(Math.floor(d.getTime() / 1000)),
    unit: 1000,
    zoned: true,
  },
  { name: "epoch ms", write: (d) => String(d.getTime()), unit: 1, zoned: true },
  {
    name: "basic",
    write: (d) => `${ymd(d, "")}T${clock(d).replaceAll(":", "")}Z`,
    unit: 1000,
    zoned: true,
  },
  { name: "offset", write: (d) => `${ymd(d, "-")} ${clock(d)} +0000`, unit: 1000, zoned: true },
  { name: "date and time", write: (d) => `${dmy(d, ".")}\u0000${clock(d)}`, unit: 1000 },
];

/** Generates the file of a seed. */
export function generate(seed: number): Generated {
  const random = seeded(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const chance = (part: number) => random() < part;
  const decimal = chance(0.4) ? "," : ".";
  const delimiter = decimal === "," ? pick([";", "\t", "|"]) : pick([",", ",", ";", "\t", "|"]);
  const thousands = chance(0.2) ? (decimal === "," ? "." : delimiter === "," ? "" : ",") : "";
  const time = pick(TIMES);
  const german = decimal === ",";
  const timeNames = time.name === "date and time"
    ? (german ? ["Datum", "Uhrzeit"] : ["Date", "Time"])
    : [pick(german ? ["Zeitstempel", "Zeit", "Datum"] : ["timestamp", "Time", "DateTime"])];
  const width = chance(0.35) ? 2 + Math.floor(random() * 6) : 1;
  const valueNames = width === 1
    ? [
      pick(
        german ? ["Temperatur [°C]", "Wert", "Druck"] : ["value", "Temperature", "Pressure (bar)"],
      ),
    ]
    : Array.from(
      { length: width },
      (_, i) => `${pick(["temp", "pressure", "flow", "speed"])}_${i + 1}`,
    );
  const withNote = chance(0.3);
  const end = pick(["\n", "\r\n"]);
  const rows = 30 + Math.floor(random() * 200);
  const step = pick([1000, 60_000, 3_600_000, 86_400_000]);
  const start = Date.UTC(
    2021 + Math.floor(random() * 5),
    Math.floor(random() * 12),
    1 + Math.floor(random() * 27),
  );
  const times: bigint[] = [];
  const values: (number | null)[][] = [];
  const lines: string[] = [];
  let days = 0;
  for (let row = 0; row < rows; row++) {
    const date = new Date(start + row * step + (time.unit === 1 ? Math.floor(random() * 999) : 0));
    days = Math.max(days, date.getUTCDate());
    times.push(BigInt(Math.floor(date.getTime() / time.unit) * time.unit) * 1000n);
    const numbers: (number | null)[] = [];
    const cells = time.write(date).split("\u0000");
    for (let i = 0; i < width; i++) {
      if (width > 1 && chance(0.03)) {
        numbers.push(null);
        cells.push("");
        continue;
      }
      const value = Math.round((random() * 3000 - 500) * 100) / 100;
      numbers.push(value);
      let [whole, fraction] = Math.abs(value).toFixed(2).split(".");
      if (thousands) whole = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
      cells.push(`${value < 0 ? "-" : ""}${whole}${decimal}${fraction}`);
    }
    values.push(numbers);
    if (withNote) cells.push(pick(["", "ok", "check valve", '"a, b; c"']));
    lines.push(cells.join(delimiter));
  }
  const header = [...timeNames, ...valueNames, ...(withNote ? ["Note"] : [])];
  const preamble = chance(0.25)
    ? Array.from(
      { length: 1 + Math.floor(random() * 4) },
      (_, i) =>
        pick([`Exported by PLC ${i}`, "Site: Berlin", `Batch${delimiter}77`, "Operator Müller"]),
    )
    : [];
  const comment = preamble.length > 0 && chance(0.4);
  const units = chance(0.15)
    ? [
      [...timeNames.map(() => ""), ...valueNames.map(() => "°C"), ...(withNote ? [""] : [])].join(
        delimiter,
      ),
    ]
    : [];
  const footer = chance(0.15) ? [pick(["Total", "Ende", "Summary: ok"])] : [];
  const text = [
    ...preamble.map((line) => comment ? `# ${line}` : line),
    header.join(delimiter),
    ...units,
    ...lines,
    ...footer,
  ].join(end) + end;
  return {
    name: `generated-${seed}.csv`,
    text: chance(0.2) ? `\ufeff${text}` : text,
    times,
    values,
    zoned: time.zoned === true,
    delimiter,
    valueColumns: valueNames,
    timeColumns: timeNames,
    ambiguous: time.ambiguous === true && days <= 12,
    kind: [
      time.name,
      delimiter === "\t" ? "tab" : delimiter,
      decimal,
      thousands && `thousands ${thousands}`,
      `${width} wide`,
      preamble.length > 0 && `${preamble.length} lines in front${comment ? " (#)" : ""}`,
      units.length > 0 && "units",
      footer.length > 0 && "footer",
      withNote && "note",
    ].filter(Boolean).join(", "),
  };
}
