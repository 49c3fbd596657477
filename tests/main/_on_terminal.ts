/** Programs on a pseudo-terminal. */
import { PYTHON, pythonHas } from "../_python.ts";

const TERMINAL = new URL("./_terminal.py", import.meta.url).pathname;

/** Whether there is a pseudo-terminal here: it needs Python. */
export const hasTerminal: boolean = await pythonHas("pty");
if (!hasTerminal) console.log("terminals: not tested, since there is no python3 with pty");

/** What a program came to. */
interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a program. */
export async function run(
  [program, ...args]: readonly [string, ...string[]],
  options: Deno.CommandOptions = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(program, { ...options, args }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout).replaceAll("\r\n", "\n"), err: text(stderr) };
}

/** Runs a program on a pseudo-terminal; where a text of `steps` shows up, the next one is typed. */
export function onTerminal(
  command: readonly string[],
  steps: readonly string[],
  options: Deno.CommandOptions,
): Promise<Ended> {
  return run([PYTHON!, TERMINAL, "60", ...steps, "--", ...command], options);
}
