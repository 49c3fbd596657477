/**
 * `archfx post`.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { requestCommand } from "../_request_command.ts";

/** The command. */
export const post: Command = requestCommand(
  "post",
  'Create a resource. The object that the cloud answers is printed as by "archfx get". With --json: that object.',
  [
    [`archfx post org --data '{"name": "My new Org"}'`, "A new organization"],
    ["archfx post site --data @site.json", "From a file"],
  ],
);
