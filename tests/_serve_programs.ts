/**
 * A process that runs one program after another, so that a test need not start a process for each. Every program
 * gets its own arguments, environment, working folder and standard streams. A request and an answer are one line of JSON.
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import type { HostAnswer, HostRequest } from "./_program_host.ts";

/** Replaces a stream of the process, and returns what is written into it. */
function collect(name: "stdout" | "stderr"): Buffer[] {
  const pieces: Buffer[] = [];
  const value = new Writable({
    write(piece, _encoding, done) {
      pieces.push(Buffer.from(piece));
      done();
    },
  });
  Object.defineProperty(process, name, { value, configurable: true });
  return pieces;
}

async function serve(
  request: HostRequest,
  run: (args: string[]) => Promise<number>,
): Promise<HostAnswer> {
  for (const name of Object.keys(process.env)) {
    if (!(name in request.env)) delete process.env[name];
  }
  Object.assign(process.env, request.env);
  process.chdir(request.cwd);
  const input = Buffer.from(request.input, "base64");
  const stdin = Readable.from(input.length > 0 ? [input] : [], { objectMode: false });
  Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
  const [out, err] = [collect("stdout"), collect("stderr")];
  const code = await run(request.args);
  const text = (pieces: Buffer[]) => Buffer.concat(pieces).toString("base64");
  return { code, out: text(out), err: text(err) };
}

/** Runs the programs that the tests ask for, until they close standard input. */
export async function servePrograms(run: (args: string[]) => Promise<number>): Promise<void> {
  const { stdin, stdout } = process;
  for await (const line of createInterface({ input: stdin })) {
    const answer = await serve(JSON.parse(line), run);
    stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
