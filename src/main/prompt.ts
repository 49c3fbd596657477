/**
 * Asks for a secret, which is not shown while it is typed.
 *
 * `promptSecret` of `@std/cli` needs Deno and writes to standard output, which is for a command's data. Raw mode
 * of `node:process` works on Deno, Node and Bun.
 *
 * @module
 */
import process from "node:process";

/** Whether a user can answer. */
export function canPrompt(): boolean {
  return process.stdin.isTTY === true;
}

/**
 * Asks on standard error and reads a line without showing it.
 *
 * @param question The question.
 * @returns The line, or `undefined` if the user gave up (Ctrl-C, Ctrl-D).
 */
export async function promptHidden(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  stdin.setRawMode(true);
  stderr.write(question);
  const typed: string[] = [];
  const decoder = new TextDecoder();
  try {
    return await new Promise<string | undefined>((resolve) => {
      const finish = (answer: string | undefined) => {
        stdin.off("data", onData);
        stdin.off("end", onEnd);
        process.off("SIGINT", onEnd);
        process.off("SIGTERM", onEnd);
        resolve(answer);
      };
      const onEnd = () => finish(undefined);
      const onData = (data: Uint8Array | string) => {
        const text = typeof data === "string" ? data : decoder.decode(data, { stream: true });
        for (const letter of text) {
          if (letter === "\r" || letter === "\n") return finish(typed.join(""));
          if (letter === "\u0003") return finish(undefined);
          if (letter === "\u0004" && typed.length === 0) return finish(undefined);
          if (letter === "\u0008" || letter === "\u007f") typed.pop();
          else if (letter === "\u0015") typed.length = 0;
          else if (letter >= " ") typed.push(letter);
        }
      };
      stdin.on("data", onData);
      stdin.on("end", onEnd);
      // In raw mode Ctrl-C is a character. A signal from elsewhere must not leave the terminal in raw mode.
      process.on("SIGINT", onEnd);
      process.on("SIGTERM", onEnd);
      stdin.resume();
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}
