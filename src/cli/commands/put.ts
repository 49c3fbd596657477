/**
 * `archfx put`.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { requestCommand } from "../_request_command.ts";

/** The command. */
export const put: Command = requestCommand(
  "put",
  'Replace a resource. The object that the cloud answers is printed as by "archfx get". With --json: that object.',
  [
    [`archfx put org/acme --data '{"name": "Acme", "about": "About Org"}'`, "A new description"],
  ],
);
