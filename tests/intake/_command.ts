/** Runs `archfx report encode` in this process: what it wrote on standard error, and its exit code. */
import { Context } from "../../src/cli/_command.ts";
import { exitCodeOf, messageOf } from "../../src/cli/_errors.ts";
import { commandParser } from "../../src/cli/_help_text.ts";
import { find } from "../../src/cli/_table.ts";

/** How a command ended. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a command in this process; file names are as given. */
export async function runHere(argv: string[]): Promise<Ended> {
  let out = "";
  let err = "";
  const io = {
    outputIsTerminal: false,
    errorIsTerminal: false,
    inputIsTerminal: false,
    columns: 80,
    rows: 24,
    env: {},
    signal: new AbortController().signal,
    write: (data: string | Uint8Array) => {
      out += typeof data === "string" ? data : new TextDecoder().decode(data);
      return Promise.resolve();
    },
    writeError: (text: string) => void (err += text),
    async *input(): AsyncGenerator<Uint8Array> {},
    close: () => {},
  };
  let code = 0;
  try {
    const found = find(argv)!;
    const command = await found.entry.load();
    const args = commandParser(found.entry, command).parse(found.rest);
    code = await command.run(new Context(io, args), args) ?? 0;
  } catch (error) {
    code = exitCodeOf(error);
    err += `archfx: ${messageOf(error)}\n`;
  }
  return { code, out, err };
}
