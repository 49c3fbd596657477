/**
 * Starts the emulator for a command.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { ArgumentError, type ArgumentParser, type Arguments } from "../main/argument_parser.ts";
import process from "node:process";
import { CommandError, ExitCode, fileError, systemReason } from "./_errors.ts";

/** An emulator that is listening. */
interface RunningEmulator {
  /** Its address. */
  readonly url: string;
  /** A login, if the demo seed has one. */
  readonly login: { email: string; password: string } | undefined;
  /** Exports the data if requested, and stops. */
  close(): Promise<void>;
}

/** Declares how an emulator is started. */
export function addEmulatorArguments(parser: ArgumentParser): void {
  parser
    .addArgument("--port", { type: portNumber, default: 0, help: "The port; 0 for a free one" })
    .addArgument("--host", { default: "127.0.0.1", help: "The address to listen on" })
    .addArgument("--expose", {
      type: "boolean",
      help: "Allow a host that others can reach, although the passwords are public",
    })
    .addArgument("--db", {
      metavar: "FILE",
      default: ":memory:",
      help: "The database; a file and its data are kept",
    })
    .addArgument("--seed", {
      default: "demo",
      help: "The first content of a new database: demo, empty, or a file",
    })
    .addArgument("--import", {
      metavar: "DIR",
      dest: "importFrom",
      help: "Start with the data of an export instead of the content of the database",
    })
    .addArgument("--count-later", {
      metavar: "WORKERS",
      type: workerNumber,
      help: "Count reports after the response, out of order, with this number of workers",
    })
    .addArgument("--export-on-exit", {
      metavar: "DIR",
      dest: "exportTo",
      help: "At the end, write all stored data to this folder",
    });
}

function workerNumber(text: string): number {
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers < 1 || workers > 64) {
    throw new RangeError("it must be an integer from 1 to 64");
  }
  return workers;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new RangeError("it must be a port from 0 to 65535");
  }
  return port;
}

/** Starts an emulator. */
export async function startEmulator(args: Arguments): Promise<RunningEmulator> {
  const { db, seed, importFrom, exportTo, host: hostname, port, expose } = args;
  const { createEmulator, DEMO_EMAIL, DEMO_PASSWORD } = await import("../emulator/mod.ts");
  if (seed !== "demo" && seed !== "empty") await checkReadable(seed);
  const emulator = await createEmulator({
    db,
    seed,
    importFrom,
    counting: { workers: args.countLater ?? 0 },
  }).catch(withoutSqlite);
  try {
    const server = await emulator.listen({ port, hostname, expose });
    const isDemo = seed === "demo" && importFrom === undefined;
    return {
      url: server.url,
      login: isDemo ? { email: DEMO_EMAIL, password: DEMO_PASSWORD } : undefined,
      async close() {
        await server.close();
        try {
          if (exportTo !== undefined) await emulator.exportTo(exportTo);
        } finally {
          await emulator.close();
        }
      },
    };
  } catch (error) {
    await emulator.close();
    if (error instanceof TypeError && !expose && error.message.includes('"expose"')) {
      throw new ArgumentError(
        `Cannot listen on "${hostname}" without --expose: others could reach it, and its ` +
          "passwords are public",
      );
    }
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new CommandError(`Cannot listen on ${hostname}:${port}: ${reason}`, 1, { cause: error });
  }
}

/** The emulator's error for a runtime that cannot run it, with one that can. */
function withoutSqlite(error: unknown): never {
  if (!(error instanceof Error) || !error.message.includes("node:sqlite")) throw error;
  throw new CommandError(
    `Cannot run the emulator on Node ${process.versions.node}: it needs node:sqlite, which Node has from ` +
      '22.13 on. Run it on Deno: "npx -y deno run -A npm:archfx-cloud/archfx emulator"',
    ExitCode.Failed,
    { cause: error },
  );
}

async function checkReadable(seed: string): Promise<void> {
  try {
    await readFile(seed);
  } catch (error) {
    throw fileError("read the seed", seed, error);
  }
}
