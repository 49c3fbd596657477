/** The side of the tests of a process that runs one program after another: `_serve_programs.ts` is the other side. */
import { DENO_RUN } from "./_deno_run.ts";

/** A program to run. */
export interface HostRequest {
  args: string[];
  env: Record<string, string>;
  cwd: string;
  /** Standard input, as base64. */
  input: string;
}

/** The result of a command; its output is in base64. */
export interface HostAnswer {
  code: number;
  out: string;
  err: string;
}

/** A process that runs programs. */
export class ProgramHost {
  #child: Deno.ChildProcess;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #reader: ReadableStreamDefaultReader<string>;
  #busy = false;

  /** Starts a script that calls `servePrograms()`, with this environment. */
  constructor(script: string, env: Record<string, string>) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...DENO_RUN, script],
      clearEnv: true,
      env,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Whether it runs a program now. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Runs a program. */
  async run(request: HostRequest): Promise<HostAnswer> {
    this.#busy = true; // And it stays so after an error, so that no later program reads the rest of an answer.
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    let text = "";
    while (!text.endsWith("\n")) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`The process ended while it ran ${request.args.join(" ")}`);
      text += value;
    }
    const answer = JSON.parse(text);
    this.#busy = false;
    return answer;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }
}
