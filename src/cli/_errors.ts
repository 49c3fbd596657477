/**
 * Exit codes, the errors that choose one, and the one line that a user reads.
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
  /** The arguments cannot be used; found without looking at a file. */
  WrongUsage: 2,
  /** Not logged in, or the cloud rejects the token. */
  NotLoggedIn: 3,
  /** The cloud does not have what was asked for. */
  NotFound: 4,
  /** Some of it was done. */
  PartlyDone: 5,
  /** Ctrl-C: 128 and the number of the signal, as a shell expects. */
  Interrupted: 130,
} as const;

/** A failure that chooses its exit code. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** The exit code. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number = ExitCode.Failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The reader of standard output ended (`| head`): not an error, there is nothing more to do. */
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

/** The exit code that an error, or else what caused it, asks for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (!(error instanceof Error)) return ExitCode.Failed;
  return codesByName[error.name] ??
    (error.cause === undefined ? ExitCode.Failed : exitCodeOf(error.cause));
}

/** The error for a file that cannot be opened, read or written. */
export function fileError(action: string, path: string, error: unknown): CommandError {
  // The message already says what cannot be done.
  if (error instanceof CommandError) return error;
  let reason = systemReason(error) ?? (errorMessage(error));
  // The file is about to be created, so what is missing is its folder.
  if (action.startsWith("write") && errorCode(error) === "ENOENT") {
    reason = "the folder does not exist";
  }
  return new CommandError(`Cannot ${action} "${path}": ${reason}`, ExitCode.Failed, {
    cause: error,
  });
}
