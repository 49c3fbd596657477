/**
 * Measurements in separate processes: first use, memory, Python.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import process from "node:process";
import type { Figure } from "./rows.ts";

const run = promisify(execFile);

const isDeno = "Deno" in globalThis;

/** Runs a script of this folder in a new process, and returns the JSON that it prints. */
async function child<T>(script: string, ...args: string[]): Promise<T> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const config = fileURLToPath(new URL("../deno.json", import.meta.url));
  const flags = isDeno
    ? ["run", "-A", "--no-check", "--config", config, path]
    : [...process.execArgv, path];
  const { stdout } = await run(process.execPath, [...flags, ...args]);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

/** The median of values. */
export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/**
 * Import of `mod.ts` (only on Deno, because Node would mostly strip types), first use of the codec, size of the
 * module.
 */
export async function startFigures(): Promise<Figure[]> {
  const module = isDeno ? "../mod.ts" : "../src/slugs/mod.ts";
  const samples: { importMs: number; firstUseMs: number; wasmBytes: number }[] = [];
  for (let i = 0; i < 7; i++) samples.push(await child("start.ts", module));
  const atMost = (work: string, value: number, unit: string, target: number): Figure => ({
    work,
    value,
    unit,
    target,
    bound: "at most",
  });
  const imports = median(samples.map(({ importMs }) => importMs));
  const firstUse = median(samples.map(({ firstUseMs }) => firstUseMs));
  return [
    ...(isDeno ? [atMost("import of `mod.ts`", imports, "ms", 50)] : []),
    atMost("first use of the codec", firstUse, "ms", 5),
    atMost("the module", samples[0].wasmBytes / 1024, "KB", 24),
  ];
}

/** Memory while ten million readings are written to a file. */
export async function memoryFigure(): Promise<Figure> {
  const { risenMB } = await child<{ risenMB: number }>("memory.ts");
  return {
    work: "10,000,000 readings to a file by `writeReport`, rise of memory",
    value: risenMB,
    unit: "MB",
    target: 100,
    bound: "at most",
  };
}

/** The packages of the Python peers, in the compared versions. */
const PYTHON = [
  "archfx-cloud==0.17.0",
  "ormsgpack==1.13.1",
  "duckdb==2.0.1",
  "polars==2.1.0",
];

/** Python with its peers, in `.venv` beside this file; needs python3 with venv, and PyPI. */
export async function pythonPeers(): Promise<{ python: string; versions: string }> {
  const folder = fileURLToPath(new URL(".venv", import.meta.url));
  const python = `${folder}/bin/python`;
  await run("python3", ["-m", "venv", folder]);
  await run(python, ["-m", "pip", "install", "--quiet", ...PYTHON]);
  const { stdout } = await run(python, ["--version"]);
  const versions = [
    stdout.trim().replace("Python ", ""),
    ...PYTHON.map((it) => it.replace("==", " ")),
  ];
  return { python, versions: versions.join(", ") };
}

/** Times of the Python package and ormsgpack, nanoseconds a reading. */
export async function pythonTimes(): Promise<Record<string, number>> {
  const { python } = await pythonPeers();
  const script = fileURLToPath(new URL("python_peer.py", import.meta.url));
  const { stdout } = await run(python, [script]);
  return JSON.parse(stdout);
}

/** The resources of a process. */
export interface ProcessFigure {
  readonly cpuMs: number;
  readonly clockMs: number;
  readonly memoryMiB: number;
  /** Page faults. */
  readonly faults: number;
}

/** Runs a program to its end through Python, which can read the resources of another process. */
export async function measureProcess(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<ProcessFigure> {
  const script = [
    "import json, resource, subprocess, sys, time",
    "start = time.perf_counter()",
    "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)",
    "clock = time.perf_counter() - start",
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)",
    "cpu = used.ru_utime + used.ru_stime",
    "figure = {'cpuMs': cpu * 1e3, 'clockMs': clock * 1e3, 'memoryMiB': used.ru_maxrss / 1024}",
    "print(json.dumps({**figure, 'faults': used.ru_minflt}))",
  ].join("\n");
  const { stdout } = await run("python3", ["-c", script, program, ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}
