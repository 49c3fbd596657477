/**
 * What takes a process of its own: first use, memory, Python.
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

/** Runs a script of this folder in a new process; gives the JSON that it prints. */
async function child<T>(script: string, ...args: string[]): Promise<T> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const config = fileURLToPath(new URL("../deno.json", import.meta.url));
  const flags = isDeno
    ? ["run", "-A", "--no-check", "--config", config, path]
    : [...process.execArgv, path];
  const { stdout } = await run(process.execPath, [...flags, ...args]);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Import of `mod.ts` (by Deno: Node would spend its time on types), first use of the codec, size of the module. */
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

/** Memory of ten million readings on their way to a file. */
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

/** Times of the Python package and ormsgpack, nanoseconds a reading; needs python3 and PyPI. */
export async function pythonTimes(): Promise<Record<string, number>> {
  const folder = fileURLToPath(new URL(".venv", import.meta.url));
  const script = fileURLToPath(new URL("python_peer.py", import.meta.url));
  await run("python3", ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "archfx-cloud==0.17.0", "ormsgpack"];
  await run(`${folder}/bin/python`, pip);
  const { stdout } = await run(`${folder}/bin/python`, [script]);
  return JSON.parse(stdout);
}
