/**
 * `archfx emulator exec`: runs a command together with an emulator.
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import type { Command } from "../_command.ts";
import { addEmulatorArguments, startEmulator } from "../_emulator.ts";
import { CommandError, systemReason } from "../_errors.ts";

/** The command. */
export const emulatorExec: Command = {
  description:
    "Start the emulator, run a command, stop the emulator when the command ends, and exit with the code of the " +
    "command. The command finds the address in ARCHFX_DOMAIN, and a login of the demo seed in " +
    "ARCHFX_EMAIL and ARCHFX_PASSWORD.",
  examples: [
    ["archfx emulator exec -- archfx get org", "One command against a fresh cloud"],
    [
      "archfx emulator exec --db cloud.sqlite -- npm test",
      "Tests against a cloud whose data is kept",
    ],
  ],
  withoutJson: true,
  arguments(parser) {
    parser.addArgument("command", {
      metavar: "COMMAND",
      many: true,
      help: "The command to run, after --",
    });
    addEmulatorArguments(parser);
  },
  async run(context, args) {
    const [program, ...rest]: [string, ...string[]] = args.command;
    const running = await startEmulator(args);
    try {
      context.trace(`emulator on ${running.url}`);
      const child = spawn(program, rest, {
        stdio: "inherit",
        env: {
          ...process.env,
          ARCHFX_DOMAIN: running.url,
          ...(running.login
            ? { ARCHFX_EMAIL: running.login.email, ARCHFX_PASSWORD: running.login.password }
            : {}),
        },
      });
      // On a terminal, Ctrl-C also reaches the child. A signal to this process alone is passed on.
      if (!context.io.inputIsTerminal) {
        context.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
      }
      return await new Promise<number>((resolve, reject) => {
        child.on("error", (error) => {
          reject(
            new CommandError(
              `Cannot run "${program}": ${systemReason(error) ?? error.message}`,
              1,
              {
                cause: error,
              },
            ),
          );
        });
        child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
      });
    } finally {
      await running.close();
    }
  },
};
