/**
 * `archfx patch`.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { requestCommand } from "../_request_command.ts";

/** The command. */
export const patch: Command = requestCommand(
  "patch",
  'Change fields of a resource. The object that the cloud answers is printed as by "archfx get". With --json: that object.',
  [
    [`archfx patch org/acme --data '{"about": "About new Org"}'`, "A new description"],
  ],
);
