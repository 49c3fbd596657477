/**
 * Exit codes, the errors that choose one, and the one line that a user reads.
 *
 * @module
 */

/** What a command's exit code means. */
export const ExitCode = {
  /** Everything was done. */
  Done: 0,
  /** It failed. */
  Failed: 1,
  /** The arguments cannot be used. */
  WrongUsage: 2,
  /** Nobody is logged in, or the cloud no longer takes the token. */
  NotLoggedIn: 3,
  /** The cloud has no such thing. */
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

/** The reader of standard output went away (`| head`): no error, nothing more to do. */
export class BrokenPipe extends Error {
  override readonly name = "BrokenPipe";
}

/** Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

// Known by name rather than by class: the classes stand in modules that most commands never load.
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

const systemErrors: Record<string, string> = {
  ENOENT: "there is no such file",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
  EADDRINUSE: "the port is in use",
  EADDRNOTAVAIL: "this machine has no such address",
  EMFILE: "too many files are open",
};

/** Why a system call failed, in words, or `undefined` where the error does not come from one. */
export function systemReason(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? systemErrors[code] : undefined;
}

/** A failure to open, read or write a file, said as one. */
export function fileError(action: string, path: string, error: unknown): CommandError {
  let reason = systemReason(error) ?? (error instanceof Error ? error.message : String(error));
  // A file that is to be made is not what is missing.
  if (action.startsWith("write") && (error as { code?: unknown } | null)?.code === "ENOENT") {
    reason = "there is no such folder";
  }
  return new CommandError(`Cannot ${action} "${path}": ${reason}`, ExitCode.Failed, {
    cause: error,
  });
}

/** One line for the user. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = systemReason(error);
  const path = (error as { path?: unknown }).path;
  const text = reason !== undefined && typeof path === "string"
    ? `Cannot use "${path}": ${reason}`
    : error.message || error.name;
  return text.trim().replace(/\s*\n\s*/g, " ");
}
