/**
 * A process that runs one archfx command after another, so that a test need not start a process for each. Every command
 * gets its own arguments, environment, working folder and standard streams. A request and an answer are one line of
 * JSON.
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import { reset } from "@logtape/logtape";
import { run } from "../../src/cli/mod.ts";
import type { HostAnswer, HostRequest } from "./_archfx_host.ts";

/** Replaces a stream of the process, and returns the text that is written to it. */
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

async function serve(request: HostRequest): Promise<HostAnswer> {
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
  if (request.args.includes("--verbose")) await reset(); // It configures the log of the process.
  const text = (pieces: Buffer[]) => Buffer.concat(pieces).toString("base64");
  return { code, out: text(out), err: text(err) };
}

const { stdin, stdout } = process;
for await (const line of createInterface({ input: stdin })) {
  const answer = await serve(JSON.parse(line));
  stdout.write(`${JSON.stringify(answer)}\n`);
}
