/**
 * Exit codes, the errors that set one, and the one line that a user reads.
 *
 * @module
 */

import { errorCode, errorMessage } from "../_error_fields.ts";
import { systemReason } from "../_error_text.ts";

export { messageOf, systemReason } from "../_error_text.ts";

/** What a command's exit code means. */
export const ExitCode = {
  /** Everything was done. */
  Done: 0,
  /** It failed. */
  Failed: 1,
  /** The arguments are not valid; found before any file is read. */
  WrongUsage: 2,
  /** Not logged in, or the cloud rejects the token. */
  NotLoggedIn: 3,
  /** The cloud does not have the requested resource. */
  NotFound: 4,
  /** Some of it was done. */
  PartlyDone: 5,
  /** Ctrl-C: 128 and the number of the signal, as a shell expects. */
  Interrupted: 130,
} as const;

/** A failure that sets the exit code. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** The exit code. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number = ExitCode.Failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The reader of standard output has ended (`| head`). This is not an error; the command just stops. */
export class BrokenPipe extends Error {
  override readonly name = "BrokenPipe";
}

/** Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

// By name rather than by class: the classes are in modules that most commands never load.
const codesByName: Record<string, number> = {
  ArgumentError: ExitCode.WrongUsage,
  HttpAuthenticationError: ExitCode.NotLoggedIn,
  HttpNotFoundError: ExitCode.NotFound,
  Interrupted: ExitCode.Interrupted,
  BrokenPipe: ExitCode.Done,
};

/** The exit code of an error, or otherwise of its cause. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (!(error instanceof Error)) return ExitCode.Failed;
  return codesByName[error.name] ??
    (error.cause === undefined ? ExitCode.Failed : exitCodeOf(error.cause));
}

/** The error for a file that cannot be opened, read or written. */
export function fileError(action: string, path: string, error: unknown): CommandError {
  // The message is already complete.
  if (error instanceof CommandError) return error;
  let reason = systemReason(error) ?? (errorMessage(error));
  // The file would be created, so its folder is missing.
  if (action.startsWith("write") && errorCode(error) === "ENOENT") {
    reason = "the folder does not exist";
  }
  return new CommandError(`Cannot ${action} "${path}": ${reason}`, ExitCode.Failed, {
    cause: error,
  });
}
