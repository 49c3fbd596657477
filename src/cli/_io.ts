/**
 * The process for a command: standard streams with back pressure, Ctrl-C, and a pipe whose reader has ended.
 *
 * It uses `node:process` instead of `Deno`, because the command also runs on Node and Bun.
 *
 * @module
 */
import process from "node:process";
import { UntilAborted } from "../_until_aborted.ts";
import { BrokenPipe, Interrupted } from "./_errors.ts";

/** Where a command reads and writes. */
export interface Io {
  /** Whether standard output is a terminal, which can show colours and charts. */
  readonly outputIsTerminal: boolean;
  /** Whether standard error is a terminal, which can show a progress bar. */
  readonly errorIsTerminal: boolean;
  /** Whether standard input is a terminal, where a person can answer a question. */
  readonly inputIsTerminal: boolean;
  /** The current width of the terminal, 80 without one. */
  readonly columns: number;
  /** The current height of the terminal, 24 without one. */
  readonly rows: number;
  /** The environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted with `Interrupted` by Ctrl-C, and with `BrokenPipe` when the reader of standard output has ended. */
  readonly signal: AbortSignal;
  /** Writes to standard output, and waits for a slow reader. */
  write(data: string | Uint8Array): Promise<void>;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Standard input, piece by piece. */
  input(): AsyncIterable<Uint8Array>;
  /** Makes SIGHUP call the listener instead of stopping the command, for services that reload their settings. */
  onHangUp?(listener: () => void): void;
  /** Removes the listeners from the process. */
  close(): void;
}

/** Ctrl-C, the end of a service, a closed terminal. */
const ENDING: readonly NodeJS.Signals[] = process.platform === "win32"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Stops the running command. */
let running: AbortController | undefined;
let listening = false;

/** An error of standard output stops the command, never the process. */
function listenToOutput(): void {
  if (listening) return;
  listening = true;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    running?.abort(error.code === "EPIPE" ? new BrokenPipe() : error);
  });
}

/** The real process. */
export function processIo(): Io {
  const { stdout, stderr, stdin, env } = process;
  const controller = running = new AbortController();
  const onInterrupt = () => {
    // A second Ctrl-C does not wait for the cleanup of the first one.
    if (controller.signal.reason instanceof Interrupted) process.exit(130);
    controller.abort(new Interrupted("interrupted"));
  };
  listenToOutput();
  for (const signal of ENDING) process.on(signal, onInterrupt);
  return {
    outputIsTerminal: stdout.isTTY === true,
    errorIsTerminal: stderr.isTTY === true,
    inputIsTerminal: stdin.isTTY === true,
    get columns() {
      return stdout.columns || stderr.columns || 80;
    },
    get rows() {
      return stdout.rows || stderr.rows || 24;
    },
    env,
    signal: controller.signal,
    async write(data) {
      if (controller.signal.reason instanceof BrokenPipe) throw controller.signal.reason;
      const more = stdout.write(data);
      if (more || stdout.writableLength === 0) return;
      await new Promise<void>((resolve, reject) => {
        const goOn = () => {
          stdout.off("drain", goOn);
          controller.signal.removeEventListener("abort", goOn);
          if (controller.signal.reason instanceof BrokenPipe) reject(controller.signal.reason);
          else resolve();
        };
        stdout.on("drain", goOn);
        controller.signal.addEventListener("abort", goOn);
      });
    },
    writeError(text) {
      stderr.write(text);
    },
    async *input() {
      const pieces = stdin[Symbol.asyncIterator]();
      const untilAborted = new UntilAborted(controller.signal);
      try {
        // Otherwise, Ctrl-C would wait for the next line of input.
        while (true) {
          const { done, value } = await untilAborted.wait(pieces.next());
          if (done) return;
          yield typeof value === "string" ? new TextEncoder().encode(value) : value;
        }
      } finally {
        untilAborted.close();
        stdin.destroy();
      }
    },
    onHangUp(listener) {
      if (!ENDING.includes("SIGHUP")) return;
      process.on("SIGHUP", listener);
      process.off("SIGHUP", onInterrupt);
    },
    close() {
      for (const signal of ENDING) process.off(signal, onInterrupt);
    },
  };
}

/** Ends the process when standard output has written everything. */
export async function exitProcess(code: number): Promise<void> {
  const { stdout } = process;
  if (stdout.writableLength > 0 && !stdout.destroyed) {
    await new Promise<void>((resolve) => {
      stdout.once("drain", () => resolve());
      stdout.once("error", () => resolve());
      stdout.once("close", () => resolve());
    });
  }
  process.exit(code);
}
