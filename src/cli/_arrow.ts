/**
 * Loads `./arrow` for the commands that read or write its files.
 *
 * @module
 */
import { CommandError, ExitCode } from "./_errors.ts";

/**
 * The module.
 *
 * @param task The task that needs it, for the error.
 * @throws {CommandError} If its libraries are not installed, which happens on Node.
 */
export async function arrowModule(
  task = "write Arrow or Parquet",
): Promise<typeof import("../arrow/mod.ts")> {
  // The assertion hides the import from Deno, which would otherwise download 25 MB before any command starts.
  return await installed(task, import("../arrow/mod.ts" as string));
}

/**
 * Parquet and Arrow files as tables.
 *
 * @throws {CommandError} If the libraries are not installed.
 */
export async function tablesModule(): Promise<typeof import("../arrow/tables.ts")> {
  return await installed("read Arrow or Parquet", import("../arrow/tables.ts" as string));
}

async function installed<T>(task: string, loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (cause) {
    if (!/apache-arrow/.test(String(cause))) throw cause;
    throw new CommandError(
      `Cannot ${task}: the library is not installed: npm install apache-arrow parquet-wasm`,
      ExitCode.Failed,
      { cause },
    );
  }
}
