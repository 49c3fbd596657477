/**
 * Part `intake` of the soak: random files against Python's csv, strptime and zoneinfo, and proposals against DuckDB's
 * sniffer.
 *
 * `INTAKE_FILES` is how many files are read (100,000), `INTAKE_PYTHON` the Python (that of `.venv`, else python3; with duckdb for the last
 * comparison), `INTAKE_SEED` the seed.
 *
 * @module
 */
import process from "node:process";
import { readCsv } from "../src/readings/csv.ts";
import { Zone, zoneRules } from "../src/readings/_zone.ts";
import { PYTHON } from "../tests/_python.ts";
import { random as seeded } from "../tests/_random.ts";
import { generate } from "../tests/intake/_generate.ts";
import { checkProposal } from "../tests/intake/_proposed.ts";

const PEER = new URL("intake_peer.py", import.meta.url).pathname;
const python = Deno.env.get("INTAKE_PYTHON") ?? PYTHON ?? "python3";

/** Runs a part of the Python program, and returns the lines that it prints. */
export async function askPython(part: string, lines: Iterable<string>): Promise<string[]> {
  const child = new Deno.Command(python, {
    args: [PEER, part],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  const encoder = new TextEncoder();
  for (const line of lines) await writer.write(encoder.encode(`${line}\n`));
  await writer.close();
  const { code, stdout } = await output;
  if (code !== 0) throw new Error(`${python} ended with code ${code}`);
  return new TextDecoder().decode(stdout).trim().split("\n");
}

/** A random file with its options. */
function randomCase(random: () => number) {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const chance = (part: number) => random() < part;
  const two = (value: number) => chance(0.2) ? String(value) : String(value).padStart(2, "0");
  const delimiter = pick([",", ";", "\t", "|"]);
  const quote = pick(['"', '"', "'", ""]);
  const escape = quote === "" || chance(0.8) ? "" : "\\";
  const decimal = pick([".", ","]);
  const timeFormat = pick([
    ...[
      "%Y-%m-%d %H:%M:%S",
      "%d.%m.%Y %H:%M:%S",
      "%m/%d/%Y %I:%M:%S %p",
      "%Y%m%d%H%M%S",
      "%d-%b-%y %H:%M",
    ],
    ...[
      "%Y-%m-%dT%H:%M:%S.%f",
      "%Y-%m-%d %H:%M:%S %z",
      "%y/%m/%d %H:%M",
      "%Y %j %H:%M",
      "%H:%M %d %b %Y",
    ],
    "%d%m%Y %H%M%S",
  ]);
  const timeZone = chance(0.6)
    ? pick([
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kolkata",
      "Africa/Casablanca",
      "UTC",
    ])
    : "";
  const ambiguousTime = pick(["reject", "earlier", "later"]);
  const months = [
    "Jan",
    "feb",
    "MAR",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
  ];
  const time = () => {
    // Often in the nights when the clocks change.
    const base = chance(0.4)
      ? pick([
        Date.UTC(2026, 2, 29),
        Date.UTC(2026, 9, 25),
        Date.UTC(2026, 2, 8),
        Date.UTC(2026, 10, 1),
      ])
      : Date.UTC(
        1970 + Math.floor(random() * 67),
        Math.floor(random() * 12),
        1 + Math.floor(random() * 28),
      );
    const date = new Date(base + Math.floor(random() * 6 * 3600) * 1000);
    const day = chance(0.03) ? 31 : date.getUTCDate();
    const full = (value: number, size: number) => String(value).padStart(size, "0");
    const parts: Record<string, string> = {
      Y: full(date.getUTCFullYear(), 4),
      y: full(date.getUTCFullYear() % 100, 2),
      m: two(date.getUTCMonth() + 1),
      d: two(day),
      H: two(date.getUTCHours()),
      I: two(date.getUTCHours() % 12 || 12),
      M: two(date.getUTCMinutes()),
      S: chance(0.01) ? "60" : two(date.getUTCSeconds()),
      f: full(Math.floor(random() * 1e6), 6).slice(0, 1 + Math.floor(random() * 6)),
      p: pick(["AM", "pm"]),
      b: months[date.getUTCMonth()],
      z: pick(["Z", "+0100", "-05:30", "+00:00"]),
      j: String(1 + Math.floor(random() * 365)),
    };
    const text = timeFormat.replace(/%(.)/g, (_, letter) => parts[letter]);
    return chance(0.03)
      ? pick([`${text}x`, text.slice(1), "Total", ""])
      : chance(0.05)
      ? text.replace(" ", "  ")
      : text;
  };
  const value = () => {
    const number = (random() - 0.5) * 10 ** Math.floor(random() * 12 - 3);
    const text = pick([
      String(number),
      number.toFixed(2),
      String(Math.round(number)),
      "1e3",
      "+5",
      ".5",
      "5.",
      "1e999",
    ]);
    return chance(0.05)
      ? pick(["n/a", "", "0x1F", "1_0", "1.2.3", "- 5"])
      : text.replace(".", decimal);
  };
  const note = () =>
    pick(["", "a", "it's", 'say "x"', "two\nlines", `a${delimiter}b`, "back\\slash", " space "]);
  const cell = (text: string, may: boolean): string => {
    if (quote === "") {
      return text.replaceAll(delimiter, " ").replace(/[\r\n]/g, " ");
    }
    const must = text.includes(delimiter) || /[\r\n]/.test(text) || text.startsWith(quote);
    const plain = escape ? text.replaceAll("\\", "\\\\") : text;
    if (!must && !(may && chance(0.2))) return plain;
    const inside = escape && chance(0.5)
      ? plain.replaceAll(quote, `\\${quote}`)
      : plain.replaceAll(quote, quote + quote);
    return quote + inside + quote;
  };
  const end = pick(["\n", "\r\n", "\r"]);
  const lines = ["timestamp", "value", "note"].join(delimiter) + end;
  let text = lines;
  const rows = 1 + Math.floor(random() * 12);
  for (let row = 0; row < rows; row++) {
    const [when, number] = [time(), value()];
    // A bad record affects one line here but all of its lines in Python, so only good records have several lines.
    const cells = [cell(when, true), cell(number, true), cell(note().replace("\n", " "), true)];
    if (chance(0.05)) cells.push(pick(["", "more"]));
    if (chance(0.03)) cells.length = 1;
    text += cells.join(delimiter) + (row === rows - 1 && chance(0.3) ? "" : end);
    if (chance(0.1)) text += end;
  }
  return { text, delimiter, quote, escape, decimal, timeFormat, timeZone, ambiguousTime };
}

/** Compares random files, and returns the differences. */
export async function compareFiles(count: number, seed: number): Promise<string[]> {
  const differences: string[] = [];
  const random = seeded(seed);
  for (let done = 0; done < count;) {
    const lines: string[] = [];
    for (; lines.length < 5000 && done < count; done++) {
      const made = randomCase(random);
      const { text, quote, escape, timeZone, ...options } = made;
      const rows: [string, number][] = [];
      const reader = readCsv(new TextEncoder().encode(text), {
        ...options as { decimal: "." | ","; ambiguousTime: "reject" },
        quote: quote === "" ? "none" : quote,
        ...(escape ? { escape } : {}),
        ...(timeZone ? { timeZone } : {}),
        stream: 1,
        skipBadRows: true,
      });
      for await (const chunk of reader) {
        for (let i = 0; i < chunk.length; i++) {
          rows.push([String(chunk.timestamps[i]), chunk.values[i]]);
        }
      }
      lines.push(JSON.stringify({ ...made, rows, bad: reader.skippedRows }));
    }
    const answers = await askPython("compare", lines);
    differences.push(...answers.slice(0, -1));
  }
  return differences;
}

/** Compares times of zones since 1970 in both implementations, and returns the differences. */
export async function compareZones(zones: number, times: number, seed: number): Promise<string[]> {
  const random = seeded(seed);
  const names = Intl.supportedValuesOf("timeZone");
  const chosen = Array.from({ length: zones }, () => names[Math.floor(random() * names.length)]);
  const asked = chosen.flatMap((name) =>
    Array.from({ length: times }, () => [name, Math.floor(random() * 2_100_000_000)] as const)
  );
  const answers = await askPython("zones", asked.map((it) => JSON.stringify(it)));
  const differences: string[] = [];
  const made = new Map<string, Zone[]>();
  asked.forEach(([name], i) => {
    const answer: [number, number[]][] | null = JSON.parse(answers[i]);
    if (!answer) return;
    let both = made.get(name);
    if (!both) made.set(name, both = [new Zone(name), new Zone(name, false)]);
    for (const [local, utc] of answer) {
      for (const [way, zone] of both.entries()) {
        const found = zone.toUtc(local);
        if (JSON.stringify(found) !== JSON.stringify(utc)) {
          differences.push(
            `${name} ${new Date(local).toISOString()} ${
              way ? "Intl" : zoneRules()
            }: ${found}, Python ${utc}`,
          );
        }
      }
    }
  });
  return differences;
}

/**
 * Prints the version of the rules that zoneinfo uses: those of the system if it has any, otherwise those of the
 * package.
 */
const TZDATA = `
import importlib.metadata, pathlib, zoneinfo
folder = next((p for p in map(pathlib.Path, zoneinfo.TZPATH) if (p / "Europe/Berlin").exists()), None)
if folder is None:
    print(importlib.metadata.version("tzdata"))
else:
    rules = folder / "tzdata.zi"
    print(rules.open().readline().strip("# \\n") if rules.exists() else "of the system")
`;

if (import.meta.main) {
  const seed = Number(Deno.env.get("INTAKE_SEED") ?? 20210120);
  const count = Number(Deno.env.get("INTAKE_FILES") ?? 100_000);
  let failed = false;
  const files = await compareFiles(count, seed);
  console.log(`${count} files against Python, seed ${seed}: ${files.length} differences`);
  for (const line of files.slice(0, 3)) console.log(line);
  const zones = await compareZones(200, 50, seed);
  const { stdout } = await new Deno.Command(python, { args: ["-c", TZDATA] }).output();
  const tzdata = new TextDecoder().decode(stdout).trim();
  console.log(
    `200 zones, tzdata ${
      process.versions.tz ?? "unknown"
    } here and ${tzdata} in Python: ${zones.length} differences`,
  );
  for (const line of zones.slice(0, 10)) console.log(line);
  failed ||= files.length > 0 || zones.length > 0;
  let right = 0;
  const folder = await Deno.makeTempDir();
  const cases: string[] = [];
  for (let i = 1; i <= 200; i++) {
    const file = generate(i);
    const wrong = await checkProposal(file);
    if (wrong === undefined) right++;
    else console.log(`proposal of file ${i} (${file.kind}): ${wrong}`);
    const path = `${folder}/${file.name}`;
    await Deno.writeTextFile(path, file.text);
    const { times, values, timeColumns, valueColumns } = file;
    cases.push(
      JSON.stringify({ path, times: times.map(String), values, timeColumns, valueColumns }),
    );
  }
  console.log(`proposals: ${right} of 200 right`);
  try {
    const [answer] = await askPython("duckdb", cases);
    console.log(`DuckDB's sniffer: ${answer}`);
    failed ||= JSON.parse(answer).right >= right;
  } catch (error) {
    console.log(`DuckDB was not compared: ${(error as Error).message}`);
  }
  await Deno.remove(folder, { recursive: true });
  if (failed) Deno.exit(1);
}
