/** Runs `archfx report encode` in this process; returns its text on standard error and its exit code. */
import { Context } from "../../src/cli/_command.ts";
import { exitCodeOf, messageOf } from "../../src/cli/_errors.ts";
import { commandParser } from "../../src/cli/_help_text.ts";
import { find } from "../../src/cli/_table.ts";

/** The end of a command. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** A process without a terminal, whose output is discarded. */
export function io(signal: AbortSignal = new AbortController().signal) {
  return {
    outputIsTerminal: false,
    errorIsTerminal: false,
    inputIsTerminal: false,
    columns: 80,
    rows: 24,
    env: {},
    signal,
    write: (_: string | Uint8Array) => Promise.resolve(),
    writeError: (_: string) => {},
    async *input(): AsyncGenerator<Uint8Array> {},
    close: () => {},
  };
}

/** Runs a command in this process; file names are not changed. */
export async function runHere(argv: string[], signal?: AbortSignal): Promise<Ended> {
  let out = "";
  let err = "";
  const process = {
    ...io(signal),
    write: (data: string | Uint8Array) => {
      out += typeof data === "string" ? data : new TextDecoder().decode(data);
      return Promise.resolve();
    },
    writeError: (text: string) => void (err += text),
  };
  let code = 0;
  try {
    const found = find(argv)!;
    const command = await found.entry.load();
    const args = commandParser(found.entry, command).parse(found.rest);
    code = await command.run(new Context(process, args), args) ?? 0;
  } catch (error) {
    code = exitCodeOf(error);
    err += `archfx: ${messageOf(error)}\n`;
  }
  return { code, out, err };
}
