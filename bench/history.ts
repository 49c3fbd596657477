/**
 * Jobs of the current sources compared with those of an older commit from git, in one run: CPU time per unit,
 * medians of processes that take turns, so that other load on the machine matters little.
 *
 * `deno task bench:history [--commit HASH] [--rounds N] [JOB...]` writes `bench/results/history.json` and, from it,
 * `history.md`; other jobs keep their figures.
 *
 * @module
 */

const root = new URL("../", import.meta.url);
const args = [...Deno.args];

function option(name: string, standard: string): string {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? standard : args.splice(at, 2)[1];
}

const commit = option("commit", "bcb5561");
const rounds = Number(option("rounds", "3"));

/**
 * Jobs of history_part.ts: the description, the unit, and the job to compare with if it is not the same job of
 * the old sources.
 */
const JOBS: Readonly<Record<string, readonly [work: string, unit: string, before?: string]>> = {
  "encode-integers": ["waveform of integers, encode", "sample"],
  "encode-floats": ["waveform of floats, encode", "sample"],
  "decode-integers": ["waveform of integers, decode", "sample"],
  "decode-floats": ["waveform of floats, decode", "sample"],
  "decode-texts": ["texts of some 40 characters, decode", "text"],
  "stream-single": ["`ReportEncoderStream`, one point per write", "reading"],
  "stream-arrays": ["`ReportEncoderStream`, 1,000 points per write", "reading", "stream-single"],
  "columns-cold": ["`fromColumns().encode()`, first call", "reading"],
  "columns-steady": ["`fromColumns().encode()`", "reading"],
  "columns-into": ["`fromColumns().encodeInto()`", "reading"],
  "points-steady": ["`fromReadings().encode()`", "reading"],
  "points-data": ["`fromReadings().encode()`, two keys of data", "reading"],
  "visible-data": ["`decode().visibleData`", "reading"],
  "read-csv": ["`readCsv`, plain", "row"],
  "readings-short": ["`stream().readings()`, values of a few digits", "reading"],
  "readings-long": ["`stream().readings()`, values of 16 digits", "reading"],
  "data": ["`archfx data`, 500,000 readings, whole process", "reading"],
  "report-encode": ["`archfx report encode`, 2,000,000 rows, whole process", "row"],
  "report-encode-many": [
    "`archfx report encode`, 2,000,000 rows of 200 devices in turn, whole process",
    "row",
  ],
  "report-decode": [
    "`archfx report decode --format csv`, 1,000,000 readings, whole process",
    "row",
  ],
  "upload-small": ["`report.upload()`, 10 KB, server in a separate process", "report"],
  "upload-large": ["`archfx report upload`, 324 MB, whole process", "reading"],
  "devices-own": [
    "100 devices, `splitByDevice` and `fromColumns`, then `encodeReports` without workers",
    "reading",
    "devices-split",
  ],
  "devices-both": [
    "100 devices, `splitByDevice` and `fromColumns`, then `encodeReports` with two workers",
    "reading",
    "devices-split",
  ],
  "devices-two": [
    "`encodeReports`, 100 devices, two workers beside none (both today)",
    "reading",
    "today: devices-alone",
  ],
  "write-report": ["`writeReport`, 2,000,000 readings, whole process", "reading"],
};

interface Figure {
  ns: number;
  wall: number;
  faults: number;
  /** Memory in MiB: the maximum of a whole process, or at the end of any other job. */
  memory: number;
}

async function measure(job: string, folder: string): Promise<Figure> {
  const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--no-lock", "--config", `${folder}/deno.json`],
      ...["bench/history_part.ts", job, folder],
    ],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

const old = await Deno.makeTempDir({ prefix: "history-" });
const archive = new Deno.Command("git", { args: ["archive", commit], cwd: root, stdout: "piped" })
  .spawn();
const unpack = new Deno.Command("tar", { args: ["-x", "-C", old], stdin: "piped" }).spawn();
await archive.stdout.pipeTo(unpack.stdin);
if (!(await unpack.status).success) throw new Error(`Cannot unpack commit ${commit}`);

const today = decodeURIComponent(root.pathname.slice(0, -1));
const kept = new URL("bench/results/history.json", root);
/** Lines of the table by job. */
const measured: Record<string, string> = await Deno.readTextFile(kept).then(
  JSON.parse,
  () => ({}),
);
const chosen = args.length > 0 ? args : Object.keys(JOBS);
for (const job of chosen) {
  const [work, unit, before = job] = JOBS[job];
  const [then, now]: [Figure[], Figure[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const [own, sources] = before.startsWith("today: ") ? [before.slice(7), today] : [before, old];
    then.push(await measure(own, sources));
    now.push(await measure(job, today));
  }
  const [a, b] = [then, now].map((figures) => median(figures.map(({ ns }) => ns)));
  const [c, d] = [then, now].map((figures) => median(figures.map(({ faults }) => faults)));
  const [m, n] = [then, now].map((figures) => median(figures.map(({ memory }) => memory)));
  const memory = `${m.toFixed(0)} → ${n.toFixed(0)}`;
  const faults = `${Math.round(c)} → ${Math.round(d)}`;
  const [e, f] = [then, now].map((figures) => median(figures.map(({ wall }) => wall)));
  const clock = `${e.toFixed(1)} → ${f.toFixed(1)}`;
  const line = `| ${work} | ${unit} | ${a.toFixed(1)} | ${b.toFixed(1)} | ${
    (b / a).toFixed(2)
  } | ${clock} | ${faults} | ${memory} |`;
  console.log(line);
  measured[job] = line;
  await Deno.writeTextFile(kept, JSON.stringify(measured, null, 1) + "\n");
}
await Deno.remove(old, { recursive: true });
const lines = [
  `# Beside ${commit}`,
  "",
  `CPU time per unit, medians of ${rounds} processes that took turns, on ${navigator.hardwareConcurrency} processors; wall time,`,
  "page faults and memory of one run. The first call of a process is cold: its memory is fresh, and its code is not",
  "compiled. The other rows are steady.",
  "",
  `| work | unit | ${commit}, ns | today, ns | today / ${commit} | wall time, ns | page faults | memory, MiB |`,
  "| --- | --- | --: | --: | --: | --: | --: | --: |",
  ...Object.keys(JOBS).flatMap((job) => measured[job] ?? []),
];
await Deno.writeTextFile(new URL("bench/results/history.md", root), lines.join("\n") + "\n");
