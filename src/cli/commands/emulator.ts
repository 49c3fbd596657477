/**
 * `archfx emulator`: ArchFX Cloud on this machine.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { addEmulatorArguments, startEmulator } from "../_emulator.ts";

/** The command. */
export const emulator: Command = {
  description:
    "Run an emulator of ArchFX Cloud on this machine: an HTTP server that stores its data in SQLite. " +
    "When it is ready, it prints one line with its address and a login; with --json: { url, email, " +
    "password, db }. Ctrl-C stops it.\n" +
    "The demo seed contains a factory, and the user user@example.com with the password my.pass.",
  examples: [
    ["archfx emulator", "On a free port, with the data in memory only"],
    ["archfx emulator --port 8000 --db cloud.sqlite", "Use port 8000 and keep the data in a file"],
  ],
  arguments: addEmulatorArguments,
  async run(context, args) {
    const running = await startEmulator(args);
    try {
      const { url, login } = running;
      if (context.json) {
        await context.print(JSON.stringify({ url, ...login, db: args.db }));
      } else {
        const who = login ? `  user ${login.email}  password ${login.password}` : "";
        await context.print(`ArchFX Cloud emulator ready: ${url}${who}`);
      }
      await new Promise<void>((resolve) => {
        if (context.signal.aborted) resolve();
        else context.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    } finally {
      await running.close();
    }
    context.note("Stopped");
  },
};
