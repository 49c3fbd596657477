/** Errors become one line and an exit code. */
import { assertEquals } from "@std/assert";
import {
  CommandError,
  ExitCode,
  exitCodeOf,
  fileError,
  Interrupted,
  messageOf,
} from "../../src/cli/_errors.ts";
import { HttpAuthenticationError, HttpNotFoundError } from "../../src/api/mod.ts";
import { ArgumentError } from "../../src/main/mod.ts";

function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: no, open 'x'`), { code, path });
}

Deno.test("fileError() says why a file cannot be used", () => {
  const message = (code: string, action = "read") =>
    fileError(action, "a.mp", systemError(code)).message;
  assertEquals(message("ENOENT"), 'Cannot read "a.mp": the file does not exist');
  assertEquals(message("ENOENT", "write"), 'Cannot write "a.mp": the folder does not exist');
  assertEquals(message("EACCES"), 'Cannot read "a.mp": permission is denied');
  assertEquals(message("ENOSPC", "write"), 'Cannot write "a.mp": the disk is full');
  assertEquals(message("EWHATEVER"), "Cannot read \"a.mp\": EWHATEVER: no, open 'x'");
});

Deno.test("messageOf() is one line for any thrown value", () => {
  assertEquals(messageOf(new Error("first\n  second\n")), "first second");
  assertEquals(messageOf(systemError("EISDIR", "/tmp")), 'Cannot use "/tmp": it is a directory');
  assertEquals(messageOf("text"), "text");
  assertEquals(messageOf(new RangeError()), "RangeError");
});

Deno.test("exitCodeOf() depends on the class of an error, otherwise on the class of its cause", () => {
  // The classes are known by name, so that no command has to load them: these are the names.
  const named = (Class: { name: string }) => Object.assign(new Error(), { name: Class.name });
  assertEquals(exitCodeOf(named(ArgumentError)), ExitCode.WrongUsage);
  assertEquals(exitCodeOf(named(HttpAuthenticationError)), ExitCode.NotLoggedIn);
  assertEquals(exitCodeOf(named(HttpNotFoundError)), ExitCode.NotFound);
  assertEquals(exitCodeOf(new Interrupted()), ExitCode.Interrupted);
  assertEquals(exitCodeOf(new CommandError("x", ExitCode.PartlyDone)), ExitCode.PartlyDone);
  assertEquals(exitCodeOf(new Error("x", { cause: named(HttpNotFoundError) })), ExitCode.NotFound);
  assertEquals(exitCodeOf(new Error("x")), ExitCode.Failed);
  assertEquals(exitCodeOf(undefined), ExitCode.Failed);
});
