/**
 * Measures data export and writes bench/results/arrow.md: Parquet compared with pyarrow, its memory, and
 * resampling compared with pandas. All figures are CPU time; each of our parts runs in a separate process.
 *
 * `deno task bench:arrow [MILLIONS]`: 10 million readings by default. Python needs pyarrow and pandas in `.venv`.
 *
 * @module
 */
import os from "node:os";

const millions = Number(Deno.args[0] ?? "10");
const folder = await Deno.makeTempDir();
const root = new URL("../", import.meta.url).pathname;
const script = new URL("arrow_part.ts", import.meta.url).pathname;

interface Part {
  seconds: number;
  megabytes: number;
  bytes?: number;
}

async function ours(part: string): Promise<Part> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "-c",
      `${root}deno.json`,
      script,
      part,
      folder,
      String(millions),
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${part} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const PYTHON = `
import json, resource, sys, time
import pyarrow.parquet as pq
folder = sys.argv[1]
table = pq.read_table(f"{folder}/ours.parquet")
def timed(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result
write, _ = timed(lambda: pq.write_table(table, f"{folder}/theirs.parquet", compression="zstd", row_group_size=262144))
read, _ = timed(lambda: pq.read_table(f"{folder}/theirs.parquet"))
frame = table.to_pandas().set_index("timestamp")
mean, _ = timed(lambda: frame.groupby("stream")["value"].resample("60s").mean())
import os
print(json.dumps({"write": write, "read": read, "mean": mean, "bytes": os.path.getsize(f"{folder}/theirs.parquet"),
  "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))`;

async function theirs(): Promise<Record<string, number>> {
  const { success, stdout } = await new Deno.Command(`${root}.venv/bin/python`, {
    args: ["-c", PYTHON, folder],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot measure: pyarrow and pandas must be in .venv");
  return JSON.parse(new TextDecoder().decode(stdout));
}

const [write, read, mean] = [await ours("write"), await ours("read"), await ours("resample")];
const peer = await theirs();
await Deno.remove(folder, { recursive: true });
const ratio = (own: number, other: number) => `${(own / other).toFixed(2)} x`;
const row = (work: string, part: Part, other: number, name: string) =>
  `| ${work} | ${part.seconds.toFixed(2)} s | ${other.toFixed(2)} s | ${name} | ${
    ratio(part.seconds, other)
  } | ${Math.round(part.megabytes)} MB |`;
const text = `# Data out

Written by \`deno task bench:arrow\`: ${millions} million readings of four streams, CPU time, one run.

Deno ${Deno.version.deno}, ${os.cpus().length} x ${os.cpus()[0].model}, load ${
  os.loadavg()[0].toFixed(1)
} after the run.

| work | here | peer | which | here over peer | memory here |
| --- | ---: | ---: | --- | ---: | ---: |
${row("write Parquet, zstd, from chunks", write, peer.write, "pyarrow, from a table")}
${row("read Parquet to columns", read, peer.read, "pyarrow, to a table")}
${row("means by minute", mean, peer.mean, "pandas")}

The file has ${((write.bytes ?? 0) / 1e6).toFixed(1)} MB, pyarrow's ${
  (peer.bytes / 1e6).toFixed(1)
} MB. Resampling
takes ${(mean.seconds * 1e3 / millions).toFixed(1)} ns per reading.
`;
console.log(text);
await Deno.writeTextFile(new URL("results/arrow.md", import.meta.url), text);
