/**
 * Processes that end with the test that started them, also when the test itself is killed with -9: otherwise servers
 * and gateways run on for ever, and the machine is full of them after some aborted runs.
 */

/** For a program of the project: it ends when the process that started it is gone. */
export function endWithParent(): void {
  const parent = Deno.ppid;
  Deno.unrefTimer(setInterval(() => Deno.ppid === parent || Deno.exit(1), 1000));
}

/** A process, and a shell that watches over it. */
export class Guarded {
  readonly child: Deno.ChildProcess;
  readonly #guard: Deno.ChildProcess;

  constructor(command: string, options: Deno.CommandOptions) {
    this.child = new Deno.Command(command, options).spawn();
    const { pid } = this.child;
    // It kills only while the process is there: by then, its number may be that of another.
    const script = `while kill -0 ${pid} 2>/dev/null; do
  kill -0 ${Deno.pid} 2>/dev/null || { kill -9 ${pid}; exit; }
  sleep 1
done`;
    this.#guard = new Deno.Command("sh", {
      args: ["-c", script],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Kills it, and the shell. */
  async kill(): Promise<void> {
    kill(this.child);
    await this.child.status;
    await this.release();
  }

  /** The process has ended: so does the shell. */
  async release(): Promise<void> {
    kill(this.#guard);
    await this.#guard.status;
  }
}

/** Kills a process; one that has ended needs no kill. */
function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
