/**
 * Converts an error to the one line that a user reads.
 *
 * @module
 */
import { errorCode, errorPath } from "./_error_fields.ts";
import { printable } from "./_printable.ts";

const systemErrors: Record<string, string> = {
  ENOENT: "the file does not exist",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EEXIST: "it already exists",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than allowed",
  EIO: "the disk has an error",
  EROFS: "the file system is read-only",
  EADDRINUSE: "the port is in use",
  EADDRNOTAVAIL: "this machine does not have that address",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
};

/** The reason why a system call failed, as text; `undefined` if the error does not come from a system call. */
export function systemReason(error: unknown): string | undefined {
  const code = errorCode(error);
  return typeof code === "string" ? systemErrors[code] : undefined;
}

/** One line for the user, safe for a terminal. */
export function messageOf(error: unknown): string {
  return printable(rawMessage(error).trim().replace(/\s*\n\s*/g, " "));
}

function rawMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = systemReason(error);
  const path = errorPath(error);
  // An error of the file system that has no text here.
  return reason !== undefined && typeof path === "string"
    ? `Cannot use "${path}": ${reason}`
    : error.message || error.name;
}
