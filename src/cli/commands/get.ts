/**
 * `archfx get`.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { requestCommand } from "../_request_command.ts";

/** The command. */
export const get: Command = requestCommand(
  "get",
  "Get a resource: a table on a terminal, a line of JSON a row (NDJSON) in a pipe. With --json: an " +
    "array of rows for a list, an object otherwise.",
  [
    ["archfx get site --query org=acme --all --json", "Every site of an organization"],
    ["archfx get device/d--0000-0000-0000-0001 --fields slug,label", "Two fields of one device"],
    ["archfx get stream --all --fields slug | head", "The first streams"],
  ],
);
